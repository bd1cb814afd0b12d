"""Takes what points at a person out of text: telephone numbers, addresses, doors, plates, accounts.

Only patterns are known, no names: what a resident calls a neighbour stays.
"""

from __future__ import annotations

import re

#: Fullwidth letters, digits and signs, and the dashes and blanks of other keyboards, as ASCII has
#: them. One character stands for one, so that places in a text stay.
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_PLAIN |= dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u3161"), ord("-"))
_PLAIN |= dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2009\u3000"), ord(" "))

#: Digits in the spellings of people who would rather not be found by them: 공일공, O1O.
_DIGIT = "[0-9공영일이삼사오육륙칠팔구]"
_MOBILE = "[0Oo공영][1lI일][016789공영일육륙칠팔구Oo]"
_BETWEEN = r"[\s.·_/~,)-]{0,3}"
_DOT = r"\s?(?:\.|닷|쩜|점)\s?(?:[A-Za-z](?a:[\w-]){1,20}|컴|넷|코|케이알)"
_MAIL_HOST = "(?:네이버|다음|한메일|지메일|구글|네이트|카카오|핫메일|gmail|naver|hanmail|daum|nate)"
_BANK = "(?:계좌|은행|뱅크|농협|수협|신협|신한|국민|우리|하나|기업|우체국|새마을금고|토스)"
#: After two numbers with a dash: what says that they are amounts.
_NO_UNIT = r"(?!\d)(?!\s?(?:만|천|억|세대|가구|미터|평|명|㎡|%|킬로|km|m\b)|원(?!룸))"

#: What is put in place of a match (but for its first group), and what matches. Earlier ones go
#: first. No pattern may look further than a few characters: a long word without an end is no
#: attack then.
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "[이메일]",
        re.compile(
            r"(?a:[\w.+%-]){1,64}\s?(?:@|골뱅이|[(\[](?:at|골뱅이)[)\]])\s?"
            rf"(?:(?a:[\w-]){{1,64}}(?:{_DOT}){{1,4}}|{_MAIL_HOST}(?:{_DOT}){{0,2}}(?![A-Za-z]))",
            re.IGNORECASE,
        ),
    ),
    (
        "[주민번호]",
        re.compile(
            r"(?<!\d)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
            r"(?:\s?-?\s?[1-8]\d{6}(?!\d)|\s?-\s?[1-8]?[*xX●○]{6,7})"
        ),
    ),
    (
        "[전화번호]",
        re.compile(
            r"(?<!\d)(?:"
            rf"(?:\+?82[\s.-]*\(?0?\)?1[016789]|{_MOBILE})"  # mobile
            rf"{_BETWEEN}{_DIGIT}{{3,4}}{_BETWEEN}{_DIGIT}{{4}}"
            rf"|\(?0(?:2|[3-6]\d|[78]0|50\d){_BETWEEN}\d{{3,4}}{_BETWEEN}\d{{4}}"  # at home
            r"|1[568]\d{2}[\s.-]\d{4}"  # of a firm
            r")(?!\d)"
        ),
    ),
    (
        "[계좌번호]",  # of a card too
        re.compile(
            rf"({_BANK}[^\d\n]{{0,12}})(?=(?:\d[\s-]?){{9,16}}(?!\d))\d{{2,8}}(?:[\s-]\d{{1,8}}){{1,4}}"
            r"|(?<![\d.-])(?=(?:\d-?){10,16}(?![\d-]))\d{2,6}(?:-\d{1,8}){2,4}"
            r"|(?<![\d.-])(?:\d{10,16}|\d{4}(?:\s\d{4}){3})(?![\d-])"
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
            r"(?<!\d)\d{1,4}\s?동\s?(?:제|지하\s?)?\d{1,4}\s?호(?![선기점차])"
            r"|(?<![가-힣\d])[가-하A-Za-z]\s?동\s?(?:지하\s?)?\d{1,4}\s?호(?![선기점차])"
            rf"|{_DIGIT}{{3,4}}\s?동\s?{_DIGIT}{{3,4}}\s?호(?![선기점차])"
            r"|(?<!\d)\d{3,4}\s?동(?!네|[가-힣]*[구시])"
            r"|(?<!\d)\d{3,4}\s?호(?![선기점차])"
            r"|(?<!\d)(?!(?:19|20)\d\d\s?-)\d{3,4}\s?-\s?\d{3,4}(?:\s?호)?" + _NO_UNIT  # 304-1502
        ),
    ),
)


def mask(text: str) -> str:
    """Text with telephone numbers, e-mail addresses, building and unit numbers and plates replaced.

    Numbers of residents, accounts and cards too; fullwidth and spelt-out digits as well.

    >>> mask("304동 1502호, 010-2345-6789로 연락 주세요")
    '[동호수], [전화번호]로 연락 주세요'
    """
    plain = text.translate(_PLAIN)
    for word, pattern in _PATTERNS:
        end, parts, plain_parts = 0, [], []
        for match in pattern.finditer(plain):
            start = match.start() if not pattern.groups or match.end(1) < 0 else match.end(1)
            parts += [text[end:start], word]
            plain_parts += [plain[end:start], word]
            end = match.end()
        if end:
            text, plain = "".join([*parts, text[end:]]), "".join([*plain_parts, plain[end:]])
    return text
