"""What tests share: a data set and a tiny bundle really trained, once a session."""

from __future__ import annotations

import gc
import os
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.commands import forked, started
from tests.factories.reviews import fake_reviews
from tests.factories.wheels import install, run_installed
from tests.postgres import postgres  # noqa: F401 - a fixture: one server for all that need it
from tests.shared import make_once
from zigbang_nlp.config import PreprocessSettings, TrainSettings
from zigbang_nlp.console import log
from zigbang_nlp.text.dataset import DataSet

ROOT = Path(__file__).resolve().parent.parent


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Modules and tests are most of a million objects, and all of them stay.

    To look for garbage among them, now or later, took a third of a training's time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        import tests.frozen  # noqa: F401 - it sets apart what is there when it is imported


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first: at the end, workers share what takes little each."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def _the_log_as_it_was() -> Iterator[None]:
    """A command that ran inside the test's process must not redirect the log of the next test."""
    kept = (log.handlers[:], log.level, log.propagate)
    yield
    log.handlers[:], log.level, log.propagate = kept


def zigbang(
    *arguments: str | Path, cwd: Path, input: bytes = b"", **environ: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own, as a user would."""
    command = [os.fspath(argument) for argument in arguments]
    if environ or not hasattr(os, "fork"):
        return started(command, cwd, input, environ)
    return forked(command, cwd, input)


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> DataSet:
    """A small preprocessed data set."""
    from zigbang_nlp.text.preprocess import preprocess

    def make(place: Path) -> None:
        preprocess(fake_reviews(600), PreprocessSettings(min_count=1), place / "dataset")

    return DataSet.load(make_once(tmp_path_factory, "data", make) / "dataset")


TINY = TrainSettings(
    init="scratch",
    embedding_dim=8,
    lstm_units=(8,),
    epochs=4,
    batch_size=32,
    learning_rate=0.02,
    patience=2,
)
#: Where the direction of reading doesn't matter: a third less work, most of it TensorFlow's tracing.
ONE_WAY = TINY.model_copy(update={"bidirectional": False})


def trained_once(
    factory: pytest.TempPathFactory, name: str, dataset: DataSet, settings: TrainSettings
) -> Path:
    """The bundle that a training makes, once a session; `name` is that of its directory."""
    from zigbang_nlp.model.training.train import train

    # Made texts are told apart in the first epoch, where ROC AUC would end the training.
    by_loss = settings.model_copy(update={"monitor": "val_loss"})

    def make(place: Path) -> None:
        train(dataset, by_loss, place / "model", place / "checkpoints")

    return make_once(factory, name, make) / "model"


@pytest.fixture(scope="session")
def bundle_dir(dataset: DataSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny bundle, really trained on `dataset`. Copy it before changing it."""
    return trained_once(tmp_path_factory, "bundle", dataset, TINY)


#: Enough to learn the sample's commonest words from, in half a minute.
SAMPLE_SETTINGS = """
[train]
init = "scratch"
epochs = 4
lstm_units = [24]
embedding_dim = 48
learning_rate = 0.005

[evaluate]
bootstrap = 100
"""


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel built from here, and an environment that it is installed into."""
    pytest.importorskip("hatchling", reason="the build backend is in the test extras")
    return make_once(tmp_path_factory, "installed", lambda place: install(ROOT, place))


@pytest.fixture(scope="session")
def sample_run(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where what is installed ran the sample once, with a small network.

    Beside it is what it said.

    Don't change it: `data` and `zigbang.toml` may be copied elsewhere.
    """

    def make(place: Path) -> None:
        folder = place / "a folder 폴더"
        folder.mkdir()
        (folder / "zigbang.toml").write_text(SAMPLE_SETTINGS)
        _, stderr = run_installed(installed, "zigbang-nlp", "run", cwd=folder)
        (place / "stderr.txt").write_text(stderr, encoding="utf-8")

    return make_once(tmp_path_factory, "sample", make) / "a folder 폴더"
