"""The search for settings: it goes on, it ends cleanly, and what it writes can be used."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.factories.reviews import fake_reviews
from zigbang_nlp.cli import cli
from zigbang_nlp.config import PreprocessSettings, TrainSettings, load_settings
from zigbang_nlp.errors import ConfigError
from zigbang_nlp.model.training.tune import SPACE, tune
from zigbang_nlp.text.dataset import DataSet
from zigbang_nlp.text.preprocess import preprocess

#: Leaves only the learning rate and two dropouts to be searched.
FLAGS = [
    "--init",
    "scratch",
    "--epochs",
    "1",
    "--lstm-units",
    "3",
    "--embedding-dim",
    "3",
    "--no-bidirectional",
    "--pooling",
    "last",
    "--batch-size",
    "32",
    "--dense-units",
    "2",
    "--token-dropout",
    "0.1",
]

INTERRUPTER = """
import keras

class Interrupter(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        raise KeyboardInterrupt
"""


@pytest.fixture
def work(tmp_path: Path) -> Path:
    preprocess(fake_reviews(150), PreprocessSettings(min_count=1), tmp_path / "dataset")
    return tmp_path


@pytest.mark.slow
def test_a_search_goes_on_and_its_best_settings_can_be_used(work: Path) -> None:
    def run(trials: int) -> str:
        arguments = ["tune", "--work", str(work), "--trials", str(trials), *FLAGS]
        result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
        assert result.exit_code == 0
        return result.stdout

    first, second, third = run(1), run(2), run(2)
    rows = [len(shown.splitlines()) - 2 for shown in (first, second, third)]
    assert rows == [1, 2, 2], "trials of earlier runs count"
    assert second == third
    assert second.split()[1] == "val_auc", second
    areas = [float(line.split()[1]) for line in second.splitlines()[2:]]
    assert areas == sorted(areas, reverse=True), "the best comes first"
    best = load_settings(work / "tuned.toml", environ={}).settings.train
    assert (best.lstm_units, best.epochs) == ((3,), 1)
    assert f"learning_rate={best.learning_rate}" in second.splitlines()[2]
    assert {path.name for path in (work / "tune").iterdir()} == {"study.db"}


def test_an_interrupted_search_ends_cleanly(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(work)
    (work / "interrupter.py").write_text(INTERRUPTER)
    sizes = {"embedding_dim": 3, "lstm_units": (3,), "bidirectional": False, "pooling": "last"}
    base = TrainSettings(init="scratch", callbacks=("interrupter:Interrupter",), **sizes)
    study = tune(DataSet.load(work / "dataset"), base, sizes, work / "tune", trials=5)
    assert study.interrupted
    assert study.best == []
    assert {path.name for path in (work / "tune").iterdir()} == {"study.db"}


def test_nothing_left_to_search_is_an_error(dataset: DataSet, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Nothing is left to search"):
        tune(dataset, TrainSettings(init="scratch"), list(SPACE), tmp_path)
