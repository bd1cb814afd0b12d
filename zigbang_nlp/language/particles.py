"""Korean particles that fit the word before them: 학교를, 경비실을."""

from __future__ import annotations

import re

#: Pairs as a sentence has them before it is known what they follow; the first of each goes after
#: a final consonant.
_PAIR = re.compile(r"([가-힣0-9])([’”'\"]?)(이\(가\)|을\(를\)|은\(는\))")
#: Digits that are read with a final consonant: 영, 일, 삼, 육, 칠, 팔.
_CLOSED_DIGITS = "013678"


def with_particles(sentence: str) -> str:
    """The sentence with one particle instead of 이(가), 을(를) and 은(는).

    Where it can't be told how what stands before is read (Latin letters), the pair stays.
    """
    return _PAIR.sub(_fitting, sentence)


def _fitting(found: re.Match[str]) -> str:
    last, quote, pair = found.groups()
    # Unicode has the syllables in order, 28 endings for each beginning, the first open.
    closed = last in _CLOSED_DIGITS if last.isascii() else (ord(last) - ord("가")) % 28 != 0
    return last + quote + (pair[0] if closed else pair[2])
