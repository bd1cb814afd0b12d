"""The words of the pages: Korean as the templates have them, and English for each."""

from __future__ import annotations

from zigbang_nlp.particles import with_particles
from zigbang_nlp.web.english import ENGLISH


def translated(korean: str, language: str, **values: object) -> str:
    """A sentence in the language asked for; `{name}` in it is filled from `values`."""
    said = ENGLISH.get(korean, korean) if language == "en" else korean
    return with_particles(said.format(**values)) if values else said
