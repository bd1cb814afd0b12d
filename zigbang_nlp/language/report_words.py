"""The report's language: Korean or English."""

from __future__ import annotations

from typing import Any

from zigbang_nlp.language.particles import with_particles
from zigbang_nlp.language.report_en import ENGLISH
from zigbang_nlp.language.report_ko import KOREAN
from zigbang_nlp.records import CATEGORIES

LANGUAGES: dict[str, dict[str, str]] = {"ko": KOREAN, "en": ENGLISH}


class Words:
    """Sentences of a language by key; `Words("ko")("rank.alone", rank=3)` is "3위".

    Args:
        language: a key of `LANGUAGES`.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._table = LANGUAGES[language]

    def __call__(self, key: str, **values: Any) -> str:
        return with_particles(self._table[key].format(**values))

    def has(self, key: str) -> bool:
        return key in self._table

    def category(self, name: str) -> str:
        """The name of a category, or of all of them; an unknown one as it is."""
        return self._table.get(f"category.{name}", CATEGORIES.get(name, name))
