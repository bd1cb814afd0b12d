"""The words of the pages: Korean as they are written in the templates, and English for each."""

from __future__ import annotations

#: Korean -> English. A test holds every `t("...")` of the templates against it.
ENGLISH: dict[str, str] = {}


def translated(korean: str, language: str, **values: object) -> str:
    """A sentence in the language asked for; `{name}` in it is filled from `values`."""
    said = ENGLISH.get(korean, korean) if language == "en" else korean
    return said.format(**values) if values else said
