"""The one message catalogue: Korean is written where it is shown, English in `locale/en`.

`scripts/messages.py` collects the Korean sentences of templates, sections and errors and brings the
.po file up to date; a test holds the two against each other.
"""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from zigbang_nlp.language.particles import with_particles
from zigbang_nlp.records import CATEGORIES

LANGUAGES = ("ko", "en")
LOCALE = Path(__file__).with_name("locale")


def N_(korean: str) -> str:
    """Mark a sentence for the catalogue that is translated later, where it is shown."""
    return korean


def translated(korean: str, language: str, **values: Any) -> str:
    """A sentence in a language.

    Args:
        korean: as it is written in the code or template; `{name}` and `{name:,}` are filled in.
        language: one of `LANGUAGES`; what the catalogue lacks stays Korean.
        values: what is filled in. Where English has a plural, `n` chooses it.
    """
    sentence = korean if language == "ko" or not korean else _in_catalogue(korean, values.get("n"))
    return with_particles(sentence.format(**values)) if values else sentence


def _in_catalogue(korean: str, count: Any) -> str:
    if isinstance(count, int):
        plural = _english().ngettext(korean, korean, count)
        if plural != korean:
            return plural
    return _english().gettext(korean)


@cache
def _english() -> GNUTranslations:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with (LOCALE / "en" / "LC_MESSAGES" / "zigbang_nlp.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale="en"))
    compiled.seek(0)
    return GNUTranslations(compiled)


class Translator:
    """Says sentences in one language: `Translator("en")("{rank:,}위", rank=3)` is "3".

    Args:
        language: one of `LANGUAGES`.
    """

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, korean: str, **values: Any) -> str:
        """The sentence in this language; see `translated`."""
        return translated(korean, self.language, **values)

    def category(self, name: str) -> str:
        """The name of a category, or of "all" of them; an unknown one as it is."""
        korean = N_("전체 항목") if name == "all" else CATEGORIES.get(name)
        return name if korean is None else self(korean)
