"""Texts that a file gives both labels, found in one pass and in little memory."""

from __future__ import annotations

from contextlib import ExitStack

import numpy as np

from zigbang_nlp.config import PreprocessSettings
from zigbang_nlp.importing.hashes import Hashes, together
from zigbang_nlp.records import Review
from zigbang_nlp.tables.source import Notes
from zigbang_nlp.text.labels import NEGATIVE, POSITIVE, label_of

#: Labelled texts that are kept to be named; others are counted all the same.
_NAMED = 50_000
_SHOWN = 40


class Contradictions(ExitStack):
    """What labels the texts of a file carry. A context manager.

    Args:
        settings: by which scores will become labels.
    """

    def __init__(self, settings: PreprocessSettings) -> None:
        super().__init__()
        self._limits = settings.negative_max, settings.positive_min
        self._hashes = {label: self.enter_context(Hashes()) for label in (NEGATIVE, POSITIVE)}
        self._texts: dict[int, str] = {}

    def see(self, review: Review) -> None:
        """Take note of a review; one without label and without a telling score says nothing."""
        if review.label is not None:
            label: int | None = POSITIVE if review.label == "positive" else NEGATIVE
        else:
            label = label_of(review.score, *self._limits)
        if label is None:
            return
        text = review.text.strip()
        key = self._hashes[label].add(text)
        if len(self._texts) < _NAMED:
            shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
            self._texts.setdefault(key, shown)

    def note(self, notes: Notes) -> None:
        """Add how many texts carry both labels, with the first of them."""
        texts = rows = 0
        named: set[int] = set()
        for counted in together(list(self._hashes.values())):
            (negative, _), (positive, _) = counted
            both = np.intersect1d(negative, positive, assume_unique=True)
            texts += len(both)
            rows += sum(int(counts[np.isin(distinct, both)].sum()) for distinct, counts in counted)
            named.update(self._texts.keys() & set(both.tolist()))
        if not texts:
            return
        notes.add("both labels", count=texts, rows=f"{rows:,}")
        for text in [text for key, text in self._texts.items() if key in named][:3]:
            notes.add("both labels", text, count=0, rows=f"{rows:,}")
