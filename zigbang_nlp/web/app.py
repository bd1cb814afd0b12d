"""The application: everything put together, nothing started."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Scope

from zigbang_nlp import __version__
from zigbang_nlp.config import Settings
from zigbang_nlp.errors import StoreError, ZigbangError
from zigbang_nlp.predict.resolve_model import chosen_model
from zigbang_nlp.web import static_files
from zigbang_nlp.web.adapted_requests import AdaptingMiddleware
from zigbang_nlp.web.api import PREFIX, complexes, health, map_files, model, predict, words
from zigbang_nlp.web.api import search as search_api
from zigbang_nlp.web.api.schemas import PredictRequest
from zigbang_nlp.web.app_state import AppState, LatestEmbeddings
from zigbang_nlp.web.authentication import Authenticator
from zigbang_nlp.web.corpus_cache import CorpusCache
from zigbang_nlp.web.known_parameters import known_parameters
from zigbang_nlp.web.limits import LimitsMiddleware
from zigbang_nlp.web.metrics import Metrics
from zigbang_nlp.web.pages import (
    api_docs,
    changes,
    classify,
    compare,
    correct,
    data,
    explore,
    help,
    judged_file,
    keywords,
    label,
    login,
    prices,
    report,
    search,
    trace,
)
from zigbang_nlp.web.pages import complex as complex_page
from zigbang_nlp.web.pages.render import problem_answer
from zigbang_nlp.web.prediction_service import PredictionService
from zigbang_nlp.web.problems import Problem, problem_of, wrong_values
from zigbang_nlp.web.report_jobs import ReportJobs
from zigbang_nlp.web.upload_jobs import UploadJobs


def create_app(settings: Settings) -> ASGIApp:
    """The whole application, ready for an ASGI server.

    The model and the store are opened when the server starts it, and neither need be there.

    Args:
        settings: `serve` for the limits, `predict.model` and the paths for the bundle, the store.
    """
    metrics, authenticator = Metrics(), Authenticator(settings.serve.token)
    # A model that is trained while the one that ships is at work takes its place.
    better = None if settings.predict.model else settings.model_dir
    prediction_service = PredictionService(
        chosen_model(settings), settings.serve.max_waiting, metrics, better
    )
    corpus_cache, jobs = CorpusCache(settings.store_url), UploadJobs(prediction_service)
    reports = ReportJobs(
        corpus_cache.store,
        lambda: prediction_service.directory if prediction_service.model else None,
        settings.evaluation_dir / "metrics.json",
    )
    metrics.gauge(
        "zigbang_under_way", "Predictions under way.", lambda: prediction_service.under_way
    )
    metrics.gauge(
        "zigbang_model_ready", "1 with a model.", lambda: float(bool(prediction_service.model))
    )

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with contextlib.suppress(StoreError):
            corpus_cache.store()  # what is missing now may come later
        async with prediction_service.watching():
            yield
        jobs.close()
        reports.close()
        corpus_cache.close()

    app = FastAPI(
        title="zigbang-nlp",
        summary="아파트 단지 리뷰를 읽는 API",
        version=__version__,
        openapi_url=f"{PREFIX}/openapi.json",
        # Their pages load scripts from another host.
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(known_parameters)],
        generate_unique_id_function=lambda route: route.name.rstrip("_"),
        servers=[{"url": "/", "description": "이 서버"}],
        lifespan=lifespan,
    )
    app.state.app_state = AppState(
        settings,
        prediction_service,
        corpus_cache,
        jobs,
        reports,
        metrics,
        authenticator,
        LatestEmbeddings(settings.embeddings_dir),
    )
    for part in (health, predict, map_files, complexes, search_api, words, model, static_files):
        app.include_router(part.router)
    for shown_page in (
        *(explore, complex_page, compare, keywords, search, changes, prices, label, classify),
        *(judged_file, correct, trace, report, data, help, api_docs, login),
    ):
        app.include_router(shown_page.router)
    _describe(app)
    for kind in (Problem, ZigbangError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _explained)

    def shown(scope: Scope, problem: Problem) -> Response:
        return problem_answer({**scope, "app": app}, problem)

    # What is small gains nothing by being packed.
    packed = GZipMiddleware(app, minimum_size=1_000, compresslevel=5)
    guarded: ASGIApp = LimitsMiddleware(
        AdaptingMiddleware(packed), settings.serve, metrics, authenticator, shown
    )
    if settings.serve.cors:
        guarded = CORSMiddleware(
            guarded,
            allow_origins=settings.serve.cors,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "If-None-Match"],
            expose_headers=["ETag", "Retry-After"],
        )
    return guarded


async def _explained(request: Request, error: Exception) -> Response:
    """Every error that reaches the application becomes a problem."""
    if isinstance(error, HTTPException) and error.status_code == 304:
        return Response(status_code=304, headers=error.headers)
    return problem_answer(request.scope, _problem(error))


def _problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, ZigbangError):
        return problem_of(error)
    if isinstance(error, RequestValidationError):
        errors = wrong_values(error.errors())
        return Problem(422, "wrong-value", "요청 값이 올바르지 않습니다.", errors=errors)
    assert isinstance(error, HTTPException)
    headers = error.headers or {}
    if error.status_code == 404:
        return Problem(404, "not-found", "페이지를 찾을 수 없습니다.", headers)
    if error.status_code == 405:
        return Problem(405, "wrong-method", "이 주소에서 지원하지 않는 요청 방식입니다.", headers)
    return Problem(error.status_code, "refused", "요청을 처리할 수 없습니다.", headers)


def _describe(app: FastAPI) -> None:
    """Add what FastAPI can't see to the OpenAPI document: bodies that are read by hand."""
    document_of = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = document_of()
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            schemas["PredictRequest"] = PredictRequest.model_json_schema()
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            document["components"]["securitySchemes"] = {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "서버를 토큰과 함께 켰을 때만 필요합니다.",
                }
            }
            document["security"] = [{"token": []}, {}]
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
