"""The tokens of many texts on disk, four bytes each, and from there to ids of a vocabulary."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from zigbang_nlp.text.review_spool import CHUNK
from zigbang_nlp.text.vocabulary import Vocabulary


class TokenSpool:
    """Each token as the number of its kind, in the order of texts.

    Args:
        path: of the file.
        token_lists: the tokens of each text.
        counted: bool (texts,): whose tokens `counts` counts.
    """

    def __init__(
        self, path: Path, token_lists: Iterable[Sequence[str]], counted: np.ndarray
    ) -> None:
        self.path = path
        numbers: dict[str, int] = {}
        self._lengths = array("i")
        totals = np.zeros(0, np.int64)
        rest, at = iter(token_lists), 0
        with path.open("wb") as file:
            while chunk := list(islice(rest, CHUNK)):
                flat = np.fromiter(
                    (numbers.setdefault(token, len(numbers)) for row in chunk for token in row),
                    np.int32,
                )
                flat.tofile(file)
                lengths = [len(row) for row in chunk]
                self._lengths.extend(lengths)
                mine = np.repeat(counted[at : at + len(chunk)], lengths)
                counts = np.bincount(flat[mine], minlength=len(numbers))
                counts[: len(totals)] += totals
                totals = counts
                at += len(chunk)
        self._names = list(numbers)
        #: How often each token occurs in the counted texts; those that don't aren't there.
        self.counts = Counter(
            {name: int(n) for name, n in zip(self._names, totals, strict=True) if n}
        )

    def lengths(self, vocabulary: Vocabulary) -> np.ndarray:
        """How many ids each text has, int32 (texts,)."""
        _, sizes, _ = self._spelled(vocabulary)
        sums = np.zeros(len(self._lengths), np.int32)
        at = 0
        for flat, lengths in self._chunks():
            sums[at : at + len(lengths)] = _per_text(sizes[flat], lengths)
            at += len(lengths)
        return sums

    def padded(self, vocabulary: Vocabulary, length: int) -> Iterator[np.ndarray]:
        """The ids of texts, int32 (texts, length), as `encoder.pad` makes them, chunk by chunk."""
        starts, sizes, ids = self._spelled(vocabulary)
        for flat, lengths in self._chunks():
            own = sizes[flat]
            # Of each id: which of its token's ids it is, and which of its text's.
            firsts = np.cumsum(own) - own
            spelled = ids[np.repeat(starts[flat] - firsts, own) + np.arange(own.sum())]
            per_text = _per_text(own, lengths)
            rows = np.repeat(np.arange(len(lengths)), per_text)
            places = np.arange(len(spelled)) - np.repeat(np.cumsum(per_text) - per_text, per_text)
            kept = places < length
            padded = np.zeros((len(lengths), length), np.int32)
            padded[rows[kept], places[kept]] = spelled[kept]
            yield padded

    def _chunks(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Numbers of the tokens of some texts, and how many each text has."""
        every = np.frombuffer(self._lengths, np.int32)
        with self.path.open("rb") as file:
            for at in range(0, len(every), CHUNK):
                lengths = every[at : at + CHUNK].astype(np.int64)
                yield np.fromfile(file, np.int32, int(lengths.sum())), lengths

    def _spelled(self, vocabulary: Vocabulary) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of each kind of token where its ids begin and how many they are, and all those ids."""
        id_lists = [vocabulary.encode([name]) for name in self._names]
        sizes = np.array([len(own) for own in id_lists], np.int64)
        ids = np.array([i for own in id_lists for i in own], np.int32)
        return np.cumsum(sizes) - sizes, sizes, ids


def _per_text(values: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The sums of the values of each text; 0 for one without tokens."""
    sums = np.concatenate([[0], np.cumsum(values)])
    ends = np.cumsum(lengths)
    return np.asarray(sums[ends] - sums[ends - lengths])
