"""One file of the token cache, mapped into memory.

4 x 8 bytes  magic, number of texts n, number of tokens t, bytes of the table
n x 8        first halves of the keys, rising; n x 8 second halves
(n+1) x 8    where each text's tokens begin, counted in tokens
t x 4        the tokens, as places in the table
the rest     the table: the distinct tokens, UTF-8, separated by line breaks
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import mmap
import os
from collections.abc import Sequence
from functools import cached_property
from itertools import chain, pairwise
from pathlib import Path

import numpy as np

from zigbang_nlp.files import atomic_file
from zigbang_nlp.text.text_keys import KEY

SUFFIX = ".segment"
_TOKEN = np.dtype("<u4")
_MAGIC = int.from_bytes(b"ZBTOKEN2", "little")
_HEADER = 4 * KEY.itemsize


class Segment:
    """An opened segment.

    Attributes:
        size: bytes on disk.
    """

    def __init__(self, path: Path, data: mmap.mmap) -> None:
        self.path, self.size, self._data = path, len(data), data
        _, texts, tokens, _ = np.frombuffer(data, KEY, 4).tolist()
        numbers = np.frombuffer(data, KEY, 3 * texts + 1, _HEADER)
        self._first, self._second = numbers[:texts], numbers[texts : 2 * texts]
        self._begins = numbers[2 * texts :].astype(np.int64)
        self._tokens = np.frombuffer(data, _TOKEN, tokens, _HEADER + numbers.nbytes)
        self._table_at = _HEADER + numbers.nbytes + self._tokens.nbytes

    @classmethod
    def open(cls, path: Path) -> Segment | None:
        """The segment in a file; None where it is gone or not whole (then it is removed)."""
        try:
            with path.open("rb") as stream:
                data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError):
            return None
        if len(data) >= _HEADER:
            magic, texts, tokens, table = np.frombuffer(data, KEY, 4).tolist()
            size = _HEADER + 8 * (3 * texts + 1) + 4 * tokens + table
            if magic == _MAGIC and size == len(data):
                return cls(path, data)
        _remove(path)
        return None

    @cached_property
    def _table(self) -> np.ndarray:
        # Of objects, from which NumPy takes millions in a quarter of the time that a list needs.
        return np.array(str(self._data[self._table_at :], "utf-8").split("\n"), object)

    def look_up(self, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which keys (bool) are here, and the places of those."""
        places = np.searchsorted(self._first, keys[:, 0])
        places[places == len(self._first)] = 0
        hit = (self._first[places] == keys[:, 0]) & (self._second[places] == keys[:, 1])
        return hit, places[hit]

    def tokens(self, places: np.ndarray) -> list[list[str]]:
        """The tokens of the texts at some places."""
        begins = self._begins[places]
        edges = np.concatenate([[0], np.cumsum(self._begins[places + 1] - begins)])
        # The places of all their tokens in one go: each text's begin, then one after the other.
        at = np.repeat(begins - edges[:-1], np.diff(edges)) + np.arange(edges[-1])
        flat = self._table[self._tokens[at]].tolist()
        # So many new lists would start the garbage collector over and over, a third of the time;
        # none of them is in a cycle.
        collecting = gc.isenabled()
        gc.disable()
        try:
            return [flat[a:b] for a, b in pairwise(edges.tolist())]
        finally:
            if collecting:
                gc.enable()

    def everything(self) -> tuple[np.ndarray, list[list[str]]]:
        """All keys, uint64 (texts, 2), and the tokens of each."""
        keys = np.stack([self._first, self._second], axis=1)
        return keys, self.tokens(np.arange(len(keys)))

    def touch(self) -> None:
        """Note that it was used."""
        with contextlib.suppress(OSError):
            os.utime(self.path)

    def used(self) -> float:
        """When it was used last."""
        try:
            return self.path.stat().st_mtime
        except OSError:
            return 0.0

    def remove(self) -> None:
        """Delete the file; nothing happens when it is gone already."""
        _remove(self.path)


def write_segment(directory: Path, keys: np.ndarray, tokens: Sequence[Sequence[str]]) -> None:
    """Write a segment, atomically, under a name made from its contents.

    Args:
        directory: of the cache.
        keys: uint64 (texts, 2); a key that is in twice is kept once.
        tokens: of each text; none holds a line break.
    """
    order = np.lexsort((keys[:, 1], keys[:, 0]))
    keys = keys[order]
    new = np.ones(len(keys), bool)
    new[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    keys, kept = keys[new], [tokens[i] for i in order[new].tolist()]
    table = {token: i for i, token in enumerate(dict.fromkeys(chain.from_iterable(kept)))}
    places = np.array([table[token] for row in kept for token in row], _TOKEN)
    text = "\n".join(table).encode()
    body = b"".join(
        [
            np.array([_MAGIC, len(keys), len(places), len(text)], KEY).tobytes(),
            keys.astype(KEY).T.tobytes(),
            np.cumsum([0, *map(len, kept)]).astype(KEY).tobytes(),
            places.tobytes(),
            text,
        ]
    )
    name = hashlib.blake2b(body, digest_size=16).hexdigest()
    with atomic_file(directory / f"{name}{SUFFIX}") as fresh:
        fresh.write_bytes(body)


def _remove(path: Path) -> None:
    # Windows keeps a file that another process has mapped; it goes another time.
    with contextlib.suppress(OSError):
        path.unlink()
