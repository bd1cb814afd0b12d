"""A person's word on a stored review, given by a click on any page that shows it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, RedirectResponse, Response

from zigbang_nlp.errors import InputError, StoreError
from zigbang_nlp.language.i18n import translated
from zigbang_nlp.store import Correction
from zigbang_nlp.web.app_state import AppState, app_state_of
from zigbang_nlp.web.pages.forms import form_of, own_address, text_of
from zigbang_nlp.web.pages.render import language_of
from zigbang_nlp.web.problems import Problem
from zigbang_nlp.web.queries import LABEL_OF

router = APIRouter(include_in_schema=False)


@router.post("/reviews/correct")
async def correct(request: Request) -> Response:
    """Keep what a person says of a review; the model's own label is a confirmation."""
    form = await form_of(request)
    key = tuple(text_of(form, name) for name in ("complex", "review_id", "category"))
    label = text_of(form, "label")
    confirmed = await run_in_threadpool(_keep_of_review, app_state_of(request), key, label)
    return kept_answer(request, form, label, confirmed)


def _keep_of_review(app_state: AppState, key: tuple[str, ...], label: str) -> bool:
    corpus = app_state.corpus_cache.snapshot().reviews()
    texts = corpus.texts[corpus.texts["complex"].eq(key[0])]
    matches = texts[texts["review_id"].eq(key[1]) & texts["category"].eq(key[2])]
    if matches.empty:
        raise Problem(404, "no-such-review", "리뷰를 찾을 수 없습니다. 목록을 새로 고쳐 주세요.")
    row = matches.iloc[0]
    model_label = LABEL_OF.get(row["positive"])
    keep(
        app_state,
        Correction(
            row["text"],
            label,
            model_label,
            float(row["probability"]) if row["probability"] == row["probability"] else None,
            corpus.models[0] if len(corpus.models) == 1 else None,
        ),
    )
    return model_label == label


def kept_answer(request: Request, form: FormData, label: str, confirmed: bool) -> Response:
    """What follows on a word that was kept: a sentence for a script, else the page it was said on."""
    if "application/json" in request.headers.get("accept", ""):
        language = language_of(request.scope)
        sentence = translated("확인함", language) if confirmed else translated("고침", language)
        return JSONResponse({"label": label, "confirmed": confirmed, "sentence": sentence})
    return RedirectResponse(own_address(text_of(form, "back")), 303)


def keep(app_state: AppState, correction: Correction) -> None:
    """Store a correction or a confirmation.

    Raises:
        Problem: it is blank, or its label is none.
    """
    try:
        app_state.corpus_cache.store().corrections.add(correction)
    except InputError as error:
        raise Problem(
            422, "wrong-correction", "리뷰가 비어 있거나 판정 값이 올바르지 않습니다."
        ) from error
    app_state.metrics.corrections.inc()


def with_corrections(app_state: AppState, rows: list[dict[Any, Any]]) -> list[dict[Any, Any]]:
    """Rows of a page with what people said of their texts: `corrected`, a label or ""."""
    try:
        known = app_state.corpus_cache.store().corrections.labels_of(row["text"] for row in rows)
    except StoreError:
        known = {}
    return [row | {"corrected": known.get(row["text"], "")} for row in rows]
