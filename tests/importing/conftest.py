"""An empty store to import into."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from zigbang_nlp.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{(tmp_path / 'reviews.db').as_posix()}") as opened:
        yield opened
