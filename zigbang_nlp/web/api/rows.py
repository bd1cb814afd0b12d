"""Rows of the answers, typed for the OpenAPI document: the columns are those that `insight` lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, create_model

from zigbang_nlp.insight.comparison import COMPARE_COLUMNS
from zigbang_nlp.insight.keyness import KEYWORD_COLUMNS
from zigbang_nlp.insight.opinions import FORM_COLUMNS
from zigbang_nlp.insight.periods import MENTION_COLUMNS, TREND_COLUMNS
from zigbang_nlp.insight.sentiment import WHERE_COLUMNS
from zigbang_nlp.insight.two_periods import BEFORE_AFTER_COLUMNS

#: Columns by type; whatever stands in none of them is a number, or null where it isn't known.
_COUNTS = {
    "texts", "reviews", "positive", "rank", "tied", "rank_low", "rank_high", "side", "mentions",
    "base_mentions", "base_reviews", "other_texts", "before_count", "after_count",
}  # fmt: skip
_WORDS = {
    "complex", "name", "category", "word", "kind", "label", "direction", "measure", "size",
    "review_id", "text", "period", "form", "type",
}  # fmt: skip
_PERHAPS_WORDS = {"district", "neighbourhood", "geohash", "city", "address", "code", "written_at"}
_FACTS = {"significant", "unsure"}

#: What the columns of the API's own lists hold.
REVIEW_COLUMNS = {
    "review_id": "번호",
    "category": "항목",
    "text": "글",
    "score": "주민이 준 점수. 없으면 null",
    "written_at": "쓴 날짜. 모르면 null",
    "probability": "긍정일 확률. 판정하지 않았으면 null",
    "unsure": "모델이 스스로 확신하지 못하는지",
}
_PLACE_COLUMNS = {
    "district": "시군구",
    "neighbourhood": "읍면동",
    "geohash": "지오해시",
    "latitude": "위도 (WGS 84)",
    "longitude": "경도 (WGS 84)",
    "households": "세대수",
}


def _type_of(column: str) -> Any:
    if column in _COUNTS:
        return int
    if column in _WORDS:
        return str
    if column in _FACTS:
        return bool
    return str | None if column in _PERHAPS_WORDS else float | None


def row(name: str, *columns: Mapping[str, str], **more: Any) -> type[BaseModel]:
    """A model of rows.

    Args:
        name: of the schema.
        columns: name -> what it holds.
        more: columns of other types, as pydantic takes them.
    """
    fields: dict[str, Any] = {
        column: (_type_of(column), Field(description=description))
        for part in columns
        for column, description in part.items()
    }
    return create_model(
        name, __config__=ConfigDict(extra="forbid"), __module__=__name__, **(fields | more)
    )


_LABEL = (str | None, Field(description="positive, negative. 판정하지 않았으면 null"))
_TOPICS = (list[str], Field(description="글이 다룬 주제"))
_NAMES = {"complex": "단지의 키", "name": "단지 이름"}

if TYPE_CHECKING:  # a model that is made from columns is no type to a type checker
    ComplexRow: TypeAlias = BaseModel
    CategoryRow: TypeAlias = BaseModel
    ReviewRow: TypeAlias = BaseModel
    HitRow: TypeAlias = BaseModel
    KeywordRow: TypeAlias = BaseModel
    TrendRow: TypeAlias = BaseModel
    MentionRow: TypeAlias = BaseModel
    CompareRow: TypeAlias = BaseModel
    BeforeAfterRow: TypeAlias = BaseModel
    FormRow: TypeAlias = BaseModel
    PointProperties: TypeAlias = BaseModel
else:
    ComplexRow = row("ComplexRow", _NAMES, _PLACE_COLUMNS, WHERE_COLUMNS)
    CategoryRow = row("CategoryRow", {"category": "항목"}, WHERE_COLUMNS)
    ReviewRow = row("ReviewRow", REVIEW_COLUMNS, label=_LABEL, topics=_TOPICS)
    HitRow = row(
        "HitRow",
        _NAMES | {"district": "시군구"},
        REVIEW_COLUMNS,
        label=_LABEL,
        topics=_TOPICS,
        spans=(list[tuple[int, int]], Field(description="찾은 말의 자리: 시작과 끝")),
        similarity=(float | None, Field(description="뜻으로 찾을 때, 질문과의 코사인 유사도")),
        like=(str, Field(description="비슷한 글을 찾을 때 쓰는 키. 벡터가 없으면 빈 글")),
    )
    KeywordRow = row("KeywordRow", KEYWORD_COLUMNS)
    TrendRow = row("TrendRow", TREND_COLUMNS)
    MentionRow = row("MentionRow", MENTION_COLUMNS)
    CompareRow = row("CompareRow", COMPARE_COLUMNS)
    BeforeAfterRow = row("BeforeAfterRow", BEFORE_AFTER_COLUMNS)
    FormRow = row("FormRow", FORM_COLUMNS)
    PointProperties = row(
        "PointProperties",
        _NAMES | {"district": "시군구", "households": "세대수"},
        {name: description for name, description in WHERE_COLUMNS.items() if name in {
            "texts", "reviews", "positive", "share", "wilson_low", "wilson_high", "score", "low",
            "high", "rank", "tied",
        }},
        {"code": "법정동 코드 8자리. 어느 동에도 들지 않으면 null"},
    )  # fmt: skip
