"""A review with the words that decided marked, in parts; templates escape each part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zigbang_nlp.records import WordShare

#: Log-odds from which a word is marked strongly; the same for every text, so that shades compare.
_STRONG = 1.5


@dataclass(frozen=True)
class MarkedPart:
    """Some characters of a text.

    `mark` is "", the side and strength ("p1", "p2", "n1", "n2"), or "hit": what was searched for.
    """

    text: str
    mark: str = ""


def marked_parts(text: str, words: Sequence[WordShare] = ()) -> list[MarkedPart]:
    """The text in order, cut where a marked word begins or ends.

    Args:
        text: as it was typed.
        words: of this text, left to right, see `Explanation.words`; none marks nothing.

    Returns:
        At least one part; together they are the text.
    """
    spans: list[tuple[int, int, str]] = []
    at = 0
    for word in words:
        if word.marked and at <= word.start < word.end:
            side = "p" if word.log_odds > 0 else "n"
            level = 2 if abs(word.log_odds) >= _STRONG else 1
            spans.append((word.start, word.end, f"{side}{level}"))
            at = word.end
    return _cut(text, spans)


def hit_parts(text: str, spans: Sequence[tuple[int, int]]) -> list[MarkedPart]:
    """The text in order, with what was searched for marked.

    Args:
        text: as written.
        spans: (start, end) of what was found, ascending, without overlaps.
    """
    return _cut(text, [(start, end, "hit") for start, end in spans])


def _cut(text: str, spans: Sequence[tuple[int, int, str]]) -> list[MarkedPart]:
    cut: list[MarkedPart] = []
    at = 0
    for start, end, mark in spans:
        if start > at:
            cut.append(MarkedPart(text[at:start]))
        cut.append(MarkedPart(text[start:end], mark))
        at = end
    if at < len(text) or not cut:
        cut.append(MarkedPart(text[at:]))
    return cut
