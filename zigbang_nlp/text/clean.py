"""Pure functions that make a text safe and plain before it is tokenized."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable

# As the inside of a character class. Cc except the white space that is folded below; Cf covers
# zero-width, BOM, bidi marks.
_CONTROL = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
_SURROGATE = "\ud800-\udfff"
_UNSEEN = re.compile(f"[{_SURROGATE}{_CONTROL}{_INVISIBLE}]")
_SPACE = re.compile(r"\s+")
# Digits are left alone: 1000 and 10000 are different things.
_REPEAT = re.compile(r"([^\d\s])\1{2,}")
#: What `clean` replaces, in order, before and after it brings the text to NFC.
BEFORE_NFC = tuple(
    (re.compile(f"[{characters}]"), replacement)
    for characters, replacement in ((_SURROGATE, ""), (_CONTROL, " "), (_INVISIBLE, ""))
)
AFTER_NFC = ((_SPACE, " "), (_REPEAT, r"\1\1"))


def _unescaped(match: re.Match[str]) -> str:
    return html.unescape(match[0])


# What exports of web pages leave behind. Tags by their names, so that <주차> stays; one letter is
# a tag only in lower case, since people write <A> for a type of flat.
_ENTITY = re.compile(
    r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|nbsp|amp|lt|gt|quot|apos|middot|hellip|[lr][ds]quo"
    r"|[nm]dash|times|deg|bull|[lr]aquo|[ent][mh]?i?n?sp|sup[23]|copy|reg|shy|zwn?j);"
)
_TAG = re.compile(
    r"</?(?:(?i:br|hr|div|span|strong|em|img|font|li|ul|ol|h[1-6]|table|tbody|tr|td|th|small|sub|sup"
    r"|blockquote|center|pre|iframe)|[abipsu])(?:\s[^<>]*)?/?>|<!--[^<>]*-->"
)
#: Markup, in order: what it is -> what it becomes. Texts that were escaped twice need two rounds.
MARKUP: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (_ENTITY, _unescaped),
    (_TAG, " "),
)
#: What is still markup after so many rounds was made to be; it goes, so that the work is bounded.
MARKUP_ROUNDS = 3
LEFT_OVER = ((_ENTITY, " "), (re.compile(r"[<>]"), " "))
#: What is this many times beyond the cap can't matter; cutting first bounds the work.
MOST_SHORTENED = 20
_NOT_WORD = re.compile(r"[^\w]+|_+")


def _twice(match: re.Match[str]) -> str:
    return match[1] * 2


def clean(text: str, max_characters: int = 2_000) -> str:
    r"""One line of NFC text without invisible characters and markup, repeats shortened to two.

    Args:
        text: any text, however broken; lone surrogates are dropped.
        max_characters: the result is cut to this many characters.

    Returns:
        Cleaned text; empty when nothing visible is in it. `clean(clean(x)) == clean(x)`.

    >>> clean("역세권  ㅋㅋㅋㅋㅋㅋ\u200b 최고!!!!")
    '역세권 ㅋㅋ 최고!!'
    >>> clean("역이 가깝고<br/>조용해요&nbsp;&quot;강추&quot;")
    '역이 가깝고 조용해요 "강추"'
    """
    text = _plain(text[: max_characters * MOST_SHORTENED])
    if "&" in text or "<" in text:
        text = _without_markup(text)
    return text[:max_characters].rstrip()


def _plain(text: str) -> str:
    if _UNSEEN.search(text):  # one search instead of three replacements that find nothing
        for pattern, replacement in BEFORE_NFC:
            text = pattern.sub(replacement, text)
    text = unicodedata.normalize("NFC", text)
    # What AFTER_NFC says, in half the time.
    return _REPEAT.sub(_twice, " ".join(text.split()))


def _without_markup(text: str) -> str:
    for _ in range(MARKUP_ROUNDS):
        before = text
        for pattern, replacement in MARKUP:
            text = pattern.sub(replacement, text)
        if text == before:
            return text
        text = _plain(text)
    if _ENTITY.search(text) or _TAG.search(text):
        for pattern, gone in LEFT_OVER:
            text = pattern.sub(gone, text)
    return _plain(text)


def duplicate_key(text: str) -> str:
    """What two texts share when one is an exact or near-exact copy of the other.

    Case, spacing, punctuation, emoji and the length of repeats don't count. A text of nothing
    but such characters is its own key.

    >>> duplicate_key("역이 가까워요!!") == duplicate_key("역이가까워요~ ^^")
    True
    """
    folded = unicodedata.normalize("NFKC", clean(text, 100_000)).casefold()
    return re.sub(r"(\D)\1+", r"\1", _NOT_WORD.sub("", folded)) or folded
