"""Short texts that ask, report or fill a box, and say nothing about how it is to live there.

Only what can hardly be anything else: a text that asks for a fact, or that holds nothing but names
of prices, numbers and dates. "이게 새 아파트인가요?" is a complaint, so a question mark alone proves
nothing.
"""

from __future__ import annotations

import re

#: What people type into a box that mustn't stay empty; only as the whole text.
_FILLERS = frozenset(
    {"없음", "없습니다", "없어요", "내용없음", "특이사항없음", "해당없음", "해당사항없음", "모름"}
    | {"잘모름", "모르겠음", "모르겠어요", "모르겠습니다", "글쎄요", "패스", "작성중", "테스트"}
)
_LONGEST_FILLER = max(map(len, _FILLERS))
#: Letters and digits of a text that is looked at; longer ones tell something beside.
_LONGEST = 28
#: What asks for a fact: with a question word, at its end, or whether there is something. 어디 and
#: 누가 are left out: "이런 데가 어디 있나요?" praises.
_QUESTION = re.compile(
    r"(?:[^.!?~]*(?:몇|얼마(?!나)|언제|어느|무슨)[^.!?~]*(?:[나가까죠예에해]요|죠|니까)"
    r"|[^.!?~]*(?:어떤가요|어떤지요|어때요|어떨까요|아시는 ?분|아시나요|계신가요)"
    r"|(?:[^ .!?~]+ ){1,3}(?:되나요|있나요|있을까요|가능한가요|가능할까요))"
    r" ?[?？]+[ ㅎㅋㅠ]*"
)
#: "이 가격에 이게 무슨 아파트예요?" and "이만한 데 또 있나요?" ask nothing.
_RHETORICAL = re.compile(
    r"이게|이런|이렇게|이러|이만|그런|만한|만큼|도대체|대체|소용|의미|말이|왜|누가|뭐가|어디|얼마나|어떻게|맞나요|또 |데가? |곳이? |더 "
)
#: Words of prices and plans, each with a particle or without.
_NEWS = re.compile(
    r"(?:최근|어제|오늘|지난달|지난주|이번 ?달|현재|지금|방금|총|약|전용|분양|매매|전세|월세|반전세|보증금"
    r"|실거래가?|매매가|전세가|호가|시세|분양가|공시지가|공시가격|공시가|평당|입주|준공|착공|완공|예정|승인|인가"
    r"|[\d,.]+|억|천|백|만|원|만원|천만|평|평형|타입|세대|가구|개동|개|동|층|년|월|일|차|호|대|건|㎡|제곱미터"
    r"|나왔|나옴|나와|찍었|찍음|거래|됐|됨|되었|발표|공개|있|올라왔|네요|어요|습니다|입니다|이에요|예요|임|함|했"
    r"|은|는|이|가|에|의|로|으로|도|를|을|부터|까지|중|선)+"
)
_NUMBER_OR_NEWS = re.compile(r"\d|발표|공개|인가|승인")
_SUBJECT = re.compile(
    r"실거래|매매|전세|월세|보증금|호가|시세|분양|공시|평당|입주|준공|착공|완공|세대|가구|인가"
)


def has_no_opinion(text: str) -> bool:
    """Whether a text only asks for a fact, only reports prices and dates, or only fills a box.

    Args:
        text: as it was given, in composed Hangul (NFC).

    >>> [has_no_opinion(t) for t in ("관리비 얼마 나오나요?", "전세 3억", "없음", "관리비 얼마나 비싼지 아세요?")]
    [True, True, True, False]
    """
    letters = "".join(filter(str.isalpha, text))
    if len(letters) > _LONGEST:
        return False
    if len(letters) <= _LONGEST_FILLER and letters in _FILLERS:
        return True
    line = " ".join(text.split())
    if not line or sum(map(str.isalnum, line)) > _LONGEST:
        return False
    if _QUESTION.fullmatch(line):
        return not _RHETORICAL.search(line)
    words = [word.strip(".,!~ㅎㅋ") for word in line.split(" ")]
    return bool(
        _NUMBER_OR_NEWS.search(line)
        and _SUBJECT.search(line)
        and all(not word or _NEWS.fullmatch(word) for word in words)
    )
