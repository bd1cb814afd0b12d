"""The words of the pages: Korean as the templates have them, and English for each."""

from __future__ import annotations

from zigbang_nlp.particles import with_particles
from zigbang_nlp.web.english import ENGLISH


def translated(korean: str, language: str, **values: object) -> str:
    """A sentence in the language asked for; `{name}` in it is filled from `values`."""
    if language == "en":
        said = ENGLISH.get(korean, korean)
        return said.format(**values) if values else said
    return with_particles(korean.format(**values)) if values else korean
