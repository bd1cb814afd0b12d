"""판별: paste a review or send a file; wrong labels are corrected by a click."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, RedirectResponse, Response

from zigbang_nlp.charts.intervals import Mark, interval
from zigbang_nlp.charts.marked import marked_parts
from zigbang_nlp.errors import InputError
from zigbang_nlp.language.i18n import translated
from zigbang_nlp.records import LABELS, PredictionOptions
from zigbang_nlp.store import Correction
from zigbang_nlp.web.app_state import app_state_of
from zigbang_nlp.web.authentication import UPLOAD_PATH
from zigbang_nlp.web.pages.correct import keep
from zigbang_nlp.web.pages.forms import form_of, options_of, text_of
from zigbang_nlp.web.pages.render import chance, check_form, language_of, page
from zigbang_nlp.web.problems import Problem

router = APIRouter(include_in_schema=False)

_WORDS = 8
#: Log-odds that fill a bar, the same for every text: a sure label rests on about as much.
_SCALE = 4.0


@router.get("/classify")
async def classify(request: Request, corrected: str = "") -> Response:
    """The empty page."""
    return classify_page(request, corrected=corrected in LABELS)


@router.post("/classify")
async def classified(request: Request) -> Response:
    """The page with the answer to a pasted review."""
    form = await form_of(request)
    text = text_of(form, "text")
    app_state = app_state_of(request)
    most = app_state.settings.serve.max_characters
    language = language_of(request.scope)
    if len(text) > most:
        sentence = translated("{n:,}자까지 입력할 수 있습니다.", language, n=most)
        return classify_page(request, 422, text=text[:most], sentence=sentence)
    if not text.strip():
        return classify_page(request, sentence=translated("리뷰를 입력해 주세요.", language))
    topics = app_state.prediction_service.tells_topics
    (prediction,), model = await app_state.prediction_service.predict(
        [text], PredictionOptions(explain=True, topics=topics, sentences=True)
    )
    bundle = app_state.prediction_service.classifier.bundle
    why = prediction.explanation
    words = why.words if why else ()
    marked = [word for word in words if word.marked]
    sentences = prediction.sentences or ()
    result = {
        "prediction": prediction,
        "parts": marked_parts(text, words),
        "words": sorted(marked, key=lambda word: -abs(word.log_odds))[:_WORDS],
        "scale": _SCALE,
        "agreement": why.agreement if why else None,
        "sentences": sentences if len(sentences) > 1 else (),
        "topics": prediction.topics or (),
        "model": model,
        "gauge": interval(
            [Mark(prediction.probability, bundle.unsure_low, bundle.unsure_high, "base")],
            chance(prediction.probability),
            26,
        ),
        "other": "negative" if prediction.label == "positive" else "positive",
    }
    return classify_page(request, text=text, result=result)


@router.post("/classify/correct")
async def correct(request: Request) -> Response:
    """Keep what a person says of a text."""
    form = await form_of(request)
    app_state = app_state_of(request)
    if len(text_of(form, "text")) > app_state.settings.serve.max_characters:
        raise Problem(422, "text-too-long", "리뷰가 너무 깁니다.")
    model_label = text_of(form, "said")
    correction = Correction(
        text_of(form, "text"),
        text_of(form, "label"),
        model_label if model_label in LABELS else None,
        _probability(text_of(form, "probability")),
        text_of(form, "model")[:64] or None,
    )
    await run_in_threadpool(keep, app_state, correction)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"label": correction.label})
    return RedirectResponse(f"/classify?corrected={correction.label}", 303)


@router.post(UPLOAD_PATH)
async def send(request: Request) -> Response:
    """Take a file, and lead to the page of its progress."""
    async with request.form(max_files=1, max_fields=10) as form:
        check_form(request, text_of(form, "csrf"))
        sent = form.get("file")
        if not isinstance(sent, UploadFile) or not sent.filename:
            raise Problem(422, "no-file", "파일을 선택해 주세요.")
        app_state = app_state_of(request)
        column = text_of(form, "column").strip()
        try:
            job = await run_in_threadpool(
                app_state.jobs.take, sent.filename, sent.file, column, options_of(form)
            )
        except InputError as error:
            raise Problem(
                422, "unreadable-file", "파일을 읽을 수 없습니다: {why}", values={"why": error}
            ) from error
    address = f"/classify/file/{job.key}"
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"address": address}, 202)
    return RedirectResponse(address, 303)


def classify_page(request: Request, status: int = 200, **context: Any) -> Response:
    """The page, with an answer to a text, or a file under way or done."""
    blank: dict[str, Any] = {
        "text": "",
        "sentence": "",
        "result": None,
        "job": None,
        "rows": None,
        "corrected": False,
        "upload_path": UPLOAD_PATH,
        "ready": app_state_of(request).prediction_service.model is not None,
        "max_upload": app_state_of(request).settings.serve.max_upload,
    }
    return page(request, "classify.html", status, **(blank | context))


def _probability(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None
