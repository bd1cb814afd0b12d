"""A store that is only there when what it was made for went well."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from zigbang_nlp.store.store import Store, open_store


@contextlib.contextmanager
def open_or_undo(url: str) -> Iterator[Store]:
    """`open_store`, but an empty file that it made is taken away again when the block fails.

    A mistake in a first command should not leave a database behind.
    """
    file = _file_to_be(url)
    # Looked at before opening makes them, the innermost first.
    folders = [] if file is None else [folder for folder in file.parents if not folder.exists()]
    empty = False
    try:
        with open_store(url) as store:
            try:
                yield store
            except BaseException:
                empty = store.count_reviews() == store.count_apartments() == 0
                raise
    except BaseException:
        if file is not None and empty:
            for name in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
                name.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # somebody else uses them by now
                for folder in folders:
                    folder.rmdir()
        raise


def _file_to_be(url: str) -> Path | None:
    """The SQLite file that opening `url` would make; None where it is there, or is no file."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        return None  # which is `open_store`'s to tell
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    file = Path(str(parsed.database))
    return None if file.exists() else file
