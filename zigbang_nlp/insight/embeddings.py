"""Vectors of texts on disk: in files that are written once and appear whole, mapped into memory.

A file NAME.npy holds rows of (key, vector); a key is of the text and the model (`text_keys.py`), so
that a text that changed has none, whichever store and database it is in. 1.5 KB a text.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

import numpy as np

from zigbang_nlp.files import atomic_file, make_directory
from zigbang_nlp.insight.embedder import DIMENSIONS, MODEL
from zigbang_nlp.text.text_keys import KEY, TextKeys

# In 32 bits: NumPy multiplies 16 bits in twice the time.
_ROW = np.dtype([("key", KEY, (2,)), ("vector", "<f4", (DIMENSIONS,))])
#: Rows that are copied at once.
_COPIED = 10_000


class Embeddings:
    """The vectors that are on disk at one moment.

    Args:
        directory: of the files; need not exist.
        model: whose vectors are meant.

    Attributes:
        keys: texts -> uint64 (texts, 2), their keys.
        state: changes whenever there are other vectors.
    """

    def __init__(self, directory: Path, model: str = MODEL) -> None:
        self.directory = directory
        self.keys = TextKeys(model).of
        files = _files(directory)
        self.state = tuple(file.name for file in files)
        opened = [(file, rows) for file in files if (rows := _opened(file)) is not None]
        self._files = [file for file, _ in opened]
        self._parts = [rows for _, rows in opened]
        keys = [np.array(rows["key"]) for rows in self._parts]
        self._keys = np.concatenate([np.empty((0, 2), KEY), *keys])
        self._order = np.argsort(self._keys[:, 0], kind="stable")

    def __len__(self) -> int:
        return len(self._keys)

    def is_current(self) -> bool:
        """Whether the directory still holds these files."""
        return self.state == tuple(file.name for file in _files(self.directory))

    def places(self, keys: np.ndarray) -> np.ndarray:
        """The place of the vector of each key, -1 where there is none: int64 (texts,)."""
        if not len(self):
            return np.full(len(keys), -1)
        first = self._keys[self._order, 0]
        at = np.minimum(np.searchsorted(first, keys[:, 0]), len(first) - 1)
        nearest = self._order[at]
        return np.where((self._keys[nearest] == keys).all(axis=1), nearest, -1)

    def likeness(self, vector: np.ndarray) -> np.ndarray:
        """The cosine of each vector with this one, -1 to 1: float32 (places,)."""
        products = [rows["vector"] @ vector for rows in self._parts]
        return np.concatenate([np.empty(0, np.float32), *products])

    def vectors(self, places: np.ndarray) -> np.ndarray:
        """Vectors by their places: float32 (places, 384)."""
        vectors = np.empty((len(places), DIMENSIONS), np.float32)
        start = 0
        for rows in self._parts:
            here = (places >= start) & (places < start + len(rows))
            vectors[here] = rows["vector"][places[here] - start]
            start += len(rows)
        return vectors

    def add(self, keys: np.ndarray, vectors: np.ndarray) -> None:
        """Write vectors into a file of their own; a new `Embeddings` has them.

        Args:
            keys: uint64 (texts, 2).
            vectors: float32 (texts, 384).
        """
        rows = np.empty(len(keys), _ROW)
        rows["key"], rows["vector"] = keys, vectors
        make_directory(self.directory)
        with atomic_file(self.directory / _name(keys)) as fresh:
            np.save(fresh, rows)

    def tidy(self, keys: np.ndarray) -> int:
        """Make one file of all, without the vectors that nobody wants.

        Args:
            keys: uint64 (texts, 2), keys.

        Returns:
            How many vectors are gone.
        """
        places = self.places(keys)
        kept = np.unique(places[places >= 0])
        if len(self._files) > 1 or len(kept) < len(self):
            self._rewrite(kept)
        return len(self) - len(kept)

    def _rewrite(self, kept: np.ndarray) -> None:
        target = self.directory / _name(self._keys[kept])
        if len(kept):
            with atomic_file(target) as fresh:
                rows = np.lib.format.open_memmap(fresh, "w+", _ROW, (len(kept),))
                for start in range(0, len(kept), _COPIED):
                    places = kept[start : start + _COPIED]
                    copied = rows[start : start + _COPIED]
                    copied["key"], copied["vector"] = self._keys[places], self.vectors(places)
                rows.flush()
                del rows, copied
        for file in self._files:
            if file != target:
                # Windows keeps a file that another process has mapped; it goes another time.
                with contextlib.suppress(OSError):
                    file.unlink()


def _files(directory: Path) -> list[Path]:
    return sorted(directory.glob("[0-9a-f]*.npy"))


def _opened(file: Path) -> np.ndarray | None:
    """The rows of a file; None where it is gone meanwhile or not whole."""
    try:
        # A map holds its file open; small ones, of which there may be thousands, are read instead.
        large = file.stat().st_size > 1 << 20
        rows: np.ndarray = np.load(file, mmap_mode="r" if large else None)
    except (FileNotFoundError, ValueError, EOFError):
        return None
    return rows if rows.dtype == _ROW and rows.ndim == 1 else None


def _name(keys: np.ndarray) -> str:
    """The name of the file that holds these keys."""
    return (
        hashlib.blake2b(np.ascontiguousarray(keys).tobytes(), digest_size=16).hexdigest() + ".npy"
    )
