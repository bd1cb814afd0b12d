"""/api/v1/keywords, /trends, /compare, /before-after and /mentions: what insight says over all reviews."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from zigbang_nlp.insight import queries as questions
from zigbang_nlp.web.api import PREFIX
from zigbang_nlp.web.api.listing import DAY, Meant, Reviews, Tag, answer, records, reply
from zigbang_nlp.web.api.schemas import (
    PROBLEMS,
    TABLE_RESPONSES,
    BeforeAfter,
    Comparison,
    Keywords,
    Trends,
    WordSaid,
)

router = APIRouter(prefix=PREFIX, tags=["분석"])
Limit = Annotated[int, Query(ge=1, le=500, description="최대 줄 수")]
Period = Annotated[Literal["month", "quarter", "year"], Query(description="묶는 기간")]


@router.get(
    "/keywords",
    summary="언급이 늘거나 준 키워드",
    response_model=Keywords,
    responses=TABLE_RESPONSES,
)
def keywords(
    request: Request,
    snapshot: Reviews,
    tag: Tag,
    meant: Meant,
    direction: Annotated[
        Literal["rising", "falling"] | None,
        Query(description="rising은 늘어난 말만, falling은 줄어든 말만"),
    ] = None,
    min_count: Annotated[
        int, Query(ge=1, le=1_000, description="이 수보다 적은 리뷰에 나온 말은 뺍니다")
    ] = 5,
    limit: Limit = 50,
) -> Response:
    """`since`부터 `until`까지(없으면 최근 12개월) 언급 비율을 모든 기간의 것과 비교합니다."""
    table = snapshot.query(questions.keywords, meant, min_count)
    period = {str(name): value for name, value in table.attrs.items()}
    if direction:
        table = table[table["direction"].eq(direction)]
    body: dict[str, Any] = {**period, "items": records(table.head(limit))}
    return reply(request, tag, table, body)


@router.get("/trends", summary="시간에 따른 흐름", response_model=Trends, responses=TABLE_RESPONSES)
def trends(
    request: Request,
    snapshot: Reviews,
    tag: Tag,
    meant: Meant,
    word: Annotated[
        str | None, Query(max_length=50, description="이 말의 언급 비율", examples=["층간소음"])
    ] = None,
    topic: Annotated[
        str | None, Query(max_length=50, description="이 주제의 긍정 비율", examples=["주차"])
    ] = None,
    period: Period = "month",
) -> Response:
    """`word`가 있으면 그 말의 언급 비율, 없으면 전체 또는 한 주제의 긍정 비율입니다."""
    if word and word.strip():
        table = snapshot.query(questions.mention_trend, meant, word.strip(), period)
    else:
        table = snapshot.query(questions.trend, meant, period, topic or None)
    return reply(request, tag, table, {"items": records(table)})


@router.get("/compare", summary="두 곳 비교", response_model=Comparison, responses=TABLE_RESPONSES)
def compare(
    request: Request,
    snapshot: Reviews,
    tag: Tag,
    one: Annotated[str, Query(max_length=300, examples=["sample:90101"])],
    other: Annotated[str, Query(max_length=300, examples=["sample:90102"])],
    kind: Literal["complex", "region"] = "complex",
) -> Response:
    """차이(`difference`)와 그 95% 구간, 효과 크기, 여러 항목을 본 것을 고려한 p값."""
    table = snapshot.query(questions.compare, one, other, kind)
    return reply(request, tag, table, {"items": records(table)})


@router.get(
    "/before-after", summary="두 기간의 차이", response_model=BeforeAfter, responses=TABLE_RESPONSES
)
def before_after(
    request: Request,
    snapshot: Reviews,
    tag: Tag,
    meant: Meant,
    base_since: Annotated[
        str | None, Query(pattern=DAY, description="비교할 기간의 시작", examples=["2022"])
    ] = None,
    base_until: Annotated[
        str | None, Query(pattern=DAY, description="비교할 기간의 끝", examples=["2023"])
    ] = None,
) -> Response:
    """`since`부터 `until`까지(없으면 최근)를 그 앞 기간, 또는 정한 기간과 비교합니다."""
    table = snapshot.query(questions.before_after, meant, base_since, base_until)
    period = {str(name): value for name, value in table.attrs.items()}
    return reply(request, tag, table, {**period, "items": records(table)})


@router.get("/mentions", summary="언급과 의견", response_model=WordSaid, responses=PROBLEMS)
def mentions(
    snapshot: Reviews,
    tag: Tag,
    meant: Meant,
    word: Annotated[str, Query(min_length=1, max_length=50, pattern=r"\S", examples=["주차"])],
) -> Response:
    """합성어를 포함한 언급 수와, 그 말이 가리키는 주제에 대한 의견 수를 나란히 알려 줍니다."""
    figures = snapshot.query(questions.word, meant, word)
    names = [name for name in WordSaid.model_fields if name != "forms"]
    body: dict[str, Any] = {name: getattr(figures, name) for name in names}
    return answer(tag, body | {"forms": records(figures.forms)})
