"""Sentences in both languages at once, for errors that a terminal and a page show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.language.i18n import translated


class Said(str):
    """A sentence in English, which it is as a string, that knows its Korean.

    Args:
        english: what the string is.
        korean: the same.
    """

    korean: str

    def __new__(cls, english: str, korean: str | None = None) -> Said:
        """Without a Korean one it is the same in both languages."""
        sentence = super().__new__(cls, english)
        sentence.korean = english if korean is None else korean
        return sentence


def korean_of(value: Any) -> Any:
    """A value as a Korean sentence is filled with it."""
    return value.korean if isinstance(value, Said) else value


def filled(sentence: str, values: Mapping[str, Any]) -> Said:
    """A sentence of the catalogue with its values in place.

    Args:
        sentence: in Korean, as the catalogue has it.
        values: what it is filled with; a `Said` is put in each language as it says itself there.
    """
    korean = {name: korean_of(value) for name, value in values.items()}
    return Said(translated(sentence, "en", **values), translated(sentence, "ko", **korean))


def input_error(fact: str, next_step: str) -> InputError:
    """An error of these sentences, which it can tell in both languages where they are `Said`."""
    korean = f"{korean_of(fact)} {korean_of(next_step)}".strip()
    return InputError(fact, next_step, korean if isinstance(fact, Said) else "")


def insight_error(sentence: str, next_step: str = "", **values: Any) -> InsightError:
    """An error that says why the reviews have no answer, in both languages.

    Args:
        sentence: in Korean, as the catalogue has it.
        next_step: for those at a terminal, in English.
        values: see `filled`.
    """
    fact = filled(sentence, values)
    return InsightError(fact, fact.korean, next_step)


def without_stop(sentence: str) -> Said:
    """A sentence as it stands within another."""
    return Said(sentence.rstrip("."), korean_of(sentence).rstrip("."))
