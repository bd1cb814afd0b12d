"""What tests of training share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ONE_WAY, trained_once
from zigbang_nlp.text.dataset import DataSet


@pytest.fixture(scope="session")
def start_dir(dataset: DataSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny bundle to go on with, which reads one way. Copy it before changing it."""
    return trained_once(tmp_path_factory, "start", dataset, ONE_WAY)
