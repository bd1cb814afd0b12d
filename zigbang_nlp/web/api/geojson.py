"""/api/v1/complexes.geojson: the complexes as points with their scores, for maps and GIS."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from zigbang_nlp.insight.geojson import feature_collection
from zigbang_nlp.web import queries
from zigbang_nlp.web.api import PREFIX
from zigbang_nlp.web.api.listing import Meant, Reviews, answer, not_modified, unchanged
from zigbang_nlp.web.api.schemas import FeatureCollection, problem_responses

router = APIRouter(prefix=PREFIX, tags=["단지"])


@router.get(
    "/complexes.geojson",
    summary="단지를 지도 파일로",
    response_model=FeatureCollection,
    responses=problem_responses(404, 422),
)
def geojson(
    request: Request,
    snapshot: Reviews,
    meant: Meant,
    topic: Annotated[str | None, Query(max_length=50, description="이 주제의 만족도")] = None,
) -> Response:
    """좌표가 있는 단지의 점과 만족도, 법정동 코드입니다(RFC 7946, WGS 84)."""
    tag, same = unchanged(request, snapshot)
    if same:
        return not_modified(tag)
    if snapshot.corpus is None:
        return answer(tag, {"type": "FeatureCollection", "features": []})
    made: dict[str, Any] = feature_collection(
        queries.complexes(snapshot, meant, topic=topic or None)
    )
    return answer(tag, made)
