"""Training on several workers or devices gives what one gives, for the same global batch."""

import json
import shutil
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.commands import Running
from tests.conftest import zigbang
from zigbang_nlp.model.network.backend import tf
from zigbang_nlp.model.training.distribution import own_rows
from zigbang_nlp.text.dataset import DataSet

#: Dropout would be another one on each worker.
SETTINGS = [
    "train",
    "--init",
    "scratch",
    "--epochs",
    "2",
    "--batch-size",
    "37",
    "--embedding-dim",
    "8",
    "--lstm-units",
    "8",
    "--no-bidirectional",
    "--learning-rate",
    "0.02",
    "--dropout",
    "0",
    "--spatial-dropout",
    "0",
    "--callbacks",
    "killer:Killer",
    "--force",
]
#: Kills the training in the work directory that a file names, after its second epoch's last step.
KILLER = """
import os, pathlib, signal, sys
import keras

class Killer(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        armed = pathlib.Path("armed")
        if epoch == 1 and armed.exists() and armed.read_text() in sys.argv:
            os.kill(os.getpid(), signal.SIGKILL)
"""


def two_devices() -> None:
    """Two logical CPUs stand in for two GPUs."""
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)


def history(work: Path) -> dict[str, list[float]]:
    curves: dict[str, list[float]] = json.loads((work / "model" / "history.json").read_text())
    return curves


@pytest.fixture(scope="module")
def places(dataset: DataSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the data set in the work directories alone, mirrored, worker0, worker1."""
    place = tmp_path_factory.mktemp("distributed")
    for name in ("alone", "mirrored", "worker0", "worker1"):
        shutil.copytree(dataset.directory, place / name / "dataset")
    (place / "killer.py").write_text(KILLER)
    done = zigbang(*SETTINGS, "--work", "alone", cwd=place)
    assert done.returncode == 0, done.stderr.decode()
    return place


@pytest.mark.slow
def test_two_processes_on_loopback_train_as_one_though_one_is_killed(places: Path) -> None:
    # The second dies with its second epoch done and not yet kept, which the first has kept.
    (places / "armed").write_text("worker1")
    first, second = two_workers(places)
    killed = second.ended()
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    until(lambda: set(kept_epochs(places / "worker0")) == {1, 2})
    assert kept_epochs(places / "worker1") == [1]
    first.kill()  # its next step would wait for the other
    first.ended()
    (places / "armed").unlink()
    for worker in two_workers(places):
        done = worker.ended()
        assert done.returncode == 0, done.stderr.decode()
        assert "Resuming after epoch 1 of" in done.stderr.decode()
    alone = history(places / "alone")
    ours, theirs = (history(places / f"worker{index}") for index in range(2))
    assert ours == theirs
    for name in ("loss", "val_loss"):
        assert ours[name] == pytest.approx(alone[name], abs=1e-3), name
    weights = [(places / f"worker{i}" / "model" / "network.onnx").read_bytes() for i in range(2)]
    assert weights[0] == weights[1]
    assert [kept_epochs(places / f"worker{i}") for i in range(2)] == [[], []]


@pytest.mark.slow
def test_two_devices_train_as_one_though_they_are_killed(places: Path) -> None:
    arguments = [*SETTINGS, "--distribute", "mirrored", "--work", "mirrored"]
    (places / "armed").write_text("mirrored")
    killed = Running(arguments, places, before=two_devices).ended()
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    (places / "armed").unlink()
    done = Running(arguments, places, before=two_devices).ended()
    assert done.returncode == 0, done.stderr.decode()
    assert "Resuming after epoch 1 of" in done.stderr.decode()
    alone, mirrored = history(places / "alone"), history(places / "mirrored")
    for name in ("loss", "val_loss"):
        assert mirrored[name] == pytest.approx(alone[name], abs=1e-3), name


def two_workers(places: Path) -> list[Running]:
    ports = []
    for _ in range(2):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            ports.append(free.getsockname()[1])
    cluster = {"worker": [f"127.0.0.1:{port}" for port in ports]}
    tasks = [{"type": "worker", "index": index} for index in range(2)]
    return [
        Running(
            [*SETTINGS, "--distribute", "multiworker", "--work", f"worker{task['index']}"],
            places,
            environ={"TF_CONFIG": json.dumps({"cluster": cluster, "task": task})},
        )
        for task in tasks
    ]


def kept_epochs(work: Path) -> list[int]:
    """The epochs whose states a killed training has kept, the last first."""
    states = [work / "checkpoints" / name / "state.json" for name in ("backup", "backup-before")]
    return [json.loads(state.read_text())["epochs"] for state in states if state.exists()]


def until(reached: Callable[[], bool]) -> None:
    for _ in range(600):
        if reached():
            return
        time.sleep(0.1)
    raise AssertionError("it didn't come to that within a minute")


@pytest.mark.parametrize(
    "config", [None, "{}", '{"cluster": {"worker": ["a:1"]}, "task": {"index": 1}}']
)
def test_workers_without_a_plan_are_told_how_to_make_one(places: Path, config: str | None) -> None:
    environ = {} if config is None else {"TF_CONFIG": config}
    arguments = [*SETTINGS, "--distribute", "multiworker", "--work", "worker0"]
    done = Running(arguments, places, environ=environ).ended()
    assert done.returncode == 2, "a setting that can't be used"
    assert b"TF_CONFIG=" in done.stderr


@pytest.mark.parametrize(("count", "size"), [(2, 8), (2, 7), (3, 7), (4, 3), (1, 5)])
def test_own_rows_have_the_mean_loss_of_the_batch(count: int, size: int) -> None:
    rng = np.random.default_rng(0)
    loss = rng.random(size).astype(np.float32)
    weights = rng.random(size).astype(np.float32)
    whole = (loss * weights).mean()
    shares = [own_rows((index, count), size) for index in range(count)]
    assert len({own.rows.shape for own in shares}) == 1
    every = own_rows((None, count), size)
    means = [(loss[own.rows] * weights[own.rows] * own.share).mean() for own in [*shares, every]]
    assert means[-1] == pytest.approx(whole, rel=1e-6)
    assert np.mean(means[:-1]) == pytest.approx(whole, rel=1e-6)
