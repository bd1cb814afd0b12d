"""Where each token stands in the text as its writer typed it.

Cleaning drops, composes and shortens characters, and some taggers give tokens that don't stand in
the text at all (하/았 for 했); both are followed here, so that a token can be marked in the original.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from zigbang_nlp.text.clean import (
    AFTER_NFC,
    BEFORE_NFC,
    LEFT_OVER,
    MARKUP,
    MARKUP_ROUNDS,
    MOST_SHORTENED,
)

#: SentencePiece's mark of a preceding space, which no text holds.
_SPACE_MARK = "\u2581"
_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Cleaned:
    """A cleaned text that knows where its characters come from.

    Attributes:
        text: what `clean` makes.
        starts, ends: characters starts[i] to ends[i] of the original made character i.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that cleaned characters start to end - 1 come from."""
        return self.starts[start], self.ends[end - 1]


@dataclass(frozen=True)
class TokenSpan:
    """One token, or several that can only be placed together.

    Attributes:
        start, end: its characters of the original text, end excluded.
        tokens: how many tokens of the list, in order.
    """

    start: int
    end: int
    tokens: int


def clean_with_spans(text: str, max_characters: int = 2_000) -> Cleaned:
    """Do what `clean` does, and keep track of where each character comes from."""
    text = text[: max_characters * MOST_SHORTENED]
    cleaned = _plain(Cleaned(text, range(len(text)), range(1, len(text) + 1)))
    cleaned = _without_markup(cleaned)
    return _stripped(cleaned, max_characters)


def _plain(cleaned: Cleaned) -> Cleaned:
    for pattern, replacement in BEFORE_NFC:
        cleaned = _substituted(cleaned, pattern, replacement)
    cleaned = _composed(cleaned)
    for pattern, replacement in AFTER_NFC:
        cleaned = _substituted(cleaned, pattern, replacement)
    return _stripped(cleaned, len(cleaned.text))


def _without_markup(cleaned: Cleaned) -> Cleaned:
    for _ in range(MARKUP_ROUNDS):
        before = cleaned.text
        for pattern, replacement in MARKUP:
            cleaned = _substituted(cleaned, pattern, replacement)
        if cleaned.text == before:
            return cleaned
        cleaned = _plain(cleaned)
    if any(pattern.search(cleaned.text) for pattern, _ in MARKUP):
        for pattern, gone in LEFT_OVER:
            cleaned = _substituted(cleaned, pattern, gone)
    return _plain(cleaned)


def _stripped(cleaned: Cleaned, most: int) -> Cleaned:
    first = len(cleaned.text) - len(cleaned.text.lstrip())
    last = first + len(cleaned.text.strip()[:most].rstrip())
    return Cleaned(cleaned.text[first:last], cleaned.starts[first:last], cleaned.ends[first:last])


def _substituted(
    cleaned: Cleaned, pattern: re.Pattern[str], replacement: str | Callable[[re.Match[str]], str]
) -> Cleaned:
    """`pattern.sub` that moves the origins along; the last new character takes what is left."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for match in pattern.finditer(cleaned.text):
        first, last = match.span()
        new = match.expand(replacement) if isinstance(replacement, str) else replacement(match)
        parts += [cleaned.text[at:first], new]
        starts += [*cleaned.starts[at:first], *cleaned.starts[first : first + len(new)]]
        ends += [*cleaned.ends[at:first], *cleaned.ends[first : first + len(new)]]
        if new:
            ends[-1] = cleaned.ends[last - 1]
        at = last
    if not parts:
        return cleaned
    return Cleaned(
        "".join([*parts, cleaned.text[at:]]),
        [*starts, *cleaned.starts[at:]],
        [*ends, *cleaned.ends[at:]],
    )


def _composed(cleaned: Cleaned) -> Cleaned:
    """NFC that moves the origins along."""
    if unicodedata.is_normalized("NFC", cleaned.text):
        return cleaned
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for first, last in _composing(cleaned.text):
        new = unicodedata.normalize("NFC", cleaned.text[first:last])
        # Marks that stay marks come from the same stretch as their letter.
        text.append(new)
        starts += [cleaned.starts[first]] * len(new)
        ends += [cleaned.ends[last - 1]] * len(new)
    return Cleaned("".join(text), starts, ends)


def _composing(text: str) -> list[tuple[int, int]]:
    """Stretches of a text that NFC changes apart from each other."""
    edges = [0]
    for at, character in enumerate(text):
        if at == 0 or unicodedata.combining(character):
            continue
        before = text[edges[-1] : at]
        apart = [unicodedata.normalize("NFC", part) for part in (before, character)]
        if unicodedata.normalize("NFC", before + character) == "".join(apart):
            edges.append(at)
    return list(pairwise([*edges, len(text)]))


def place_tokens(text: str, tokens: Sequence[str], max_characters: int = 2_000) -> list[TokenSpan]:
    """Where tokens of the cleaned text stand in the original one.

    Args:
        text: as it was typed.
        tokens: of `clean(text, max_characters)`, in order; any tokenizer's.
        max_characters: as it was given to `clean`.

    Returns:
        Spans from left to right that don't overlap and together hold every token. A token that
        doesn't occur in the text shares a span with its neighbours as far as the next that does.
    """
    cleaned = clean_with_spans(text, max_characters)
    places = _Places(cleaned.text)
    spans: list[TokenSpan] = []
    waiting, edge = 0, 0  # tokens without a place of their own, and where the last span ended

    def add(start: int, end: int, count: int) -> None:
        first, last = cleaned.span(start, end) if start < end else (edge, edge)
        first = max(first, edge)  # two cleaned characters may come from one
        spans.append(TokenSpan(first, max(first, last), count))

    for token in tokens:
        at = places.at
        start = places.find(token.strip().lstrip(_SPACE_MARK), waiting)
        if start is None:
            waiting += 1
            continue
        if waiting:
            add(*places.between(at, start), waiting)
            edge = spans[-1].end
        waiting = 0
        add(start, places.at, 1)
        edge = spans[-1].end
    if waiting:
        add(*places.between(places.at, len(cleaned.text)), waiting)
    return spans


class _Places:
    """Looks for tokens in a cleaned text from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._words = [match.span() for match in _WORD.finditer(text)]

    def find(self, token: str, waiting: int) -> int | None:
        """Where the next token begins; `at` moves behind it. None where it isn't found.

        It must stand at `at`, or later in the same word, or, since each token that waits may have
        been a word, at the beginning of one of the next words.
        """
        if not token:
            return None
        while self._words and self._words[0][1] <= self.at:
            self._words.pop(0)
        for number, (first, last) in enumerate(self._words[: waiting + 2]):
            begin = max(first, self.at)
            if number == 0 and (waiting or begin > first):
                start = self.text.find(token, begin, max(last, begin + len(token)))
            else:
                start = begin if self.text.startswith(token, begin) else -1
            if start >= 0:
                self.at = start + len(token)
                return start
        return None

    def between(self, start: int, end: int) -> tuple[int, int]:
        """The stretch without the spaces around it."""
        inner = self.text[start:end]
        first = start + len(inner) - len(inner.lstrip())
        return first, max(first, start + len(inner.rstrip()))
