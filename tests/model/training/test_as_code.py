"""`train --as-code`: the scripts are really run, and say what the training of this package says."""

import json
import re
import runpy
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from tests.conftest import TINY
from zigbang_nlp.cli import cli
from zigbang_nlp.config import TrainSettings
from zigbang_nlp.errors import ConfigError
from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.bundle import ONNX, Bundle, load_bundle, write_manifest
from zigbang_nlp.model.network.backend import keras, make_repeatable
from zigbang_nlp.model.pretraining.linear_part import beside_ngrams
from zigbang_nlp.model.serving.onnx_export import write_onnx
from zigbang_nlp.model.training.as_code import script, write_script
from zigbang_nlp.model.training.as_code_data import Beside
from zigbang_nlp.model.training.augmented import augmented
from zigbang_nlp.model.training.fit import fit
from zigbang_nlp.model.training.relabel import relabelled
from zigbang_nlp.model.training.warm_start import bundle_weights, initial_network
from zigbang_nlp.resources import resource_dir
from zigbang_nlp.text.dataset import DataSet

#: The textbook's layers and ways, with fewer units and epochs.
TEXTBOOK = {"embedding_dim": 10, "lstm_units": (8,), "epochs": 2}
SMALL: dict[str, Any] = {
    "init": "scratch",
    "embedding_dim": 6,
    "lstm_units": (5,),
    "batch_size": 64,
    "epochs": 2,
    "learning_rate": 0.01,
}

#: Name -> style and settings.
CONFIGURATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "textbook": ("sequential", {"preset": "textbook", "init": "scratch", **TEXTBOOK}),
    "default layers": (
        "sequential",
        {
            **SMALL,
            "token_dropout": 0.1,
            "metrics": ("auc", "recall"),
            "optimizer": "lazy_adam",
            "optimizer_parameters": {"embedding_factor": 2.0},
        },
    ),
    "stack": (
        "functional",
        {
            **SMALL,
            "lstm_units": (5, 4),
            "pooling": "mean",
            "bidirectional": False,
            "dense_units": (6, 4),
            "dense_activation": "gelu",
            "batch_normalization": True,
            "normalize_before_activation": True,
            "kernel_initializer": "he_normal",
            "regularizer": "l1_l2",
            "clip_norm": 1.0,
            "loss": "hinge",
            "augment_copies": 1,
            "typo_noise": 0.2,
            "callbacks": ("mine:Counting",),
        },
    ),
    "blocks with stars": (
        "functional",
        {
            **SMALL,
            "lstm_blocks": 2,
            "pooling": "max_mean",
            "recurrent_dropout": 0.1,
            "stars": True,
            "monitor": "val_macro_f1",
            "shuffle": False,
            "class_weight": (1.0, 2.5),
            "learning_rate_schedule": "one_cycle",
            "optimizer": "sgd",
            "optimizer_parameters": {"momentum": 0.9, "nesterov": True},
            "loss": "focal",
        },
    ),
    "going on": (  # with n-grams, as from the model that ships
        "functional",
        {
            "epochs": 3,
            "initial_epoch": 1,
            "steps_per_epoch": 5,
            "batch_size": 50,
            "monitor": "accuracy",
            "learning_rate_schedule": "reduce_on_plateau",
            "checkpoints": True,
            "checkpoint_name": "e{epoch}-{val_loss:.3f}",
            "save_freq": "2 epochs",
            "validation_freq": 2,
            "loss": "mse",
        },
    ),
}

#: A callback of the user's own.
COUNTING = """
import keras

class Counting(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.note("a")

    def on_epoch_end(self, epoch, logs=None):
        self.note("b")

    def note(self, letter):
        with open("counted.txt", "a") as file:
            file.write(letter)
"""


def figures(history: dict[str, list[float]], stars: bool) -> dict[str, list[float]]:
    """Those of validation, by the names of a network with one output."""
    side = "probability_" if stars else ""
    measures = {name: history[f"val_{side}{name}"] for name in ("loss", "accuracy")}
    return measures | {
        n: v for n, v in history.items() if n in ("val_auc", "val_recall", "val_macro_f1")
    }


def with_ngrams(bundle: Bundle, dataset: DataSet, directory: Path) -> Bundle:
    """The bundle with n-grams beside its LSTM."""
    directory.mkdir()
    weights = bundle_weights(bundle)
    architecture, weights = beside_ngrams(bundle.architecture, weights, dataset, 509)
    write_onnx(architecture, weights, directory / ONNX)
    joined = replace(bundle, directory=directory, architecture=architecture)
    write_manifest(joined)
    return joined


def with_wrong_labels(dataset: DataSet, directory: Path) -> DataSet:
    """The data set with scores that say otherwise than the texts of each tenth training row."""
    shutil.copytree(dataset.directory, directory)
    rows = pd.read_parquet(directory / "train.parquet")
    rows.loc[::10, "label"] = 1 - rows.loc[::10, "label"]
    rows.to_parquet(directory / "train.parquet")
    return DataSet.load(directory)


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_a_script_gives_the_same_figures_and_predictions(
    name: str,
    dataset: DataSet,
    bundle_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    style, values = CONFIGURATIONS[name]
    start = bundle_dir
    if name == "going on":
        start = with_ngrams(load_bundle(bundle_dir), dataset, tmp_path / "start").directory
        dataset = with_wrong_labels(dataset, tmp_path / "dataset")
    settings = TrainSettings(**{"init": str(start), **values})
    make_repeatable(settings.seed)
    network, _, base = initial_network(settings, dataset.encoder.vocabulary)
    training, validation = dataset.split("train"), dataset.split("validation")
    if base is not None:
        training = relabelled(training, base)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    Path("mine.py").write_text(COUNTING, encoding="utf-8")
    with augmented(training, dataset.encoder, settings, tmp_path / "noise") as part:
        expected = fit(network, part, validation, settings, tmp_path / "ours")
    network.save_weights(tmp_path / "ours.weights.h5")
    test = np.asarray(dataset.split("test").ids)
    ours = np.asarray(network(test)[0] if settings.stars else network(test))[:, 0]

    files = write_script(dataset, settings, Path("script.py"), style)
    code = files[0].read_text(encoding="utf-8")
    assert len(files) == {"going on": 3, "stack": 2}.get(name, 1)
    assert "zigbang_nlp" not in re.sub(r"DATA = .*", "", code)
    assert len(code.splitlines()) <= {"textbook": 100, "going on": 150}.get(name, 130)
    assert max(map(len, code.splitlines())) <= 100 + len(str(dataset.directory))
    monkeypatch.setitem(sys.modules, "zigbang_nlp", None)
    monkeypatch.setattr(sys, "argv", ["script.py"])
    keras.backend.clear_session()
    trained = runpy.run_path("script.py")
    by_script = trained["history"].history
    for measure, by_us in figures(expected, stars=False).items():
        figure = (
            figures(by_script, settings.stars).get(measure)
            or by_script[f"val_probability_{measure[4:]}"]
        )
        np.testing.assert_allclose(figure, by_us, atol=2e-5, err_msg=measure)
    np.testing.assert_allclose(trained["probability"], ours, atol=1e-4)
    if name == "going on":
        assert [path.name[:4] for path in Path("checkpoints").iterdir()] == ["e2-0"]
    if name == "stack":
        assert Path("counted.txt").read_text() == "ab" * 2 * settings.epochs, "ours and the script"

    monkeypatch.setattr(sys, "argv", ["script.py", "ours.weights.h5"])
    loaded = runpy.run_path("script.py")
    assert "history" not in loaded
    np.testing.assert_allclose(loaded["probability"], ours, atol=1e-5)


def test_it_runs_in_a_process_of_its_own_with_a_bundles_weights(
    dataset: DataSet, bundle_dir: Path, tmp_path: Path
) -> None:
    """The network of the bundle gives what `predict` gives, and Korean is printed."""
    from zigbang_nlp.predict.classifier import Classifier

    write_script(dataset, TINY, tmp_path / "own.py")
    blocked = "import sys; sys.modules['zigbang_nlp'] = None; import runpy; sys.argv = ['x', {!r}]"
    weights = str(bundle_dir / "network.weights.h5")
    code = blocked.format(weights) + "; runpy.run_path('own.py')"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert "시험 정확도" in done.stdout
    lines = [line.split(maxsplit=1) for line in done.stdout.splitlines()[-5:]]
    predicted = Classifier.load(bundle_dir).predict([text for _, text in lines])
    for (shown, _), ours in zip(lines, predicted, strict=True):
        assert float(shown) == pytest.approx(ours.probability, abs=6e-4)


@pytest.mark.parametrize(
    ("values", "style", "message"),
    [
        ({"distribute": "mirrored"}, None, "distribute = 'mirrored'"),
        ({"with_corrections": True}, None, "with_corrections = True"),
        ({"stars": True, "regularizer": "l2"}, None, "stars together with a regularizer"),
        ({"stars": True}, "sequential", "no branches, and this network has stars = True"),
        ({"lstm_blocks": 3}, "sequential", "lstm_blocks = 3"),
    ],
)
def test_what_plain_keras_cant_do_is_refused_by_name(
    values: dict[str, Any], style: str | None, message: str, dataset: DataSet, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=message):
        write_script(dataset, TrainSettings(**{**SMALL, **values}), tmp_path / "x.py", style)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("preset", "most"), [("none", 134), ("best", 157)])
def test_the_network_that_ships_fits_into_about_140_lines(
    preset: str, most: int, dataset: DataSet
) -> None:
    """With the preset best it has all: blocks, stars, a schedule and an optimizer of its own."""
    shipped = json.loads((resource_dir("pretrained") / "bundle.json").read_text(encoding="utf-8"))
    architecture = Architecture(**shipped["architecture"])
    assert architecture.lstm_blocks > 1
    assert architecture.stars
    settings = TrainSettings(preset=preset)
    code = script(
        dataset,
        dataset.split("train"),
        settings,
        architecture,
        "functional",
        Beside(Path("start.weights.h5"), Path("start.labels.npy")),
    )
    compile(code, "script", "exec")
    assert len(code.splitlines()) <= most


def test_the_command_writes_and_does_not_train(dataset: DataSet, tmp_path: Path) -> None:
    (tmp_path / "dataset").symlink_to(dataset.directory)
    flags = ["train", "--work", str(tmp_path), "--preset", "textbook"]
    out = str(tmp_path / "lstm.py")
    done = CliRunner().invoke(cli, [*flags, "--as-code", out], catch_exceptions=False)
    assert done.exit_code == 0
    assert f"python {out}" in done.output
    code = Path(out).read_text(encoding="utf-8")
    compile(code, out, "exec")
    assert "layers.LSTM(128)" in code
    assert "keras.optimizers.RMSprop(learning_rate=0.001)" in code
    assert not (tmp_path / "model").exists()
    wrong = CliRunner().invoke(cli, [*flags, "--style", "functional"])
    assert wrong.exit_code == 2
    assert "--style belongs to --as-code" in wrong.output
