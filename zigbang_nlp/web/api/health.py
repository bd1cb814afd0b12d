"""/healthz, /readyz and /metrics: for those who watch over the server."""

from __future__ import annotations

from fastapi import APIRouter, Request
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, PlainTextResponse, Response

from zigbang_nlp.errors import StoreError
from zigbang_nlp.web.app_state import app_state_of

router = APIRouter(tags=["운영"])


@router.get("/healthz", summary="서버가 살아 있는지", response_class=PlainTextResponse)
async def healthz() -> PlainTextResponse:
    """프로세스가 응답하면 언제나 200입니다."""
    return PlainTextResponse("ok\n")


@router.get(
    "/readyz",
    summary="일할 준비가 되었는지",
    responses={503: {"description": "모델이나 저장소가 없습니다."}},
)
async def readyz(request: Request) -> Response:
    """모델이 있고 저장소가 응답하면 200, 아니면 503입니다."""
    app_state = app_state_of(request)
    states = {"model": "ok" if app_state.prediction_service.model else "missing", "store": "ok"}
    try:
        await run_in_threadpool(app_state.corpus_cache.check)
    except StoreError:
        states["store"] = "away"
    ready = set(states.values()) == {"ok"}
    return JSONResponse({"ready": ready, **states}, 200 if ready else 503)


@router.get("/metrics", summary="프로메테우스 지표", response_class=PlainTextResponse)
async def metrics(request: Request) -> Response:
    """요청 수와 걸린 시간, 판정한 글 수 등."""
    text = app_state_of(request).metrics.text()
    return Response(text, headers={"content-type": CONTENT_TYPE_PLAIN_0_0_4})
