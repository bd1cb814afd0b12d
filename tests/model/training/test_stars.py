"""What a text says and the score its writer gives: two outputs of one network."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.conftest import ONE_WAY
from zigbang_nlp import Classifier
from zigbang_nlp.errors import BundleError
from zigbang_nlp.model.bundle import load_bundle
from zigbang_nlp.model.network.build import build_network
from zigbang_nlp.model.serving.inference import Network
from zigbang_nlp.model.serving.int8 import quantize_checked
from zigbang_nlp.model.serving.onnx_export import read_weights, write_onnx
from zigbang_nlp.model.training.stars_loss import stars_of
from zigbang_nlp.model.training.train import train
from zigbang_nlp.text.dataset import DataSet
from zigbang_nlp.text.vocabulary import PADDING

STARRED = ONE_WAY.model_copy(update={"stars": True, "epochs": 6})


@pytest.fixture(scope="module")
def starred(dataset: DataSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("starred")
    train(dataset, STARRED, directory / "model", directory / "checkpoints")
    return directory / "model"


def test_a_score_is_shares_of_the_stars_beside_it() -> None:
    shares = stars_of(pd.Series([1, 5, 3.5, 0.5, None]))
    np.testing.assert_allclose(
        shares,
        np.array([[1, 0, 0, 0, 0], [0, 0, 0, 0, 1], [0, 0, 0.5, 0.5, 0], [1, 0, 0, 0, 0], [0] * 5]),
    )


def test_a_network_learns_labels_and_stars_together(starred: Path, dataset: DataSet) -> None:
    classifier = Classifier.load(starred)
    rows = dataset.split("test").rows
    predictions = classifier.predict(rows["text"], stars=True)
    expected = np.array([p.stars.expected for p in predictions if p.stars])
    assert np.corrcoef(expected, rows["score"])[0, 1] > 0.8
    assert all(abs(sum(p.stars.shares) - 1) < 1e-4 for p in predictions if p.stars)
    right = [
        p.label == ("positive" if y else "negative")
        for p, y in zip(predictions, rows["label"], strict=False)
    ]
    assert np.mean(right) > 0.9
    assert {"stars", "star_shares"} <= predictions[0].as_dict().keys()
    assert "stars" not in classifier.predict(["역이 가까워요"])[0].as_dict()


def test_a_bundle_without_stars_says_so(start_dir: Path) -> None:
    with pytest.raises(BundleError, match="can't tell stars"):
        Classifier.load(start_dir).predict(["역이 가까워요"], stars=True)


def test_what_is_watched_in_training_is_the_label_alone(starred: Path, start_dir: Path) -> None:
    histories = [
        set(pd.read_json(path / "history.json", typ="series").index)
        for path in (starred, start_dir)
    ]
    assert histories[0] == histories[1]


def test_stars_are_added_to_a_start_without_them_and_never_lost(
    starred: Path, start_dir: Path, dataset: DataSet, tmp_path: Path
) -> None:
    short = STARRED.model_copy(update={"epochs": 1})
    added = train(
        dataset, short.model_copy(update={"init": str(start_dir)}), tmp_path / "a", tmp_path / "ca"
    )
    plain = short.model_copy(update={"init": str(starred), "stars": False})
    kept = train(dataset, plain, tmp_path / "k", tmp_path / "ck")
    assert added.architecture.stars
    assert kept.architecture.stars


def test_eight_bits_say_the_same_and_can_be_read_back(
    starred: Path, dataset: DataSet, tmp_path: Path
) -> None:
    bundle = load_bundle(starred)
    weights = read_weights(bundle.architecture, bundle.onnx_path)
    path = tmp_path / "n.onnx"
    write_onnx(bundle.architecture, weights, path)
    part = dataset.split("test")
    rows = [row[row != PADDING].tolist() for row in np.asarray(part.ids)]
    exact, exact_stars = Network(path).with_stars(rows)
    quantized = quantize_checked(path, rows, part.labels)
    assert quantized["kept"] == "int8"
    small, small_stars = Network(path).with_stars(rows)
    assert 0 < np.abs(small - exact).max() < 0.02
    np.testing.assert_allclose(small_stars, exact_stars, atol=0.02)
    again = read_weights(bundle.architecture, path)
    network = build_network(bundle.architecture)
    assert again.keys() == weights.keys()
    for name, parts in weights.items():
        for one, other in zip(parts, again[name], strict=True):
            np.testing.assert_allclose(one, other, atol=0.02 * max(1.0, float(np.abs(one).max())))
        network.get_layer(name).set_weights(again[name])


def test_eight_bits_that_cost_accuracy_are_not_kept(
    starred: Path, dataset: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = load_bundle(starred)
    path = tmp_path / "n.onnx"
    weights = read_weights(bundle.architecture, bundle.onnx_path)
    write_onnx(bundle.architecture, weights, path)
    before = path.read_bytes()
    monkeypatch.setattr("zigbang_nlp.model.serving.int8.TOLERANCE", -1.0)
    part = dataset.split("test")
    rows = [row[row != PADDING].tolist() for row in np.asarray(part.ids)]
    assert quantize_checked(path, rows, part.labels)["kept"] == "float32"
    assert path.read_bytes() == before


def test_stars_are_learned_by_a_strategy_too(dataset: DataSet, tmp_path: Path) -> None:
    """Keras trains a model by the strategy that it was made in, and stars make one of their own."""
    settings = ONE_WAY.model_copy(update={"epochs": 1, "stars": True, "distribute": "mirrored"})
    bundle = train(dataset, settings, tmp_path / "model", tmp_path / "checkpoints")
    assert bundle.architecture.stars
