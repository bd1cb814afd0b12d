"""Sentences in both languages at once, for errors that a terminal and a page show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.language.i18n import translated


class Bilingual(str):
    """A sentence in English, which it is as a string, that knows its Korean.

    Args:
        english: what the string is.
        korean: the same.
    """

    korean: str

    def __new__(cls, english: str, korean: str | None = None) -> Bilingual:
        """Without a Korean one it is the same in both languages."""
        sentence = super().__new__(cls, english)
        sentence.korean = english if korean is None else korean
        return sentence


def korean_of(value: Any) -> Any:
    """A value as a Korean sentence is filled with it."""
    return value.korean if isinstance(value, Bilingual) else value


def filled(sentence: str, values: Mapping[str, Any]) -> Bilingual:
    """A sentence of the catalogue with its values in place.

    Args:
        sentence: in Korean, as the catalogue has it.
        values: what it is filled with; a `Bilingual` is put in each language as it says itself there.
    """
    korean = {name: korean_of(value) for name, value in values.items()}
    return Bilingual(translated(sentence, "en", **values), translated(sentence, "ko", **korean))


def bilingual_error(fact: str, next_step: str) -> InputError:
    """An error of these sentences, in Korean too as far as they are `Bilingual`."""
    return InputError(fact, next_step, f"{korean_of(fact)} {korean_of(next_step)}".strip())


def input_error(fact: str, next_step: str, /, **values: Any) -> InputError:
    """An error that says what can't be used as it is, and what to do, in both languages.

    Args:
        fact: in Korean, as the catalogue has it.
        next_step: the same.
        values: what both are filled with; see `filled`.
    """
    return bilingual_error(filled(fact, values), filled(next_step, values))


def insight_error(fact: str, next_step: str = "", /, **values: Any) -> InsightError:
    """An error that says why the reviews have no answer, in both languages.

    Args:
        fact: in Korean, as the catalogue has it; pages show it where the answer would have stood.
        next_step: the same, for those at a terminal.
        values: what both are filled with; see `filled`.
    """
    filled_fact = filled(fact, values)
    return InsightError(filled_fact, filled_fact.korean, filled(next_step, values))


def refuse_few(count: int, least: int, fact: str, next_step: str = "", /, **values: Any) -> None:
    """Say why the reviews have no answer where there is less of something than it takes.

    Args:
        count: how many there are.
        least: how many it takes.
        fact: see `insight_error`; `{count}` and `{least}` are filled in.
        next_step: the same.
        values: what else both are filled with.

    Raises:
        InsightError: there are fewer.
    """
    if count < least:
        raise insight_error(fact, next_step, count=count, least=least, **values)


def without_stop(sentence: str) -> Bilingual:
    """A sentence as it stands within another."""
    return Bilingual(sentence.rstrip("."), korean_of(sentence).rstrip("."))
