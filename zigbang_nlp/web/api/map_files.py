"""/api/v1/complexes.geojson and .gpkg: the complexes as points with their scores, for maps."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from zigbang_nlp.insight.map_files import feature_collection
from zigbang_nlp.web import queries
from zigbang_nlp.web.api import PREFIX
from zigbang_nlp.web.api.listing import Meant, Reviews, Tag, answer
from zigbang_nlp.web.api.schemas import PROBLEMS, FeatureCollection
from zigbang_nlp.web.downloads import GEOPACKAGE, file_of

router = APIRouter(prefix=PREFIX, tags=["단지"])
Topic = Annotated[str | None, Query(max_length=50, description="이 주제의 만족도")]


@router.get(
    "/complexes.geojson",
    summary="단지를 지도 파일로",
    response_model=FeatureCollection,
    responses=PROBLEMS,
)
def geojson(snapshot: Reviews, tag: Tag, meant: Meant, topic: Topic = None) -> Response:
    """좌표가 있는 단지의 점과 만족도, 법정동 코드입니다(RFC 7946, WGS 84)."""
    if snapshot.corpus is None:
        return answer(tag, {"type": "FeatureCollection", "features": []})
    collection: dict[str, Any] = feature_collection(
        queries.complexes(snapshot, meant, topic=topic or None)
    )
    return answer(tag, collection)


@router.get(
    "/complexes.gpkg",
    summary="단지를 GeoPackage로",
    response_class=Response,
    responses={
        **PROBLEMS,
        200: {
            "description": "QGIS와 ArcGIS에서 여는 SQLite 파일. 층의 이름은 complexes입니다.",
            "content": {GEOPACKAGE: {"schema": {"type": "string", "format": "binary"}}},
        },
    },
)
def geopackage(snapshot: Reviews, tag: Tag, meant: Meant, topic: Topic = None) -> Response:
    """`complexes.geojson`과 같은 점과 값입니다(OGC 12-128, WGS 84)."""
    table = queries.complexes(snapshot, meant, topic=topic or None)
    answer = file_of(table, "complexes", "gpkg")
    answer.headers["ETag"] = tag
    return answer
