"""Training on a small data set, for real."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ONE_WAY
from tests.factories.reviews import fake_reviews
from zigbang_nlp.config import PreprocessSettings, TrainSettings
from zigbang_nlp.errors import BundleError, DataError, TrainingError
from zigbang_nlp.model.bundle import load_bundle
from zigbang_nlp.model.training.batches import Batches
from zigbang_nlp.model.training.train import train
from zigbang_nlp.text.dataset import DataSet
from zigbang_nlp.text.preprocess import preprocess

FILES = {
    "manifest.json",
    "bundle.json",
    "encoder.json",
    "vocabulary.json",
    "network.onnx",
    "network.weights.h5",
    "history.json",
    "learning_curves.png",
    "summary.txt",
    "README.md",
    "architecture.png",
}


def test_the_bundle_is_complete_and_learned_something(bundle_dir: Path) -> None:
    assert {path.name for path in bundle_dir.iterdir()} == FILES
    bundle = load_bundle(bundle_dir)
    assert bundle.metrics["validation"]["accuracy"] > 0.9
    assert 0 < bundle.threshold < 1
    history = json.loads((bundle_dir / "history.json").read_text())
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} <= set(history)
    assert (bundle_dir / "learning_curves.png").read_bytes().startswith(b"\x89PNG")


SHORT = ONE_WAY.model_copy(update={"epochs": 2})


@pytest.fixture(scope="module")
def short(dataset: DataSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training of two epochs, each of which leaves a checkpoint."""
    place = tmp_path_factory.mktemp("short")
    settings = SHORT.model_copy(update={"checkpoints": True})
    train(dataset, settings, place / "m", place / "c")
    return place


def test_same_seed_same_metrics_other_seed_other_metrics(
    short: Path, dataset: DataSet, tmp_path: Path
) -> None:
    """Whether checkpoints are left or not."""
    metrics = [(short / "m" / "history.json").read_text()]
    for name, settings in (("b", SHORT), ("c", SHORT.model_copy(update={"seed": 1}))):
        train(dataset, settings, tmp_path / name, tmp_path / "checkpoints")
        metrics.append((tmp_path / name / "history.json").read_text())
    assert metrics[0] == metrics[1]
    assert metrics[0] != metrics[2]


def test_early_stopping_keeps_the_best_epoch(dataset: DataSet, tmp_path: Path) -> None:
    settings = ONE_WAY.model_copy(update={"epochs": 30, "learning_rate": 0.3, "patience": 1})
    bundle = train(dataset, settings, tmp_path / "m", tmp_path / "c")
    history = json.loads((tmp_path / "m" / "history.json").read_text())
    assert len(history["val_loss"]) < 30
    assert bundle.metrics["best_epoch"] == int(np.argmax(history["val_auc"])) + 1


def test_checkpoints_of_every_epoch_when_asked(short: Path) -> None:
    history = json.loads((short / "m" / "history.json").read_text())["val_loss"]
    names = {path.name for path in (short / "c").iterdir()}
    assert names == {
        "best.weights.h5",
        *(f"epoch-{i:02d}-{loss:.3f}.weights.h5" for i, loss in enumerate(history, start=1)),
    }


@pytest.mark.parametrize("optimizer", ["rmsprop", "sgd", "adagrad", "adam"])
def test_every_optimizer_trains(optimizer: str, dataset: DataSet, tmp_path: Path) -> None:
    settings = TrainSettings(
        init="scratch",
        embedding_dim=4,
        lstm_units=(4,),
        epochs=1,
        optimizer=optimizer,
        bidirectional=False,
        pooling="last",
    )
    train(dataset, settings, tmp_path / "m", tmp_path / "c")
    assert load_bundle(tmp_path / "m").metrics["epochs"] == 1


def test_a_loss_that_is_no_number_stops_and_keeps_the_last_bundle(
    dataset: DataSet, bundle_dir: Path, tmp_path: Path
) -> None:
    shutil.copytree(bundle_dir, tmp_path / "m")
    before = load_bundle(tmp_path / "m").identity()
    broken = ONE_WAY.model_copy(update={"optimizer": "sgd", "learning_rate": 3e38})
    with pytest.raises(TrainingError, match="learning_rate"):
        train(dataset, broken, tmp_path / "m", tmp_path / "c")
    assert load_bundle(tmp_path / "m").identity() == before
    assert {path.name for path in tmp_path.iterdir()} == {"m", "c"}


def test_unbalanced_classes_are_weighted(tmp_path: Path) -> None:
    reviews = [r for i, r in enumerate(fake_reviews(900)) if (r.score or 0) >= 3 or i % 4 == 0]
    preprocess(reviews, PreprocessSettings(min_count=1), tmp_path / "d")
    dataset = DataSet.load(tmp_path / "d")
    assert dataset.summary["splits"]["train"]["larger_share"] > 0.75
    bundle = train(dataset, ONE_WAY, tmp_path / "m", tmp_path / "c")
    assert bundle.metrics["validation"]["recall"] > 0.8
    assert bundle.metrics["validation"]["specificity"] > 0.8


def test_a_vocabulary_of_only_unknown_words_is_an_error(dataset: DataSet, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(dataset.directory, tmp_path / "d"))
    ids = np.load(copy / "train.npy")
    np.save(copy / "train.npy", np.minimum(ids, 1))
    with pytest.raises(DataError, match="out of vocabulary"):
        train(DataSet.load(copy), ONE_WAY, tmp_path / "m", tmp_path / "c")


def test_batches_give_every_row_once_and_little_padding() -> None:
    random = np.random.default_rng(0)
    lengths = random.integers(1, 60, 1_000)
    ids = np.zeros((1_000, 60), np.int32)
    for i, length in enumerate(lengths):
        ids[i, :length] = i + 1
    batches = Batches(ids, np.arange(1_000, dtype=np.float32), None, 32, seed=1)
    first = list(batches)
    assert len(first) == len(batches)
    rows = np.concatenate([labels for _, labels, _ in first])
    assert sorted(rows) == list(range(1_000))
    assert all((x[:, 0] == y + 1).all() for x, y, _ in first)
    assert sum(x.size for x, _, _ in first) < 1.15 * lengths.sum()
    again = np.concatenate([labels for _, labels, _ in batches])
    assert not np.array_equal(rows, again)


def test_bundle_with_a_changed_vocabulary_size_is_refused(bundle_dir: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    from zigbang_nlp.model.bundle import write_manifest

    copy = Path(shutil.copytree(bundle_dir, tmp_path / "m"))
    bundle = load_bundle(copy)
    write_manifest(replace(bundle, architecture=replace(bundle.architecture, vocabulary_size=7)))
    with pytest.raises(BundleError, match="takes 7 ids"):
        load_bundle(copy)
