"""/api/v1/complexes: the list, one complex, its reviews."""

from __future__ import annotations

from typing import Annotated, Any

import pandas as pd
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from zigbang_nlp.errors import InsightError
from zigbang_nlp.insight import queries as questions
from zigbang_nlp.insight.queries import Filters, Sort
from zigbang_nlp.insight.similar_names import suggested
from zigbang_nlp.web import queries
from zigbang_nlp.web.api import PREFIX
from zigbang_nlp.web.api.listing import (
    CATEGORY,
    Meant,
    Page,
    Reviews,
    Size,
    Tag,
    answer,
    page_of,
    records,
    reply,
)
from zigbang_nlp.web.api.rows import REVIEW_COLUMNS
from zigbang_nlp.web.api.schemas import (
    PROBLEMS,
    TABLE_RESPONSES,
    ComplexDetail,
    ComplexList,
    ReviewList,
    Suggestions,
)

router = APIRouter(prefix=PREFIX, tags=["단지"])
Key = Annotated[str, Path(max_length=300, description="출처:단지번호", examples=["sample:90101"])]


@router.get(
    "/complexes", summary="단지를 찾습니다", response_model=ComplexList, responses=TABLE_RESPONSES
)
def complexes(
    request: Request,
    snapshot: Reviews,
    tag: Tag,
    meant: Meant,
    q: Annotated[str, Query(max_length=100, description="이름이나 지역에 든 말")] = "",
    sort: Annotated[
        Sort, Query(description="best 만족 높은 순, worst 낮은 순, most 리뷰 많은 순")
    ] = "best",
    min_texts: Annotated[
        int, Query(ge=1, le=10_000, description="글이 이 수보다 적은 단지는 뺍니다")
    ] = 1,
    page: Page = 1,
    size: Size = 50,
) -> Response:
    """만족도(`score`)는 지역 평균 쪽으로 당긴 값이고 `low`와 `high`가 그 95% 구간입니다."""
    if snapshot.corpus is None:
        return answer(tag, page_of(pd.DataFrame(), page, size))
    table = queries.complexes(snapshot, meant, sort, min_texts, q)
    return reply(request, tag, table, page_of(table, page, size))


@router.get("/suggest", summary="이름을 제안합니다", response_model=Suggestions, responses=PROBLEMS)
def suggest(
    snapshot: Reviews,
    tag: Tag,
    q: Annotated[
        str,
        Query(
            max_length=100, description="이름의 일부. 오타가 있어도 됩니다", examples=["은솔마르"]
        ),
    ] = "",
) -> Response:
    """입력한 글이 든 지역과 단지. 없으면 철자가 비슷한 이름입니다."""
    return answer(tag, {"items": suggested(snapshot.reviews().complexes, q.strip())})


@router.get(
    "/complexes/{key:path}/reviews",
    summary="한 단지의 리뷰",
    response_model=ReviewList,
    responses=TABLE_RESPONSES,
)
def reviews(
    request: Request,
    snapshot: Reviews,
    tag: Tag,
    key: Key,
    label: Annotated[str | None, Query(pattern="^(positive|negative)$")] = None,
    topic: Annotated[str | None, Query(max_length=50)] = None,
    category: Annotated[str | None, Query(pattern=CATEGORY)] = None,
    page: Page = 1,
    size: Size = 20,
) -> Response:
    """새로 쓰인 것부터."""
    queries.one_complex(snapshot, key)
    table = questions.reviews(snapshot.reviews(), key, label, topic, category)
    shown = queries.in_words(table)[[*REVIEW_COLUMNS, "topics", "label"]]
    return reply(request, tag, shown, page_of(shown, page, size))


@router.get(
    "/complexes/{key:path}", summary="한 단지", response_model=ComplexDetail, responses=PROBLEMS
)
def complex_(snapshot: Reviews, tag: Tag, key: Key) -> Response:
    """항목별 만족도를 같은 구의 것과 나란히, 분기별 흐름과 함께."""
    row = queries.one_complex(snapshot, key)
    own = Filters(complexes=(key,))
    body: dict[str, Any] = records(row.to_frame().T)[0]
    body["categories"] = records(snapshot.query(questions.profile, own))
    district = row["district"]
    body["district_categories"] = (
        records(snapshot.query(questions.profile, Filters(region=district))) if district else []
    )
    try:
        body["trend"] = records(snapshot.query(questions.trend, own, "quarter"))
    except InsightError:
        body["trend"] = []
    return answer(tag, body)
