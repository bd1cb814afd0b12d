"""Texts that a file gives both labels, found in one pass and in little memory."""

from __future__ import annotations

from array import array

import numpy as np

from zigbang_nlp.config import PreprocessSettings
from zigbang_nlp.records import Review
from zigbang_nlp.tables.source import Notes
from zigbang_nlp.text.labels import NEGATIVE, POSITIVE, label_of

#: Labelled texts that are kept to be named; others are counted all the same.
_NAMED = 50_000
_SHOWN = 40


class Contradictions:
    """What labels the texts of a file carry: 8 bytes a labelled row.

    Args:
        settings: by which scores will become labels.
    """

    def __init__(self, settings: PreprocessSettings) -> None:
        self._limits = settings.negative_max, settings.positive_min
        self._hashes = {NEGATIVE: array("q"), POSITIVE: array("q")}
        self._texts: dict[int, str] = {}

    def see(self, review: Review) -> None:
        """Take note of a review; one without label and without a telling score says nothing."""
        if review.label is not None:
            label: int | None = POSITIVE if review.label == "positive" else NEGATIVE
        else:
            label = label_of(review.score, *self._limits)
        if label is None:
            return
        key = hash(review.text.strip())
        self._hashes[label].append(key)
        if len(self._texts) < _NAMED:
            self._texts.setdefault(key, review.text)

    def note(self, notes: Notes) -> None:
        """Add how many texts carry both labels, with the first of them."""
        negative, positive = (np.array(held, np.int64) for held in self._hashes.values())
        both = set(np.intersect1d(negative, positive).tolist())
        if not both:
            return
        rows = int(np.isin(negative, list(both)).sum() + np.isin(positive, list(both)).sum())
        named = [text for key, text in self._texts.items() if key in both][:3]
        notes.add("both labels", count=len(both), rows=f"{rows:,}")
        for text in named:
            shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
            notes.add("both labels", shown, count=0, rows=f"{rows:,}")
