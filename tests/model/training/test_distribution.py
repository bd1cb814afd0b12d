"""Training on several workers or devices gives what one gives, for the same global batch."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import zigbang
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
    "--learning-rate",
    "0.02",
    "--dropout",
    "0",
    "--spatial-dropout",
    "0",
    "--force",
]
#: Two logical CPUs stand in for two GPUs.
TWO_DEVICES = """
import sys
from zigbang_nlp.model.network.backend import tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from zigbang_nlp.cli import main
main()
"""


def history(work: Path) -> dict[str, list[float]]:
    found: dict[str, list[float]] = json.loads((work / "model" / "history.json").read_text())
    return found


@pytest.fixture(scope="module")
def places(dataset: DataSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the data set in the work directories alone, mirrored, worker0, worker1."""
    place = tmp_path_factory.mktemp("distributed")
    for name in ("alone", "mirrored", "worker0", "worker1"):
        shutil.copytree(dataset.directory, place / name / "dataset")
    done = zigbang(*SETTINGS, "--work", "alone", cwd=place)
    assert done.returncode == 0, done.stderr.decode()
    return place


@pytest.mark.slow
def test_two_processes_on_loopback_train_as_one(places: Path) -> None:
    ports = []
    for _ in range(2):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            ports.append(free.getsockname()[1])
    cluster = {"worker": [f"127.0.0.1:{port}" for port in ports]}
    running = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "zigbang_nlp",
                *SETTINGS,
                "--distribute",
                "multiworker",
                "--work",
                f"worker{index}",
            ],
            cwd=places,
            env=os.environ
            | {
                "TF_CONFIG": json.dumps(
                    {"cluster": cluster, "task": {"type": "worker", "index": index}}
                )
            },
            stderr=subprocess.PIPE,
        )
        for index in range(2)
    ]
    for worker in running:
        said = worker.communicate(timeout=600)[1]
        assert worker.returncode == 0, said.decode()
    alone = history(places / "alone")
    first, second = (history(places / f"worker{index}") for index in range(2))
    assert first == second
    for name in ("loss", "val_loss"):
        assert first[name] == pytest.approx(alone[name], abs=1e-3), name
    weights = [(places / f"worker{i}" / "model" / "network.onnx").read_bytes() for i in range(2)]
    assert weights[0] == weights[1]


@pytest.mark.slow
def test_two_devices_train_as_one(places: Path) -> None:
    arguments = [*SETTINGS, "--distribute", "mirrored", "--work", "mirrored"]
    done = subprocess.run(
        [sys.executable, "-c", TWO_DEVICES, *arguments], cwd=places, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    alone, mirrored = history(places / "alone"), history(places / "mirrored")
    for name in ("loss", "val_loss"):
        assert mirrored[name] == pytest.approx(alone[name], abs=1e-3), name


@pytest.mark.parametrize(
    "config", [None, "{}", '{"cluster": {"worker": ["a:1"]}, "task": {"index": 1}}']
)
def test_workers_without_a_plan_are_told_how_to_make_one(places: Path, config: str | None) -> None:
    environ: dict[str, Any] = {} if config is None else {"TF_CONFIG": config}
    done = zigbang(
        *SETTINGS, "--distribute", "multiworker", "--work", "worker0", cwd=places, **environ
    )
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
