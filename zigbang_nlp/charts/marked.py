"""A review with the words that decided marked, in pieces; templates escape each piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zigbang_nlp.records import Explanation

#: Log-odds from which a word is marked strongly; the same for every text, so that shades compare.
_STRONG = 1.5


@dataclass(frozen=True)
class Piece:
    """Some characters of a text.

    `mark` is "", the side and strength ("p1", "p2", "n1", "n2"), or "hit": what was searched for.
    """

    text: str
    mark: str = ""


def pieces(text: str, why: Explanation | None) -> list[Piece]:
    """The text in order, cut where a marked word begins or ends."""
    found: list[Piece] = []
    at = 0
    for word in why.words if why else ():
        if not word.marked or word.start < at or word.end <= word.start:
            continue
        if word.start > at:
            found.append(Piece(text[at : word.start]))
        side = "p" if word.log_odds > 0 else "n"
        level = 2 if abs(word.log_odds) >= _STRONG else 1
        found.append(Piece(text[word.start : word.end], f"{side}{level}"))
        at = word.end
    if at < len(text) or not found:
        found.append(Piece(text[at:]))
    return found


def found_pieces(text: str, spans: Sequence[tuple[int, int]]) -> list[Piece]:
    """The text in order, with what was searched for marked.

    Args:
        text: as written.
        spans: (start, end) of what was found, ascending, without overlaps.
    """
    found: list[Piece] = []
    at = 0
    for start, end in spans:
        found += [Piece(text[at:start])] if start > at else []
        found.append(Piece(text[start:end], "hit"))
        at = end
    if at < len(text) or not found:
        found.append(Piece(text[at:]))
    return found
