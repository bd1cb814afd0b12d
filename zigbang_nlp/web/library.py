"""The store as the server sees it: it may be away for a while, and its reviews may change."""

from __future__ import annotations

import threading

from zigbang_nlp.console import log
from zigbang_nlp.errors import StoreError
from zigbang_nlp.store import Store, open_store, store_exists


class Library:
    """Opens the store, and again after it was away.

    Args:
        url: of the store; one that doesn't exist yet is made.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.RLock()
        self._store: Store | None = None
        self._file: tuple[int, int] | None = None
        self._opened_before = False

    def store(self) -> Store:
        """The open store.

        Raises:
            StoreError: it is away: no server answers, or its file is gone.
        """
        with self._lock:
            if self._store is not None and self._is_same():
                return self._store
            self.close()
            opened = self._open()
            self._file = _identity(opened)
            self._store = opened
            return opened

    def _open(self) -> Store:
        if self._opened_before and not store_exists(self._url):
            raise StoreError("The store's file is gone.", "Put it back, or start the server again.")
        opened = open_store(self._url, lambda said: log.info("%s", said))
        if self._opened_before:
            log.info("The store %s is back.", opened.database.name)
        self._opened_before = True
        return opened

    def _is_same(self) -> bool:
        """Whether the file that is open is still the one at its path; an open file outlives `rm`."""
        assert self._store is not None
        return self._store.database.file is None or _identity(self._store) == self._file

    def check(self) -> None:
        """Raise `StoreError` unless the store answers."""
        self.store().ping()

    def close(self) -> None:
        with self._lock:
            if self._store is not None:
                self._store.close()
            self._store = None


def _identity(store: Store) -> tuple[int, int] | None:
    file = store.database.file
    if file is None:
        return None
    try:
        found = file.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino)
