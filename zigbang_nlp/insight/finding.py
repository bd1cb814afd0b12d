"""Where a run of letters stands: in the texts of a corpus, by scanning them or by a store's index."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.store import Store
from zigbang_nlp.store.search import Search, Wanted
from zigbang_nlp.text.letters import bigrams, squeezed


class ScanIndex:
    """Reads every text anew; for a corpus without a store.

    Args:
        corpus: of the texts.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._letters = [squeezed(text)[0] for text in corpus.texts["text"]]

    def rows(self, runs: Wanted) -> np.ndarray:
        """Rows of `Corpus.texts`, ascending, that hold one run of letters of each group."""
        groups = [[run for run in group if run] for group in runs]
        if not groups or not all(groups):
            return np.empty(0, np.int64)
        return np.flatnonzero(
            [
                all(any(run in letters for run in group) for group in groups)
                for letters in self._letters
            ]
        )


class StoreIndex:
    """Asks the store's own search.

    Args:
        store: that the corpus was loaded from, whole.
        corpus: as `insight.load` gives it, without filters; not older than the index.
    """

    def __init__(self, store: Store, corpus: Corpus) -> None:
        self._search = Search(store.database, tokens_of)
        self._search.refresh()
        numbers = self._search.numbers(corpus.sources)
        if len(numbers) != len(corpus.texts):
            # The store has changed since; what is new can't be told from what is here.
            raise OutdatedError
        self._row = np.full(int(numbers.max(initial=0)) + 2, -1, np.int64)
        self._row[numbers[numbers >= 0]] = np.flatnonzero(numbers >= 0)

    def rows(self, runs: Wanted) -> np.ndarray:
        """See `ScanIndex.rows`."""
        numbers = self._search.find(runs)
        rows = self._row[numbers[numbers < len(self._row)]]
        return np.sort(rows[rows >= 0])


TextIndex = ScanIndex | StoreIndex


class OutdatedError(Exception):
    """The corpus isn't what the store holds any more."""


def tokens_of(text: str) -> list[str]:
    """What the store's index keeps of a text."""
    return bigrams(squeezed(text)[0])


def index_of(corpus: Corpus, store: Store | None = None) -> TextIndex:
    """The index to search a corpus with, made on first use and kept with the corpus.

    Args:
        corpus: whole, as `insight.load` gives it.
        store: that it was loaded from; None, or one that has changed since, means scanning.
    """

    def best_index() -> TextIndex:
        if store is not None:
            with suppress(OutdatedError):
                return StoreIndex(store, corpus)
        return ScanIndex(corpus)

    return corpus.remembered("index", best_index)


def marked_spans(text: str, runs: Sequence[str]) -> list[tuple[int, int]]:
    """Where runs of letters stand in a text, whatever spaces and signs stand within them.

    Args:
        text: as written.
        runs: as `text.letters.squeezed` gives them.

    Returns:
        (start, end) in the text, ascending, without overlaps.

    >>> marked_spans("우리 집은 층간 소음이 없어요", ["층간소음"])
    [(6, 11)]
    """
    letters, places = squeezed(text)
    spans = []
    for run in runs:
        at = letters.find(run) if run else -1
        while at >= 0:
            spans.append((places[at], places[at + len(run) - 1] + 1))
            at = letters.find(run, at + len(run))
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
