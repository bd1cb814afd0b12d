"""The categories of a review as files name them, in English and Korean."""

from __future__ import annotations

from zigbang_nlp.records import CATEGORIES
from zigbang_nlp.tables.column_names import folded

#: category -> further words for it; its own name and the site's are words for it anyway.
_WORDS: dict[str, tuple[str, ...]] = {
    "total": ("추천", "총평", "총점", "총", "종합", "종합평가", "전체", "전반"),
    "traffic": ("교통",),
    "care": ("관리",),
    "resident": ("거주", "주거", "주거환경"),
    "around": ("주변", "주변시설", "입지"),
}
#: category -> all words for it, folded as by `column_names.folded`, its own name first.
CATEGORY_WORDS: dict[str, tuple[str, ...]] = {
    name: (name, folded(korean), *_WORDS[name]) for name, korean in CATEGORIES.items()
}
_MEANT = {word: name for name, words in CATEGORY_WORDS.items() for word in words}


def category_of(name: str) -> str | None:
    """The category that a word means, None where it means none.

    >>> category_of("교통 여건"), category_of("Traffic"), category_of("가격")
    ('traffic', 'traffic', None)
    """
    return _MEANT.get(folded(name))
