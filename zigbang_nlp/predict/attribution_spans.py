"""What is explained as one: a token with its ids and its place in the text."""

from __future__ import annotations

from dataclasses import dataclass

from zigbang_nlp.text.align import place_tokens
from zigbang_nlp.text.encoder import Encoder


@dataclass(frozen=True)
class Unit:
    """A token, or a few that can only be placed together.

    Attributes:
        token: as the tokenizer gave it; several are joined by "+".
        start, end: characters of the original text.
        ids: what the network reads for it, at least one.
    """

    token: str
    start: int
    end: int
    ids: tuple[int, ...]


def units_of(encoder: Encoder, text: str) -> list[Unit]:
    """The units of a text that the network reads, left to right.

    Their ids, one behind the other, are `encoder.whole_ids([text])[0]`.
    """
    (tokens,) = encoder.tokenize([text])
    units: list[Unit] = []
    at = 0
    for span in place_tokens(text, tokens, encoder.max_characters):
        inside = tokens[at : at + span.tokens]
        at += span.tokens
        ids = tuple(encoder.vocabulary.encode(inside))
        if ids:
            units.append(Unit("+".join(inside), span.start, span.end, ids))
    return units
