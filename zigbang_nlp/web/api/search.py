"""/api/v1/search: all reviews that answer a question."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from zigbang_nlp.insight.searching import Question
from zigbang_nlp.packing import unpack_names
from zigbang_nlp.web.api import PREFIX
from zigbang_nlp.web.api.listing import (
    Meant,
    Page,
    Reviews,
    Size,
    not_modified,
    records,
    reply,
    unchanged,
    wants_csv,
)
from zigbang_nlp.web.api.schemas import SearchResult, table_responses

router = APIRouter(prefix=PREFIX, tags=["단지"])
_COLUMNS = [
    "complex", "name", "district", "review_id", "category", "text", "score", "written_at",
    "label", "probability", "unsure", "topics", "spans",
]  # fmt: skip
Score = Annotated[float | None, Query(ge=0, le=5)]


@router.get(
    "/search",
    summary="모든 리뷰에서 찾습니다",
    response_model=SearchResult,
    responses=table_responses(404, 422),
)
def search(
    request: Request,
    snapshot: Reviews,
    meant: Meant,
    q: Annotated[
        str,
        Query(max_length=200, description="찾는 말", examples=["주차를 불평하는 노원구 리뷰"]),
    ] = "",
    mention: Annotated[
        str, Query(max_length=50, description="합성어까지 포함해 이 말을 언급한 글만")
    ] = "",
    topic: Annotated[str | None, Query(max_length=50, description="주제")] = None,
    label: Annotated[str | None, Query(pattern="^(positive|negative)$")] = None,
    score_from: Score = None,
    score_to: Score = None,
    page: Page = 1,
    size: Size = 20,
) -> Response:
    """띄어쓰기와 합성어, 초성, 오타를 가리지 않고 찾습니다. `spans`는 찾은 말의 자리입니다."""
    tag, same = unchanged(request, snapshot)
    if same:
        return not_modified(tag)
    question = Question(q, label, topic or None, meant, (score_from, score_to), mention)
    hits = snapshot.search(question, page=page, size=size)
    if wants_csv(request):
        hits = snapshot.search(question, page=1, size=max(hits.texts, 1))
    table = hits.table.assign(
        label=hits.table["positive"].map({1.0: "positive", 0.0: "negative"}),
        topics=hits.table["topics"].map(unpack_names),
    )[_COLUMNS]
    said: dict[str, Any] = {
        "total": hits.texts,
        "reviews": hits.reviews,
        "judged": hits.judged,
        "positive": hits.positive,
        "share": hits.share if hits.judged else None,
        "low": hits.low if hits.judged else None,
        "high": hits.high if hits.judged else None,
        "readings": [
            {"asked": one.asked, "read_as": one.read_as, "value": one.value}
            for one in hits.readings
        ],
        "page": page,
        "size": size,
        "items": records(table),
    }
    return reply(request, tag, table, said)
