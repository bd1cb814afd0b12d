"""What the answers about reviews share: frames as JSON, pages of a list, and ETags."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any

import pandas as pd
from fastapi import Depends, HTTPException, Query, Request
from starlette.responses import Response

from zigbang_nlp.insight.queries import Filters
from zigbang_nlp.records import CATEGORIES
from zigbang_nlp.web.app_state import app_state_of
from zigbang_nlp.web.corpus_cache import Snapshot
from zigbang_nlp.web.downloads import csv_text

#: A day, a month or a year.
DAY = r"^\d{4}([-.]\d{1,2}){0,2}$"
CATEGORY = f"^({'|'.join(CATEGORIES)})$"


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON values: no NaN and no infinity (null), moments as ISO dates."""
    rows: list[dict[str, Any]] = json.loads(
        table.to_json(orient="records", date_format="iso", force_ascii=False, double_precision=6)
    )
    return rows


def filters(
    region: Annotated[
        str | None, Query(max_length=100, description="지역 이름이나 지오해시", examples=["노원구"])
    ] = None,
    category: Annotated[
        str | None, Query(pattern=CATEGORY, description="항목", examples=["traffic"])
    ] = None,
    since: Annotated[
        str | None, Query(pattern=DAY, description="이날부터", examples=["2024-01"])
    ] = None,
    until: Annotated[
        str | None, Query(pattern=DAY, description="이날까지", examples=["2024-12-31"])
    ] = None,
) -> Filters:
    """The filters that most answers know; an empty value is none."""
    return Filters(region or None, category, since, until)


Meant = Annotated[Filters, Depends(filters)]
Page = Annotated[int, Query(ge=1, le=100_000, description="쪽 번호")]
Size = Annotated[int, Query(ge=1, le=200, description="한 쪽의 줄 수")]


def page_of(table: pd.DataFrame, page: int, size: int) -> dict[str, Any]:
    """One page of a table."""
    start = (page - 1) * size
    rows = records(table.iloc[start : start + size])
    return {"total": len(table), "page": page, "size": size, "items": rows}


def snapshot_of(request: Request) -> Snapshot:
    """The reviews as they are; for FastAPI's Depends."""
    return app_state_of(request).corpus_cache.snapshot()


Reviews = Annotated[Snapshot, Depends(snapshot_of)]


def fresh_tag(request: Request, snapshot: Snapshot, *also: str) -> str:
    """The answer's ETag.

    Args:
        request: what is asked.
        snapshot: the reviews.
        also: whatever else the answer depends on.

    Raises:
        HTTPException: 304, where the caller holds the answer under this tag already.
    """
    kind = "csv" if wants_csv(request) else "json"
    state = f"{snapshot.version}?{'?'.join(also)}?{kind}?{request.url.path}?{request.url.query}"
    tag = f'W/"{hashlib.blake2b(state.encode(), digest_size=12).hexdigest()}"'
    held = request.headers.get("if-none-match", "")
    if tag in [one.strip() for one in held.split(",")]:
        raise HTTPException(304, headers=headers_of(tag))
    return tag


async def tag_of(request: Request, snapshot: Reviews) -> str:
    """See `fresh_tag`; for FastAPI's Depends."""
    return fresh_tag(request, snapshot)


Tag = Annotated[str, Depends(tag_of)]


def answer(tag: str, value: Any) -> Response:
    """A JSON answer that may be kept, and asked after with its ETag."""
    body = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return Response(
        body.encode("utf-8", "replace"), headers=headers_of(tag), media_type="application/json"
    )


def wants_csv(request: Request) -> bool:
    """Whether the caller would rather have CSV than JSON."""
    accepted = request.headers.get("accept", "").lower()
    return "text/csv" in accepted and "application/json" not in accepted


def reply(request: Request, tag: str, table: pd.DataFrame, document: dict[str, Any]) -> Response:
    """A table as JSON, or, where the caller asks for `text/csv`, all of its rows as CSV.

    Args:
        request: whose Accept decides.
        tag: of the answer.
        table: all rows.
        document: the JSON answer, perhaps of a part of them.
    """
    if not wants_csv(request):
        return answer(tag, document)
    body = csv_text(table).encode("utf-8", "replace")
    return Response(body, headers=headers_of(tag), media_type="text/csv; charset=utf-8")


def headers_of(tag: str) -> dict[str, str]:
    """What goes with every answer of a tag, be it the answer or that it is still true."""
    return {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept"}
