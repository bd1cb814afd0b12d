"""The settings of training, each seen at work on a tiny network that is really trained."""

import json
import logging
import os
import platform
import resource
import shutil
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.commands import Fork
from tests.conftest import ROOT, TINY
from zigbang_nlp.config import TrainSettings
from zigbang_nlp.errors import ConfigError, DataError
from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.bundle import load_bundle, write_manifest
from zigbang_nlp.model.network.architecture_plot import layer_rows
from zigbang_nlp.model.network.backend import keep_freed_memory, keras, make_repeatable
from zigbang_nlp.model.network.build import build_network
from zigbang_nlp.model.training.batches import Batches, has_known_token
from zigbang_nlp.model.training.callbacks import load_callbacks
from zigbang_nlp.model.training.fit import best_epoch, fit, text_weights
from zigbang_nlp.model.training.train import resume_key, train
from zigbang_nlp.text.dataset import DataSet, Split

SMALL: dict[str, Any] = {
    "init": "scratch",
    "embedding_dim": 3,
    "lstm_units": (3,),
    "bidirectional": False,
    "pooling": "last",
    "batch_size": 16,
    "spatial_dropout": 0,
    "dropout": 0,
    "class_weight": "none",
}

RECORDER = """
import keras

class Recorder(keras.callbacks.Callback):
    made = []

    def __init__(self):
        super().__init__()
        self.rates, self.steps = [], []
        Recorder.made.append(self)

    def on_train_batch_end(self, batch, logs=None):
        optimizer = self.model.optimizer
        self.rates.append(float(optimizer.learning_rate))

    def on_epoch_end(self, epoch, logs=None):
        self.steps.append(self.params["steps"])
        print("recorded", epoch)

class NotOne: pass

class Demanding(keras.callbacks.Callback):
    def __init__(self, needed): pass
"""


def part(count: int = 64, weights: np.ndarray | None = None, seed: int = 0) -> Split:
    """Texts of 6 ids whose label is whether they begin with 2."""
    ids = np.random.default_rng(seed).integers(2, 9, (count, 6)).astype(np.int32)
    labels = np.arange(count) % 2
    ids[:, 0] = np.where(labels, 2, 3)
    rows = pd.DataFrame({"text": "x", "label": labels})
    return Split(ids, rows if weights is None else rows.assign(weight=weights))


def trained(
    directory: Path, training: Split | None = None, **settings: Any
) -> tuple[Any, dict[str, list[float]]]:
    chosen = TrainSettings(**{**SMALL, **settings})
    make_repeatable(chosen.seed)
    network = build_network(Architecture.from_settings(chosen, 9))
    return network, fit(network, training or part(), part(32, seed=1), chosen, directory)


def test_a_step_is_traced_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second time takes seconds; TensorFlow needs it where the first one makes variables."""
    traced: list[None] = []
    step = keras.Model.train_step

    def counted(model: keras.Model, data: Any) -> Any:
        traced.append(None)
        return step(model, data)

    monkeypatch.setattr(keras.Model, "train_step", counted)
    _, history = trained(tmp_path, epochs=2, metrics=("auc", "precision"), optimizer="lazy_adam")
    assert len(history["loss"]) == 2
    assert len(traced) == 1


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("modules")
    (directory / "recording.py").write_text(RECORDER)
    (directory / "broken_module.py").write_text("1 / 0")
    return directory


@pytest.fixture
def at_modules(modules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(modules)


@pytest.fixture(scope="module")
def watched(modules: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One training with all that watches over it; nothing counts as getting better."""
    directory = tmp_path_factory.mktemp("watched")
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    log = logging.getLogger("zigbang_nlp")
    log.addHandler(handler)
    level = log.level
    log.setLevel(logging.INFO)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(modules)
        _, history = trained(
            directory,
            epochs=5,
            learning_rate=0.1,
            learning_rate_schedule="reduce_on_plateau",
            learning_rate_end=0.2,
            plateau_patience=1,
            min_delta=10,
            early_stopping=False,
            callback_verbose=True,
            checkpoints=True,
            save_freq=3,
            save_weights_only=False,
            checkpoint_name="{epoch}-{batch}-{loss:.2f}",
            tensorboard=True,
            callbacks=("recording:Recorder",),
        )
    log.removeHandler(handler)
    log.setLevel(level)
    return {"directory": directory, "history": history, "lines": lines}


def test_without_early_stopping_every_epoch_is_trained(watched: dict[str, Any]) -> None:
    assert {name: len(values) for name, values in watched["history"].items()} == dict.fromkeys(
        ("loss", "accuracy", "auc", "val_loss", "val_accuracy", "val_auc", "learning_rate"), 5
    )


def test_the_rate_falls_on_a_plateau_down_to_its_end(watched: dict[str, Any]) -> None:
    assert watched["history"]["learning_rate"] == pytest.approx([0.1, 0.1, 0.05, 0.025, 0.02])


def test_a_checkpoint_every_three_batches_is_a_whole_model(watched: dict[str, Any]) -> None:
    saved = sorted(path.name for path in watched["directory"].glob("*.keras"))
    # 4 batches an epoch, 20 in all.
    numbers = [name.rsplit("-", 1)[0] for name in saved]
    assert numbers == ["1-3", "2-2", "3-1", "3-4", "4-3", "5-2"]
    model = keras.saving.load_model(watched["directory"] / saved[-1])
    assert model.optimizer.iterations == 18


def test_what_stands_beside_a_whole_model_opens_it(watched: dict[str, Any]) -> None:
    """The lines of README.txt, in a process that knows Keras and no other part of this package."""
    directory = watched["directory"]
    readme = (directory / "README.txt").read_text(encoding="utf-8")
    name = min(path.name for path in directory.glob("*.keras"))
    lines = [line for line in readme.splitlines() if line.startswith(("import", "network"))]
    code = "\n".join(
        [*lines, "print(type(network).__name__, network.optimizer.iterations.numpy())"]
    )
    done = subprocess.run(
        [sys.executable, "-c", code.replace("FILE.keras", name)],
        cwd=directory,
        capture_output=True,
        text=True,
        env=os.environ | {"KERAS_BACKEND": "tensorflow", "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.split() == ["Functional", "3"], done.stderr


def test_tensorboard_logs_are_written(watched: dict[str, Any]) -> None:
    logs = watched["directory"] / "tensorboard"
    assert {p.parent.name for p in logs.rglob("events.*")} == {"train", "validation"}


def test_callbacks_of_the_user_are_called_and_print_to_the_log(watched: dict[str, Any]) -> None:
    import sys

    recorders = sys.modules["recording"].Recorder.made
    assert recorders[0].steps == [4] * 5
    assert "recorded 3" in watched["lines"]


def test_callback_verbose_says_what_keras_does(watched: dict[str, Any]) -> None:
    log = "\n".join(watched["lines"])
    assert "saving model to" in log
    assert "ReduceLROnPlateau reducing learning rate" in log


@pytest.mark.usefixtures("at_modules")
def test_best_only_keeps_fewer_checkpoints_and_the_monitor_chooses_the_epoch(
    tmp_path: Path,
) -> None:
    settings: dict[str, Any] = {
        "epochs": 6,
        "learning_rate": 0.2,
        "monitor": "val_accuracy",
        "patience": 6,
        "checkpoints": True,
        "save_best_only": True,
        "checkpoint_monitor": "val_accuracy",
        "learning_rate_schedule": "cosine",
        "warmup_share": 0.25,
        "callbacks": ("recording:Recorder",),
        "dense_units": (3,),
        "batch_normalization": True,
        "recurrent_dropout": 0.3,
        "clip_norm": 1.0,
    }
    network, history = trained(tmp_path, **settings)
    accuracy = history["val_accuracy"]
    better = [i + 1 for i, a in enumerate(accuracy) if a > max(accuracy[:i], default=-1)]
    kept = sorted(path.name for path in tmp_path.glob("epoch-*.weights.h5"))
    assert [int(name.split("-")[1]) for name in kept] == better
    chosen = TrainSettings(**{**SMALL, **settings})
    assert best_epoch(history, chosen) == better[-1]
    held = part(32, seed=1)
    right = (np.asarray(network(held.ids))[:, 0] > 0.5) == held.labels
    assert right.mean() == pytest.approx(max(accuracy)), "the network has the best epoch's weights"
    import sys

    rates = sys.modules["recording"].Recorder.made[-1].rates
    assert np.argmax(rates) in (4, 5, 6)  # a quarter of 24 steps
    assert rates[-1] < 0.05 * max(rates)


@pytest.mark.parametrize(("pair", "expected"), [((1.0, 4.0), 0.8), ((4.0, 1.0), 0.2)])
def test_class_weights_move_the_probability(
    pair: tuple[float, float], expected: float, tmp_path: Path
) -> None:
    same = Split(np.full((64, 2), 2, np.int32), part().rows)
    network, _ = trained(
        tmp_path, same, class_weight=pair, epochs=15, learning_rate=0.2, monitor="loss"
    )
    assert float(network(same.ids[:1])[0, 0]) == pytest.approx(expected, abs=0.04)


def test_weights_of_texts_multiply_those_of_their_classes() -> None:
    own = np.tile([1.0, 3.0], 32)
    settings = TrainSettings(class_weight=(2.0, 5.0))
    weights = text_weights(part(weights=own), settings)
    assert weights is not None
    assert weights[:2].tolist() == [2.0, 15.0]
    balanced = text_weights(part(weights=own), TrainSettings(class_weight="balanced"))
    assert balanced is not None
    assert balanced[::2].sum() == pytest.approx(balanced[1::2].sum())
    assert text_weights(part(), TrainSettings(class_weight="none")) is None


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf, 0.0])
def test_weights_that_are_none_are_an_error(weight: float) -> None:
    values = np.zeros(64) if weight == 0 else np.r_[weight, np.ones(63)]
    with pytest.raises(DataError, match="column weight"):
        _ = part(weights=values).weights


def test_token_dropout_hides_other_tokens_each_time_and_never_padding() -> None:
    ids = np.full((400, 10), 5, np.int32)
    ids[:, 8:] = 0
    batches = Batches(ids, np.zeros(400, np.float32), None, 50, seed=1, token_dropout=0.3)
    first, second = (np.concatenate([x for x, _, _ in batches]) for _ in range(2))
    assert (first == 1).mean() == pytest.approx(0.3, abs=0.04)
    assert not np.array_equal(first, second)
    assert first.shape == (400, 8)
    assert (ids[:, :8] == 5).all(), "the data set itself stays"
    held = Batches(ids, np.zeros(400, np.float32), None, 50, seed=None, token_dropout=0.3)
    assert all((x == 5).all() for x, _, _ in held)


def test_data_larger_than_memory_is_read_in_pieces(tmp_path: Path) -> None:
    count, length = 400_000, 200
    ids = np.lib.format.open_memmap(tmp_path / "ids.npy", "w+", np.int32, (count, length))
    ids[::1000, :3] = 7
    ids.flush()
    mapped = np.load(tmp_path / "ids.npy", mmap_mode="r")  # 320 MB, most of it a hole
    tracemalloc.start()
    assert has_known_token(mapped)
    batches = Batches(mapped, np.zeros(count, np.float32), None, 256, seed=0)
    seen = sum(len(y) for _, (_, y, _) in zip(range(200), batches, strict=False))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seen > 199 * 256
    assert most < 40e6


@pytest.mark.usefixtures("at_modules")
@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("no_such_module:Recorder", "no_such_module can't be imported.*current directory"),
        ("broken_module:Recorder", "broken_module can't be imported .ZeroDivisionError"),
        ("recording:Recoder", "has nothing named Recoder. It has Recorder, Demanding"),
        ("recording:NotOne", "has no Keras callback NotOne"),
        ("recording:Demanding", "can't be made without arguments"),
    ],
)
def test_a_wrong_callback_is_a_clear_error(path: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_callbacks((path,))


def test_a_checkpoint_that_would_never_come_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="save_freq = 9 batches, and the whole training has 8"):
        trained(tmp_path, epochs=2, checkpoints=True, save_freq=9, checkpoint_name="{batch}")


@pytest.mark.usefixtures("at_modules")
def test_noisy_copies_are_trained_on_and_drawn_layers_are_the_networks(
    dataset: DataSet, tmp_path: Path
) -> None:
    import sys

    changes = {"augment_copies": 1, "typo_noise": 0.1, "callbacks": ("recording:Recorder",)}
    settings = TINY.model_copy(update={**SMALL, "epochs": 1, **changes})
    bundle = train(dataset, settings, tmp_path / "m", tmp_path / "c")
    steps = sys.modules["recording"].Recorder.made[-1].steps
    assert steps == [-(-2 * len(dataset.split("train").ids) // 16)]
    assert {path.name for path in (tmp_path / "c").iterdir()} == {"best.weights.h5"}
    assert (tmp_path / "m" / "architecture.png").read_bytes().startswith(b"\x89PNG")
    rows = layer_rows(build_network(bundle.architecture))
    assert rows[0] == ("ids", "InputLayer", "(batch, time)", 0)
    assert rows[2] == ("lstm_1", "LSTM", "(batch, 3)", 4 * (3 * 3 + 3 * 3 + 3))
    assert rows[-1] == ("probability", "Dense(sigmoid)", "(batch, 1)", 4)
    assert json.loads((tmp_path / "m" / "history.json").read_text())["loss"]


def test_the_resume_key_knows_settings_and_data(dataset: DataSet, tmp_path: Path) -> None:
    key = resume_key(dataset, TINY)
    assert resume_key(dataset, TINY.model_copy(update={"verbose": True})) == key
    assert resume_key(dataset, TINY.model_copy(update={"dropout": 0.1})) != key
    other = Path(shutil.copytree(dataset.directory, tmp_path / "d"))
    rows = dataset.split("train").rows
    rows.assign(label=1 - rows["label"]).to_parquet(other / "train.parquet", index=False)
    assert resume_key(DataSet.load(other), TINY) != key


def test_the_resume_key_knows_what_the_start_is_and_not_where(
    dataset: DataSet, bundle_dir: Path, tmp_path: Path
) -> None:
    def key(start: Path) -> str:
        settings = TINY.model_copy(update={"init": str(start)})
        return resume_key(dataset, settings, load_bundle(start))

    moved = Path(shutil.copytree(bundle_dir, tmp_path / "moved"))
    assert key(moved) == key(bundle_dir) != resume_key(dataset, TINY)
    bundle = load_bundle(moved)
    write_manifest(replace(bundle, threshold=bundle.threshold / 2))
    assert key(moved) != key(bundle_dir)


def faults() -> int:
    """How many pages it takes anew to have forty megabytes twenty times."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        bytearray(b"1") * 40_000_000
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def count_faults(file: Path) -> None:
    given_back = faults()
    keep_freed_memory()
    faults()
    file.write_text(f"{given_back} {faults()}")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_freed_memory_is_kept_for_the_next_step(tmp_path: Path) -> None:
    """In a process that nothing has told yet to keep what it frees."""
    fresh = Fork(target=count_faults, args=(tmp_path / "faults",))
    fresh.start()
    fresh.join(300)
    assert fresh.exitcode == 0
    given_back, kept = map(int, (tmp_path / "faults").read_text().split())
    assert kept < given_back / 4, (given_back, kept)
