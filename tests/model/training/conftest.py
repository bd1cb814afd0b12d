"""What tests of training share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ONE_WAY
from tests.shared import make_once
from zigbang_nlp.text.dataset import DataSet


@pytest.fixture(scope="session")
def start_dir(dataset: DataSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny bundle to go on with, which reads one way. Copy it before changing it."""
    from zigbang_nlp.model.training.train import train

    settings = ONE_WAY.model_copy(update={"monitor": "val_loss"})

    def make(place: Path) -> None:
        train(dataset, settings, place / "model", place / "checkpoints")

    return make_once(tmp_path_factory, "start", make) / "model"
