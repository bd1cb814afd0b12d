"""/api/v1/search: all reviews that answer a question."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from zigbang_nlp.insight.by_meaning import with_keys
from zigbang_nlp.insight.searching import Question
from zigbang_nlp.web import queries
from zigbang_nlp.web.api import PREFIX
from zigbang_nlp.web.api.listing import (
    Meant,
    Page,
    Reviews,
    Size,
    fresh_tag,
    records,
    reply,
    wants_csv,
)
from zigbang_nlp.web.api.schemas import TABLE_RESPONSES, SearchResult
from zigbang_nlp.web.app_state import app_state_of

router = APIRouter(prefix=PREFIX, tags=["단지"])
_COLUMNS = [
    "complex", "name", "district", "review_id", "category", "text", "score", "written_at",
    "label", "probability", "unsure", "topics", "spans", "similarity", "like",
]  # fmt: skip
Score = Annotated[float | None, Query(ge=0, le=5)]


@router.get(
    "/search",
    summary="모든 리뷰에서 찾습니다",
    response_model=SearchResult,
    responses=TABLE_RESPONSES,
)
def search(
    request: Request,
    snapshot: Reviews,
    meant: Meant,
    q: Annotated[
        str, Query(max_length=200, description="찾는 말", examples=["주차를 불평하는 노원구 리뷰"])
    ] = "",
    mention: Annotated[
        str, Query(max_length=50, description="합성어까지 포함해 이 말을 언급한 글만")
    ] = "",
    topic: Annotated[str | None, Query(max_length=50, description="주제")] = None,
    label: Annotated[str | None, Query(pattern="^(positive|negative)$")] = None,
    score_from: Score = None,
    score_to: Score = None,
    by: Annotated[
        str,
        Query(
            pattern="^(words|meaning)$",
            description="words: 적힌 말로, meaning: 비슷한 뜻으로 찾습니다 (가까운 순서로 100건까지)",
        ),
    ] = "words",
    like: Annotated[
        str,
        Query(
            pattern="^([0-9a-f]{32})?$",
            description="`q`가 없을 때, 이 글과 뜻이 비슷한 글을 찾습니다. 답의 `like` 값",
        ),
    ] = "",
    page: Page = 1,
    size: Size = 20,
) -> Response:
    """띄어쓰기와 합성어, 초성, 오타를 가리지 않고 찾습니다. `spans`는 찾은 말의 자리입니다."""
    embeddings = app_state_of(request).embeddings()
    tag = fresh_tag(request, snapshot, *embeddings.state)
    question = Question(
        q, label, topic or None, meant, (score_from, score_to), mention, by == "meaning", like
    )
    hits, nearest = queries.search(snapshot, question, embeddings, page, size)
    if wants_csv(request):
        hits, nearest = queries.search(snapshot, question, embeddings, 1, max(hits.texts, 1))
    table = queries.in_words(with_keys(hits.table, embeddings))
    table = table.assign(similarity=hits.table.get("similarity"))[_COLUMNS]
    body: dict[str, Any] = {
        "total": hits.texts,
        "reviews": hits.reviews,
        "judged": hits.judged,
        "positive": hits.positive,
        "share": hits.share if hits.judged else None,
        "low": hits.low if hits.judged else None,
        "high": hits.high if hits.judged else None,
        "readings": [asdict(one) for one in hits.readings],
        "typical": None if nearest is None or not hits.texts else nearest.typical,
        "known": None if nearest is None else nearest.known,
        "page": page,
        "size": size,
        "items": records(table),
    }
    return reply(request, tag, table, body)
