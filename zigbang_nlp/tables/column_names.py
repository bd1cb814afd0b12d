"""Names that people give the columns of reviews, and the categories, in English and Korean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable

import pandas as pd

from zigbang_nlp.records import CATEGORIES

_NAMES = """
text: text 리뷰 리뷰내용 리뷰본문 후기 후기내용 이용후기 거주후기 내용 본문 평 한줄평 평가내용 의견 댓글 글
text: review reviewtext reviewcontent reviewbody comment comments content contents body desc
text: description document sentence 문장
rating: rating 별점 평점 점수 별 추천점수 만족도 score stars star reviewscore reviewrating rate
label: label 감성 감정 라벨 긍부정 정답 sentiment polarity
date: date writtenat 작성일 작성일자 작성일시 작성날짜 날짜 등록일 등록일자 등록일시 일자 일시 createdat
date: created writtenon reviewdate datetime timestamp 타임스탬프 regdate
apartment: apartment apartmentid 단지명 단지 아파트 아파트명 단지이름 단지id danjiname danjiid danji
apartment: areadanjiid areadanjiname apartmentname complex complexname aptname apt
category: category 항목 카테고리 분류 평가항목 구분
id: id reviewid 리뷰id 리뷰번호 글번호 후기번호
split: split
"""
#: role -> names that people give such a column, folded as by `folded`; the likelier first.
NAMES: dict[str, tuple[str, ...]] = {}
for _line in _NAMES.strip().splitlines():
    _role, _, _names = _line.partition(": ")
    NAMES[_role] = (*NAMES.get(_role, ()), *_names.split())


def folded(name: Hashable) -> str:
    """A column's name without what people vary: case, spaces, _ - ( ) and composed or not."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", str(name))).casefold()


def by_folded_name(chunk: pd.DataFrame) -> dict[str, str]:
    """Folded name -> the column of a table; the first of several that fold to the same."""
    return {folded(column): str(column) for column in reversed(list(chunk.columns))}


#: category -> further words for it; its own name and the site's are words for it anyway.
_WORDS: dict[str, tuple[str, ...]] = {
    "total": ("추천", "총평", "총점", "총", "종합", "종합평가", "전체", "전반"),
    "traffic": ("교통",),
    "care": ("관리",),
    "resident": ("거주", "주거", "주거환경"),
    "around": ("주변", "주변시설", "입지"),
}
#: category -> all words for it, folded as by `folded`, its own name first.
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
