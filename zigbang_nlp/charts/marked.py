"""A review with the words that decided marked, in pieces; templates escape each piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zigbang_nlp.records import WordShare

#: Log-odds from which a word is marked strongly; the same for every text, so that shades compare.
_STRONG = 1.5


@dataclass(frozen=True)
class Piece:
    """Some characters of a text.

    `mark` is "", the side and strength ("p1", "p2", "n1", "n2"), or "hit": what was searched for.
    """

    text: str
    mark: str = ""


def pieces(text: str, words: Sequence[WordShare] = ()) -> list[Piece]:
    """The text in order, cut where a marked word begins or ends.

    Args:
        text: as it was typed.
        words: of this text, left to right, see `Explanation.words`; none marks nothing.

    Returns:
        At least one piece; together they are the text.
    """
    cut_pieces: list[Piece] = []
    at = 0
    for word in words:
        if not word.marked or word.start < at or word.end <= word.start:
            continue
        if word.start > at:
            cut_pieces.append(Piece(text[at : word.start]))
        side = "p" if word.log_odds > 0 else "n"
        level = 2 if abs(word.log_odds) >= _STRONG else 1
        cut_pieces.append(Piece(text[word.start : word.end], f"{side}{level}"))
        at = word.end
    if at < len(text) or not cut_pieces:
        cut_pieces.append(Piece(text[at:]))
    return cut_pieces


def found_pieces(text: str, spans: Sequence[tuple[int, int]]) -> list[Piece]:
    """The text in order, with what was searched for marked.

    Args:
        text: as written.
        spans: (start, end) of what was found, ascending, without overlaps.
    """
    cut: list[Piece] = []
    at = 0
    for start, end in spans:
        cut += [Piece(text[at:start])] if start > at else []
        cut.append(Piece(text[start:end], "hit"))
        at = end
    if at < len(text) or not cut:
        cut.append(Piece(text[at:]))
    return cut
