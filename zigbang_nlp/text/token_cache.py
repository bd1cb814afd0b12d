"""Tokens kept on disk, so that tokenizing the same texts again costs a look-up.

The directory holds segments (see `token_segment.py`), files that are written once and appear
whole, so any number of processes may read and write at the same time. A key is of the text and
everything that its tokens depend on (see `text_keys.py`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from zigbang_nlp.files import make_directory
from zigbang_nlp.text.text_keys import TextKeys
from zigbang_nlp.text.token_segment import SUFFIX, Segment, write_segment

#: More segments than this are merged, the smaller half of them.
_MOST_SEGMENTS = 12


class TokenCache:
    """A bounded store of tokens by text.

    Args:
        directory: of the segments.
        megabytes: on disk at most; what was used longest ago goes first.
        depends_on: the settings and versions that the tokens depend on, as JSON holds them.
    """

    def __init__(self, directory: Path, megabytes: float, depends_on: object) -> None:
        self.directory, self.most_bytes = directory, int(megabytes * 1_000_000)
        self.keys = TextKeys(depends_on).of
        self._segments: dict[str, Segment] = {}

    def find(self, keys: np.ndarray) -> list[list[str] | None]:
        """The tokens that are kept for each key, or None."""
        self._look_around()
        tokens_of: list[list[str] | None] = [None] * len(keys)
        missing = np.arange(len(keys))
        for segment in self._segments.values():
            hit, places = segment.look_up(keys[missing])
            if len(places) == len(tokens_of):
                tokens_of = list(segment.tokens(places))
            elif len(places):
                for i, tokens in zip(missing[hit].tolist(), segment.tokens(places), strict=True):
                    tokens_of[i] = tokens
            missing = missing[~hit]
            if len(places):
                segment.touch()
            if not len(missing):
                break
        return tokens_of

    def keep(self, keys: np.ndarray, tokens: Sequence[Sequence[str]]) -> None:
        """Add the tokens of texts, and keep the directory small."""
        if not len(keys):
            return
        make_directory(self.directory)
        write_segment(self.directory, keys, tokens)
        # One process tidies at a time; the others go on with what there is.
        with (
            contextlib.suppress(Timeout),
            FileLock(self.directory / "lock", blocking=False),
        ):
            self._look_around()
            self._merge()
            self._evict()

    def _look_around(self) -> None:
        """Open segments that are new, and forget those that are gone."""
        names = {path.name: path for path in self.directory.glob(f"[0-9a-f]*{SUFFIX}")}
        for gone in self._segments.keys() - names.keys():
            del self._segments[gone]
        for name in sorted(names.keys() - self._segments.keys()):
            segment = Segment.open(names[name])
            if segment is not None:
                self._segments[name] = segment

    def _merge(self) -> None:
        """Make one of the smaller segments, unless it would be too large to be thrown away."""
        by_size = sorted(self._segments.values(), key=lambda segment: segment.size)
        smaller = by_size[: len(by_size) // 2 + 1]
        total = sum(segment.size for segment in smaller)
        if len(by_size) <= _MOST_SEGMENTS or total > self.most_bytes // 4:
            return
        keys, tokens = zip(*(segment.everything() for segment in smaller), strict=True)
        write_segment(self.directory, np.concatenate(keys), list(chain.from_iterable(tokens)))
        for segment in smaller:
            segment.remove()

    def _evict(self) -> None:
        self._look_around()
        by_use = sorted(self._segments.values(), key=lambda segment: segment.used())
        total = sum(segment.size for segment in by_use)
        for segment in by_use:
            if total <= self.most_bytes:
                return
            total -= segment.size
            segment.remove()
