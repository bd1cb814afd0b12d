"""What is made once a session, whichever of pytest-xdist's workers needs it first."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def make_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A directory that all workers see, filled by the first that asks for it.

    Args:
        factory: pytest's.
        name: of the directory.
        make: fills the directory, which is there and empty. What it raises, the test gets; the
            next worker tries again.
    """
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # a worker's own directory is beneath the session's
    place, finished = base / name, base / f"{name}.made"
    with FileLock(base / f"{name}.lock"):
        if not finished.exists():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            make(place)
            finished.touch()
    return place
