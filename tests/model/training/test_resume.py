"""A training that is killed goes on as if nothing had been."""

import json
import os
import shutil
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.commands import Fork
from zigbang_nlp.config import TrainSettings
from zigbang_nlp.model.network.backend import make_repeatable
from zigbang_nlp.model.training.checkpoints import read_backups
from zigbang_nlp.model.training.train import resume_key, train
from zigbang_nlp.text.dataset import DataSet

#: Kills the process in the middle of the third epoch where a file says so.
KILLER = """
import os, pathlib, signal
import keras

class Killer(keras.callbacks.Callback):
    seen = []

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        Killer.seen.append(epoch)

    def on_train_batch_end(self, batch, logs=None):
        if self.epoch == 2 and batch == 3 and pathlib.Path("armed").exists():
            os.kill(os.getpid(), signal.SIGKILL)
"""

#: Nothing counts as better than the first epoch, so EarlyStopping ends after 1 + 3 epochs; a
#: resumed training that forgot its patience would go on to 6.
SETTINGS = TrainSettings(
    init="scratch",
    embedding_dim=4,
    lstm_units=(4,),
    bidirectional=False,
    pooling="last",
    batch_size=64,
    epochs=9,
    patience=3,
    min_delta=10,
    learning_rate=0.05,
    learning_rate_schedule="cosine",
    token_dropout=0.1,
    callbacks=("killer:Killer",),
)


def train_there(place: Path, settings: TrainSettings) -> None:
    """Train in a process of its own."""
    os.chdir(place)
    work = place / "work"
    train(DataSet.load(work / "dataset"), settings, work / "model", work / "checkpoints")


@pytest.mark.slow
@pytest.mark.parametrize("steps", [0, 5], ids=["whole passes", "steps_per_epoch"])
def test_a_killed_training_goes_on_exactly(
    steps: int, dataset: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = SETTINGS.model_copy(update={"steps_per_epoch": steps})
    passes = steps * settings.batch_size / len(dataset.split("train").rows)
    assert passes == 0 or passes % 1, "the kill comes in the middle of a pass"
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "killer", raising=False)
    (tmp_path / "killer.py").write_text(KILLER)
    work = tmp_path / "work"
    shutil.copytree(dataset.directory, work / "dataset")
    (tmp_path / "armed").touch()
    killed = Fork(target=train_there, args=(tmp_path, settings))
    killed.start()
    killed.join(300)
    assert killed.exitcode == -signal.SIGKILL
    checkpoints, data = work / "checkpoints", DataSet.load(work / "dataset")
    assert not (work / "model").exists()
    key = resume_key(data, settings)
    assert [backup.epochs for backup in read_backups(checkpoints, key)] == [2]
    other = settings.model_copy(update={"dropout": 0.2})
    assert read_backups(checkpoints, resume_key(data, other)) == [], "other settings start anew"

    (tmp_path / "armed").unlink()
    train(data, settings, work / "model", checkpoints)
    killer = sys.modules["killer"].Killer
    assert killer.seen == [2, 3], "only what was missing is trained"
    assert {path.name for path in checkpoints.iterdir()} == {"best.weights.h5"}

    killer.seen.clear()
    train(data, settings, tmp_path / "whole", tmp_path / "c")
    assert killer.seen == [0, 1, 2, 3]
    gone_on, whole = (
        json.loads((d / "history.json").read_text()) for d in (work / "model", tmp_path / "whole")
    )
    assert gone_on == whole, "optimizer, dropout, order and schedule went on where they were"
    assert len(whole["val_loss"]) == 4
    names = ["network.onnx", "bundle.json"]
    assert all(
        (work / "model" / n).read_bytes() == (tmp_path / "whole" / n).read_bytes() for n in names
    )
    if not steps:
        _ended_training_is_not_trained_again(data, tmp_path, killer)


def _ended_training_is_not_trained_again(data: DataSet, tmp_path: Path, killer: type) -> None:
    """A kill after the last epoch, while the bundle was written."""
    from zigbang_nlp.model.architecture import Architecture
    from zigbang_nlp.model.network.build import build_network
    from zigbang_nlp.model.training.fit import fit

    settings = SETTINGS.model_copy(update={"epochs": 1})
    parts = data.split("train"), data.split("validation")
    ids = np.asarray(parts[1].ids)
    results = []
    for _ in range(2):
        make_repeatable(settings.seed)
        network = build_network(Architecture.from_settings(settings, len(data.encoder.vocabulary)))
        history = fit(network, *parts, settings, tmp_path / "e", key="same")
        results.append((history, np.asarray(network(ids))))
    assert killer.seen == [0, 1, 2, 3, 0]  # type: ignore[attr-defined]
    assert results[0][0] == results[1][0]
    np.testing.assert_array_equal(results[0][1], results[1][1])
    (tmp_path / "e" / "backup" / "state.json").write_text("{")
    assert read_backups(tmp_path / "e", "same") == [], "a damaged backup starts anew"
