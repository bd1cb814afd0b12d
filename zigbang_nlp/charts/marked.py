"""A review with the words that decided marked, in pieces; templates escape each piece."""

from __future__ import annotations

from dataclasses import dataclass

from zigbang_nlp.records import Explanation

#: Shares of the text's strongest token from which a token is marked weakly or strongly.
_WEAK, _STRONG = 0.25, 0.6


@dataclass(frozen=True)
class Piece:
    """Some characters of a text; `mark` is "", or the side and strength: "p1", "p2", "n1", "n2"."""

    text: str
    mark: str = ""


def pieces(text: str, why: Explanation | None) -> list[Piece]:
    """The text in order, cut where a marked word begins or ends."""
    if why is None or not why.tokens:
        return [Piece(text)]
    most = max(abs(token.occlusion) for token in why.tokens)
    found: list[Piece] = []
    at = 0
    for token in why.tokens:
        strength = abs(token.occlusion) / most if most else 0.0
        if strength < _WEAK or token.start < at or token.end <= token.start:
            continue
        if token.start > at:
            found.append(Piece(text[at : token.start]))
        side = "p" if token.occlusion > 0 else "n"
        level = 2 if strength >= _STRONG else 1
        found.append(Piece(text[token.start : token.end], f"{side}{level}"))
        at = token.end
    if at < len(text):
        found.append(Piece(text[at:]))
    return found
