"""What the sections, views and columns of a report are called, and how columns are read."""

from __future__ import annotations

from collections.abc import Sequence

from zigbang_nlp.language.i18n import N_

#: Sections by their key.
SECTION_TITLES: dict[str, str] = {
    "overview": N_("요약"),
    "findings": N_("주요 결과"),
    "places": N_("지역과 단지"),
    "themes": N_("항목과 주제"),
    "times": N_("시기별 추이"),
    "wording": N_("자주 쓰인 표현"),
    "relations": N_("단어의 관계"),
    "reasons": N_("판정 근거"),
    "methods": N_("분석 방법"),
    "caveats": N_("해석할 때 주의할 점"),
}

#: Views by their key.
VIEW_TITLES: dict[str, str] = {
    "key_findings": N_("통계적으로 유의한 결과"),
    "pros_and_cons": N_("단지별 장점과 단점"),
    "topics_by_region": N_("시군구와 주제"),
    "yearly_keywords": N_("연도별 키워드 TOP 20"),
    "methods": N_("계산 방법과 출처"),
    "map": N_("단지 지도"),
    "ranking": N_("단지 순위"),
    "regions": N_("지역별 만족도"),
    "standouts": N_("다른 단지와 뚜렷이 다른 점"),
    "categories": N_("다섯 항목"),
    "topics": N_("주제별 긍정 비율"),
    "drivers": N_("추천점수를 좌우하는 요인"),
    "trend": N_("긍정 비율 추이"),
    "keywords": N_("언급이 늘거나 준 키워드"),
    "polar": N_("칭찬에 쓰인 말과 불만에 쓰인 말"),
    "new_words": N_("사전에 없는 말"),
    "network": N_("함께 쓰이는 말"),
    "deciding": N_("판정에 영향을 준 표현"),
}

#: Columns of tables by the name that `insight` gives them.
COLUMNS: dict[str, str] = {
    "ranked": N_("순위"),
    "rank": N_("순위"),
    "name": N_("이름"),
    "score": N_("보정한 만족도"),
    "share": N_("긍정 비율"),
    "other_share": N_("그 외 단지"),
    "difference": N_("차이"),
    "low": N_("구간 하한"),
    "high": N_("구간 상한"),
    "texts": N_("리뷰 수"),
    "reviews": N_("작성자 수"),
    "count": N_("출현 횟수"),
    "district": N_("시군구"),
    "category": N_("항목"),
    "q_value": N_("q값"),
    "topic": N_("주제"),
    "mentions": N_("언급한 리뷰"),
    "rate": N_("언급 비율"),
    "base_rate": N_("전체 기간 언급 비율"),
    "ratio": N_("배율"),
    "effect": N_("추천점수 변화"),
    "label": N_("기간"),
    "word": N_("단어"),
    "log_odds": N_("로그 오즈"),
    "positive": N_("긍정 리뷰"),
    "negative": N_("부정 리뷰"),
    "kind": N_("종류"),
    "parts": N_("사전의 분석"),
    "other": N_("관련어"),
    "method": N_("방법"),
    "together": N_("함께 나온 리뷰"),
    "npmi": N_("NPMI"),
    "similarity": N_("벡터 유사도"),
    "token": N_("표현"),
    "mean": N_("긍정 확률 변화"),
    "category_name": N_("항목"),
    "wilson_low": N_("구간 하한"),
    "wilson_high": N_("구간 상한"),
    "driver": N_("주제"),
    "one": N_("단어"),
    "adds": N_("긍정 확률 변화"),
}

#: How the values of a column are shown, by its name. One that isn't here is text; the ends of an
#: interval ("low", "high", "wilson_low" ...) are shown as the estimate is whose column they follow.
KINDS: dict[str, str] = {
    **dict.fromkeys(("rank", "texts", "reviews", "mentions", "count", "together"), "count"),
    **dict.fromkeys(("positive", "negative"), "count"),
    **dict.fromkeys(("score", "share", "other_share", "rate", "base_rate"), "percent"),
    **dict.fromkeys(("effect", "log_odds", "mean", "npmi", "similarity"), "signed"),
    "difference": "points",
    "ratio": "ratio",
    "q_value": "p",
}


def kinds(columns: Sequence[str]) -> dict[str, str]:
    """How each of a table's columns is shown, see `KINDS`.

    >>> kinds(["word", "ratio", "low", "reviews"])
    {'word': 'text', 'ratio': 'ratio', 'low': 'ratio', 'reviews': 'count'}
    """
    shown: dict[str, str] = {}
    kind = "text"
    for name in columns:
        if not name.endswith(("low", "high")):
            kind = KINDS.get(name, "text")
        shown[name] = kind
    return shown
