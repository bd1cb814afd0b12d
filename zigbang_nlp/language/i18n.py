"""The words of the pages: Korean as the templates have them, and English for each."""

from __future__ import annotations

from zigbang_nlp.language.pages_en import ENGLISH
from zigbang_nlp.language.particles import with_particles


def translated(korean: str, language: str, **values: object) -> str:
    """A sentence in the language asked for; `{name}` in it is filled from `values`."""
    said = ENGLISH.get(korean, korean) if language == "en" else korean
    return with_particles(said.format(**values)) if values else said
