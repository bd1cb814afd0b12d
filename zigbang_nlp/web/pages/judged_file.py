"""판정 > 파일: how far a file is, its rows as a table, each mended by a click, and its downloads."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, JSONResponse, Response

from zigbang_nlp.errors import InputError
from zigbang_nlp.language.file_notes import note_sentence
from zigbang_nlp.language.i18n import translated
from zigbang_nlp.records import LABELS
from zigbang_nlp.store import Correction
from zigbang_nlp.web.app_state import AppState, app_state_of
from zigbang_nlp.web.downloads import file_of
from zigbang_nlp.web.job_rows import SORTS, chosen_rows, load_rows
from zigbang_nlp.web.pages.address import View, Viewed
from zigbang_nlp.web.pages.classify import classify_page
from zigbang_nlp.web.pages.correct import keep, kept_answer
from zigbang_nlp.web.pages.forms import form_of, text_of
from zigbang_nlp.web.pages.render import language_of
from zigbang_nlp.web.problems import Problem
from zigbang_nlp.web.upload_jobs import Job

router = APIRouter(include_in_schema=False)

_ROWS = 20
_CHOICES = (*LABELS, "unsure", "none")
#: What is told of a file as its job has it.
_PROGRESS = (
    *("key", "name", "column", "state", "done", "total"),
    *("positive", "negative", "unsure"),
)


@router.get("/classify/file/{key}")
async def progress(
    request: Request, view: Viewed, key: str, label: str = "", q: str = "", sort: str = "row"
) -> Response:
    """How far a file is, or its rows; JSON for the page's script."""
    job = app_state_of(request).jobs.find(key)
    state = _progress(job, language_of(request.scope))
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse(state)
    if job.state != "done":
        return classify_page(request, job=state)
    chosen = {
        "label": label if label in _CHOICES else "",
        "q": q[:100],
        "sort": sort if sort in SORTS else "row",
    }
    shown = await run_in_threadpool(_table, job, view, chosen)
    if isinstance(shown, Response):
        return shown
    return classify_page(request, job=state, chosen=chosen, **shown)


@router.get("/classify/file/{key}/answer.csv")
async def answer(request: Request, key: str) -> Response:
    """The file with its predictions."""
    job = _done_job(request, key)
    name = f"{job.name.rsplit('.', 1)[0]}-판정.csv"
    return FileResponse(job.output, media_type="text/csv; charset=utf-8", filename=name)


@router.post("/classify/file/{key}/correct")
async def correct(request: Request, key: str) -> Response:
    """Keep what a person says of one row."""
    form = await form_of(request)
    job = _done_job(request, key)
    number, label = text_of(form, "row"), text_of(form, "label")
    confirmed = await run_in_threadpool(
        _correct, app_state_of(request), job, int(number) if number.isdecimal() else 0, label
    )
    return kept_answer(request, form, label, confirmed)


def _done_job(request: Request, key: str) -> Job:
    job = app_state_of(request).jobs.find(key)
    if job.state != "done":
        raise Problem(409, "not-done", "아직 판정이 끝나지 않았습니다.")
    return job


def _correct(app_state: AppState, job: Job, number: int, label: str) -> bool:
    table = load_rows(job.rows, {})
    matches = table[table["row"].eq(number)]
    if matches.empty or label not in LABELS:
        raise Problem(422, "wrong-correction", "리뷰가 비어 있거나 판정 값이 올바르지 않습니다.")
    row = matches.iloc[0]
    model_label = row["label"] if isinstance(row["label"], str) else None
    keep(
        app_state, Correction(row["text"], label, model_label, float(row["probability"]), job.model)
    )
    job.corrected[number] = label
    return bool(model_label == label)


def _table(job: Job, view: View, chosen: dict[str, str]) -> dict[str, Any] | Response:
    table = chosen_rows(load_rows(job.rows, job.corrected), **chosen)
    if view.format:
        return file_of(table, f"{job.name.rsplit('.', 1)[0]}-rows", view.format)
    at, pages = view.slice(len(table), _ROWS)
    rows = table.iloc[(at - 1) * _ROWS : at * _ROWS].to_dict("records")
    for row in rows:
        row["label"] = row["label"] if isinstance(row["label"], str) else ""
        row["corrected"] = row["corrected"] if isinstance(row["corrected"], str) else ""
    return {"rows": rows, "found": len(table), "number": at, "pages": pages}


def _trouble(job: Job, language: str) -> str:
    """Why a file failed; of what only says itself in English, no more than what to do."""
    if isinstance(job.trouble, str):
        return translated(job.trouble, language)
    if language == "en":
        return str(job.trouble)
    if isinstance(job.trouble, InputError) and job.trouble.korean:
        return job.trouble.korean
    return translated(
        "파일을 읽다가 멈췄습니다. 다른 형식(CSV, 엑셀)으로 저장해 다시 올려 주세요.", language
    )


def _progress(job: Job, language: str) -> dict[str, Any]:
    return {name: getattr(job, name) for name in _PROGRESS} | {
        "trouble": _trouble(job, language),
        "seen": job.seen.table(language) if job.seen else [],
        "notes": [note_sentence(note, language) for note in job.seen.notes] if job.seen else [],
    }
