"""From a text's own score to a label."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from zigbang_nlp.language.file_errors import file_error

NEGATIVE, POSITIVE = 0, 1

#: How files of other people spell the two classes.
_SPELLINGS: dict[str, str] = {
    **dict.fromkeys(("0", "0.0", "neg", "negative", "부정", "false", "-1", "-1.0"), "negative"),
    **dict.fromkeys(("1", "1.0", "pos", "positive", "긍정", "true"), "positive"),
}


#: What people call texts that are neither.
NEUTRAL = ("neutral", "neu", "중립", "보통")


def label_of(score: float | None, negative_max: float, positive_min: float) -> int | None:
    """0 for a score up to `negative_max`, 1 from `positive_min` on, None between or without one.

    >>> [label_of(score, 2, 4) for score in (1, 2, 3, 4, None)]
    [0, 0, None, 1, None]
    """
    if score is None:
        return None
    if score <= negative_max:
        return NEGATIVE
    if score >= positive_min:
        return POSITIVE
    return None


def read_label(value: object) -> str | None:
    """Read "negative" or "positive" from a file's own label; None where it is blank or neutral.

    Raises:
        InputError: a label that is none of these.
    """
    text = "" if value is None or value != value else str(value)
    spelled = unicodedata.normalize("NFC", text).strip().lower()
    if spelled in ("", "nan", "none", "null", *NEUTRAL):
        return None
    try:
        return _SPELLINGS[spelled]
    except KeyError:
        raise file_error("no label", label=repr(value), spelled=spelled) from None


def class_balance(counts: Mapping[int, int]) -> dict[str, float | int]:
    """Counts of both classes and the share of the larger, in [0.5, 1]."""
    negative, positive = counts.get(NEGATIVE, 0), counts.get(POSITIVE, 0)
    total = negative + positive
    share = max(negative, positive) / total if total else 0.0
    return {"negative": negative, "positive": positive, "larger_share": round(share, 4)}
