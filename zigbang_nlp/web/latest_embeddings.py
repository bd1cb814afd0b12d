"""The vectors of the texts as the server sees them: others may be made while it runs."""

from __future__ import annotations

import threading
from pathlib import Path

from zigbang_nlp.insight.embeddings import Embeddings


class LatestEmbeddings:
    """Opens the vectors, again when there are others.

    Args:
        directory: that `zigbang-nlp embed` writes to; need not exist.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._opened: Embeddings | None = None

    def __call__(self) -> Embeddings:
        """The vectors that are there now."""
        with self._lock:
            if self._opened is None or not self._opened.is_current():
                self._opened = Embeddings(self._directory)
            return self._opened
