"""The parameters that textbooks explain, each seen at work in a network that is really trained."""

import io
import json
import logging
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from tests.factories.reviews import fake_reviews
from tests.model.training.test_fit import SMALL, part, trained
from zigbang_nlp.cli import cli
from zigbang_nlp.config import TrainSettings
from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.bundle import load_bundle
from zigbang_nlp.model.evaluation.plots import plot_learning_curves
from zigbang_nlp.model.history import measured_epochs
from zigbang_nlp.model.network.backend import keras
from zigbang_nlp.model.network.build import build_network
from zigbang_nlp.model.runs import list_runs
from zigbang_nlp.model.training.batches import Batches
from zigbang_nlp.model.training.callbacks import Progress
from zigbang_nlp.model.training.fit import best_epoch
from zigbang_nlp.model.training.measures import make_loss
from zigbang_nlp.model.training.warm_start import say_other_tokenizer
from zigbang_nlp.store import open_store
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings

#: Nothing counts as better than the first validation.
NO_BETTER: dict[str, Any] = {"min_delta": 10, "patience": 2, "epochs": 9}


@pytest.fixture(scope="module")
def sparse(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Epochs 2 to 6 of three batches each, with validation after the even ones."""
    directory = tmp_path_factory.mktemp("sparse")
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    log = logging.getLogger("zigbang_nlp")
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    settings: dict[str, Any] = {
        "epochs": 6,
        "initial_epoch": 1,
        "steps_per_epoch": 3,
        "validation_freq": 2,
        "verbose": 2,
        "metrics": ("auc", "precision"),
        "learning_rate": 0.05,
        "learning_rate_schedule": "reduce_on_plateau",
        "plateau_patience": 1,
        "restore_best_weights": False,
        "monitor": "accuracy",
        "mode": "max",
        "checkpoints": True,
        "checkpoint_name": "e{epoch}-{val_auc:.2f}",
        "save_freq": "4 epochs",
        "loss": "hinge",
    }
    network, history = trained(directory, **settings)
    log.removeHandler(handler)
    log.setLevel(level)
    chosen = TrainSettings(**{**SMALL, **settings})
    return {
        "network": network,
        "history": history,
        "lines": lines,
        "settings": chosen,
        "directory": directory,
    }


def test_validation_comes_after_every_second_epoch(sparse: dict[str, Any]) -> None:
    history, settings = sparse["history"], sparse["settings"]
    assert len(history["loss"]) == len(history["auc"]) == len(history["precision"]) == 5
    assert len(history["val_loss"]) == len(history["val_precision"]) == 3
    assert measured_epochs(history, "loss", settings) == [2, 3, 4, 5, 6]
    assert measured_epochs(history, "val_loss", settings) == [2, 4, 6]
    by_loss = settings.model_copy(update={"monitor": "val_loss"})
    assert best_epoch(history, by_loss) == 2 * (int(np.argmin(history["val_loss"])) + 1)


def test_an_epochs_line_says_what_was_measured(sparse: dict[str, Any]) -> None:
    lines = [line for line in sparse["lines"] if line.startswith("epoch ")]
    assert [line.split(":")[0] for line in lines] == [f"epoch {e}/6" for e in range(2, 7)]
    assert ["validation" in line for line in lines] == [True, False, True, False, True]
    assert all(line.split(": ")[1].startswith("loss ") for line in lines)
    assert all("auc " in line and "precision " in line for line in lines)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("verbose", "bar", "line"), [(0, False, False), (1, True, True), (2, False, True)]
)
def test_verbose_is_neither_both_or_the_line(
    verbose: int,
    bar: bool,
    line: bool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    caplog.set_level(logging.INFO)
    progress = Progress(verbose)
    progress.set_params({"epochs": 3, "steps": 2})
    progress.on_epoch_begin(0)
    for batch in range(2):
        progress.on_train_batch_end(batch, {"loss": 0.5, "accuracy": 0.75})
    progress.on_epoch_end(0, {"loss": 0.5, "accuracy": 0.75})
    assert (" batches" in terminal.getvalue()) == bar
    assert ("epoch 1/3: loss 0.5000, accuracy 0.7500" in caplog.text) == line


def test_a_checkpoint_every_fourth_epoch(sparse: dict[str, Any]) -> None:
    kept = [path.name.split("-")[0] for path in sparse["directory"].glob("e*-*.weights.h5")]
    assert kept == ["e4"]


def test_the_last_epochs_weights_are_kept(sparse: dict[str, Any]) -> None:
    held, network = part(32, seed=1), sparse["network"]
    probabilities = np.asarray(network(held.ids))
    loss = make_loss("hinge")(held.labels[:, None], probabilities)
    assert float(loss) == pytest.approx(sparse["history"]["val_loss"][-1], rel=1e-4)


def test_curves_with_gaps_are_drawn(sparse: dict[str, Any], tmp_path: Path) -> None:
    history, settings = sparse["history"], sparse["settings"]
    epochs = {name: measured_epochs(history, name, settings) for name in history}
    plot_learning_curves(history, epochs, 4, tmp_path / "curves.png")
    del history["val_loss"], history["val_accuracy"]  # ended before its first validation
    plot_learning_curves(history, epochs, 2, tmp_path / "curves.png")
    assert (tmp_path / "curves.png").stat().st_size > 5_000


@pytest.mark.parametrize(
    ("settings", "epochs"),
    [({}, 3), ({"baseline": 0.0}, 2), ({"start_from_epoch": 2}, 5)],
    ids=["plain", "a baseline never beaten", "watching from the third epoch"],
)
def test_early_stopping_ends_as_the_textbook_says(
    settings: dict[str, Any], epochs: int, tmp_path: Path
) -> None:
    _, history = trained(tmp_path, **NO_BETTER, **settings)
    assert len(history["loss"]) == epochs


def test_load_best_ends_with_the_best_checkpoint(tmp_path: Path) -> None:
    """The epoch of the best accuracy, though EarlyStopping goes by the loss."""
    settings: dict[str, Any] = {
        "epochs": 6,
        "learning_rate": 0.3,
        "patience": 6,
        "checkpoints": True,
        "save_best_only": True,
        "checkpoint_monitor": "val_accuracy",
        "load_best": True,
        "loss": "focal",
    }
    network, history = trained(tmp_path, **settings)
    held = part(32, seed=1)
    right = (np.asarray(network(held.ids))[:, 0] > 0.5) == held.labels
    assert right.mean() == pytest.approx(max(history["val_accuracy"]))
    best = best_epoch(history, TrainSettings(**{**SMALL, **settings}))
    assert best == int(np.argmax(history["val_accuracy"])) + 1
    kept = max(path.name for path in tmp_path.glob("epoch-*.weights.h5"))
    assert int(kept.split("-")[1]) == best


def test_losses_are_their_formulas() -> None:
    labels = np.array([0.0, 1.0, 1.0, 0.5], np.float32)[:, None]
    probabilities = np.array([0.2, 0.9, 0.4, 0.6], np.float32)[:, None]
    logit = np.log(probabilities / (1 - probabilities))
    right = labels * probabilities + (1 - labels) * (1 - probabilities)
    cross = -(labels * np.log(probabilities) + (1 - labels) * np.log(1 - probabilities))
    expected = {
        "binary_crossentropy": cross,
        "mse": (labels - probabilities) ** 2,
        "hinge": np.maximum(0, 1 - (2 * labels - 1) * logit),
        "focal": (1 - right) ** 2 * cross,
    }
    for name, by_hand in expected.items():
        loss = keras.losses.get(make_loss(name))
        value = loss(labels, probabilities)
        assert float(np.mean(value)) == pytest.approx(float(by_hand.mean()), rel=1e-4), name
    certain = np.array([[0.0], [1.0]], np.float32)
    assert float(make_loss("hinge")(certain, certain)) == 0
    assert np.isfinite(float(make_loss("hinge")(1 - certain, certain)))


def texts_in(batches: Batches) -> list[list[int]]:
    return [ids[:, 0].tolist() for ids, _, _ in batches]


def numbered(steps: int = 0, shuffle: bool = True, dropout: float = 0.0) -> Batches:
    ids = np.arange(2, 12, dtype=np.int32)[:, None]
    return Batches(ids, np.zeros(10, np.float32), None, 3, 0, dropout, shuffle=shuffle, steps=steps)


def test_without_shuffling_batches_follow_the_data_set() -> None:
    batches = numbered(shuffle=False)
    expected = [[2, 3, 4], [5, 6, 7], [8, 9, 10], [11]]
    assert texts_in(batches) == texts_in(batches) == expected


def test_an_epoch_of_steps_goes_on_where_the_last_one_ended() -> None:
    batches = numbered(steps=3, shuffle=False)
    assert len(batches) == 3
    assert texts_in(batches) == [[2, 3, 4], [5, 6, 7], [8, 9, 10]]
    assert texts_in(batches) == [[11], [2, 3, 4], [5, 6, 7]]
    seen = [i for _ in range(4) for batch in texts_in(numbered(steps=4)) for i in batch]
    assert sorted(seen) == sorted(list(range(2, 12)) * 4)


@pytest.mark.parametrize("steps", [0, 3])
def test_the_place_in_the_data_can_be_kept(steps: int) -> None:
    """As JSON, in the middle of a pass, with token dropout drawing numbers of its own."""
    one, other = numbered(steps, dropout=0.2), numbered(steps, dropout=0.2)
    for _ in range(3):
        texts_in(one)
    other.order_state = json.loads(json.dumps(one.order_state))
    for _ in range(3):
        assert texts_in(one) == texts_in(other)


def test_the_textbooks_network_has_the_textbooks_parameters() -> None:
    settings = TrainSettings(preset="textbook")
    network = build_network(Architecture.from_settings(settings, 5_000))
    kinds = [type(layer).__name__ for layer in network.layers[1:]]
    assert kinds == ["Embedding", "LSTM", "Dense"]
    # Table; four gates, each with weights of input, state and a bias; weights and a bias.
    expected = [5_000 * 100, 4 * 128 * (100 + 128 + 1), 128 + 1]
    assert [layer.count_params() for layer in network.layers[1:]] == expected
    assert (settings.optimizer, settings.batch_size, settings.epochs, settings.patience) == (
        "rmsprop",
        60,
        15,
        4,
    )


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work directory with a store, a data set and a model of one epoch."""
    place = tmp_path_factory.mktemp("work")
    with open_store(f"sqlite:///{place / 'zigbang.db'}") as store:
        store.add_reviews(fake_reviews(120))
    done = invoke(place, "preprocess", "--vocabulary", "own", "--min-count", "1")
    assert done.exit_code == 0, done.output
    done = invoke(place, "train", *TRAINED)
    assert done.exit_code == 0, done.output
    return place


TRAINED = ("--preset", "fast", "--epochs", "1", "--lstm-units", "4", "--embedding-dim", "4")


def invoke(work: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "--work", str(work)], catch_exceptions=False)


def test_training_says_that_the_data_set_has_another_tokenizer(work: Path) -> None:
    """And that only of what was given: the vocabulary of the data set was a flag, too."""
    flags = ("--set", "preprocess.tokenizer=okt", "--set", "preprocess.min_count=4")
    output = invoke(work, "train", *TRAINED, *flags).output
    made_with = 'it was made with preprocess.tokenizer = "mecab", preprocess.min_count = 1'
    assert f"The dataset is used as it is: {made_with}" in output
    assert 'not "okt", 4' in output
    assert "zigbang-nlp run --from preprocess" in output
    assert "nothing changed" not in output
    assert "preprocess.vocabulary" not in output
    assert "Skipping train" in output


def test_training_that_fits_its_data_set_says_nothing(work: Path) -> None:
    output = invoke(work, "train", *TRAINED).output
    assert "as it is" not in output
    assert "Skipping train: nothing changed" in output
    (run,) = list_runs(work / "runs")
    assert run.model == load_bundle(work / "model").identity()
    assert (run.epochs, run.settings["lstm_units"]) == (1, [4])
    assert run.seconds > 0


def test_a_preset_prints_what_it_sets_and_not_what_was_given(work: Path) -> None:
    output = invoke(work, "train", *TRAINED).output
    line = next(line for line in output.splitlines() if line.startswith("The preset fast sets"))
    assert 'train.init = "scratch", train.learning_rate = 0.005' in line
    assert "epochs" not in line
    assert "preset" not in invoke(work, "train", "--epochs", "1", "--dry-run").output


@pytest.mark.parametrize(
    ("changed", "notice"),
    [
        (("preprocess.tokenizer=okt",), 'preprocess.tokenizer = "okt" (the model: "mecab")'),
        (("preprocess.max_characters=50",), "preprocess.max_characters = 50 (the model: 2000)"),
        (("preprocess.tokenizer=mecab", "preprocess.length=0", "preprocess.min_count=9"), ""),
    ],
)
def test_a_setting_that_the_model_overrides_is_said_once(
    changed: tuple[str, ...], notice: str, work: Path
) -> None:
    flags = [part for setting in changed for part in ("--set", setting)]
    model = str(work / "model")
    shown = invoke(work, "predict", "역이 가까워요", "주차가 불편해요", "--model", model, *flags)
    assert shown.exit_code == 0
    assert shown.output.count("has no effect here") == (1 if notice else 0)
    assert notice in shown.output


def test_preprocessing_says_which_settings_a_models_vocabulary_overrides(work: Path) -> None:
    flags = ("--vocabulary", str(work / "model"), "--piece-min-count", "5")
    output = invoke(work, "preprocess", *flags, "--min-count", "1", "--force").output
    assert output.count("preprocess.piece_min_count = 5 has no effect here") == 1
    refused = CliRunner().invoke(cli, ["preprocess", *flags, "--stem", "--work", str(work)])
    assert refused.exception is not None
    assert "of the tokenizer mecab, not of mecab with stem" in str(refused.exception)


def test_starting_from_a_model_of_another_tokenizer_is_said(
    work: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("zigbang_nlp"), "propagate", True)
    bundle = load_bundle(work / "model")
    say_other_tokenizer(bundle, bundle.encoder)
    assert not caplog.records
    say_other_tokenizer(
        bundle, replace(bundle.encoder, tokenizer_settings=TokenizerSettings("okt"))
    )
    assert "tokenized with {'name': 'okt'" in caplog.text
