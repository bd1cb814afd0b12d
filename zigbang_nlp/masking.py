"""Takes what points at a person out of text: telephone numbers, addresses, doors, plates.

Only patterns are known, no names: what a resident calls a neighbour stays.
"""

from __future__ import annotations

import re

_HANGUL_DIGIT = "공영일이삼사오육륙칠팔구"
#: No pattern may look further than a few characters: a long word without an end is no attack then.
#: What is put in place of a match, and what matches. Earlier ones go first.
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "[이메일]",
        re.compile(
            r"[\w.+%-]{1,64}\s?(?:@|＠|골뱅이)\s?[\w-]+(?:\s?(?:\.|닷|쩜)\s?[A-Za-z][\w-]*)+",
            re.ASCII,
        ),
    ),
    ("[주민번호]", re.compile(r"(?<!\d)\d{6}\s?[-–]\s?[1-8]\d{6}(?!\d)")),
    (
        "[전화번호]",
        re.compile(
            r"(?<!\d)(?:"
            r"(?:\+?82[\s.-]*\(?0?\)?|0)1[016789]\D{0,3}\d{3,4}[\s.·–-]{0,3}\d{4}"  # mobile
            r"|\(?0(?:2|[3-6]\d|70|50\d)\)?[\s.·–-]{0,3}\d{3,4}[\s.·–-]{0,3}\d{4}"  # at home
            r"|1[568]\d{2}[\s.–-]\d{4}"  # of a firm
            r")(?!\d)"
            rf"|[공영]일[공영일육칠팔구][\s-]*[{_HANGUL_DIGIT}]{{3,4}}[\s-]*[{_HANGUL_DIGIT}]{{4}}"
        ),
    ),
    (
        "[차량번호]",
        re.compile(
            r"(?<!\d)\d{2,3}\s?[가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자배하허호]"
            r"\s?\d{4}(?![\d년원명세만개평])"
        ),
    ),
    (
        "[동호수]",
        re.compile(
            r"(?<![가-힣\d])(?:\d{1,4}|[가-하A-Za-z])\s?동\s?(?:지하\s?)?\d{1,4}\s?호(?![선기점차])"
            r"|(?<![가-힣\d])\d{3,4}\s?동(?!네|[가-힣]*[구시])"
            r"|(?<![\d가-힣])\d{3,4}\s?호(?![선기점차])"
            r"|(?<!\d)(?!(?:19|20)\d\d\s?[-–])\d{3,4}\s?[-–]\s?\d{3,4}(?:\s?호)?(?!\d)"  # 304-1502
        ),
    ),
)


def mask(text: str) -> str:
    """Text with telephone numbers, e-mail addresses, building and unit numbers and plates replaced.

    >>> mask("304동 1502호, 010-2345-6789로 연락 주세요")
    '[동호수], [전화번호]로 연락 주세요'
    """
    for name, pattern in _PATTERNS:
        text = pattern.sub(name, text)
    return text
