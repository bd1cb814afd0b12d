"""What no label is given for: texts that aren't Korean sentences, and those without an opinion."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from zigbang_nlp.predict.no_opinion import has_no_opinion
from zigbang_nlp.text.vocabulary import OUT_OF_VOCABULARY

BLANK = "blank text"
NO_KNOWN_TOKEN = "no known token"
NO_WORDS = "no words"
NOT_KOREAN = "not Korean"
MOSTLY_UNKNOWN = "mostly unknown tokens"
NO_OPINION = "no opinion"

#: Hangul, whole and in pieces ("ㅋㅋ"); all of it is letters.
_SYLLABLE, _JAMO = re.compile("[가-힣]"), re.compile("[ㄱ-ㆎ]")
#: Of the letters of a text, at least this share must be Hangul syllables.
_LEAST_HANGUL = 0.3
#: Of the tokens of a text at most this share may be unknown.
_MOST_UNKNOWN = 0.5


def out_of_scope(text: str, ids: Sequence[int]) -> str | None:
    """Why no label is given for a text; None where one is.

    Args:
        text: as it was given.
        ids: its tokens, as the network reads them.

    >>> [out_of_scope(text, [2, 3]) for text in ("ㅋㅋㅋㅋ", "👍👍", "Quiet and clean", "좋아요")]
    ['no words', 'no words', 'not Korean', None]
    """
    if not ids:
        return BLANK
    # Hangul that was typed on a Mac comes apart into conjoining jamo.
    text = unicodedata.normalize("NFC", text)
    if has_no_opinion(text):
        return NO_OPINION
    syllables = len(_SYLLABLE.findall(text))
    others = sum(map(str.isalpha, text)) - syllables - len(_JAMO.findall(text))
    if not syllables and not others:
        return NO_WORDS
    if syllables < _LEAST_HANGUL * (syllables + others):
        return NOT_KOREAN
    unknown = ids.count(OUT_OF_VOCABULARY)
    if unknown == len(ids):
        return NO_KNOWN_TOKEN
    return MOSTLY_UNKNOWN if unknown > _MOST_UNKNOWN * len(ids) else None
