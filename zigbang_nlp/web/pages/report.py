"""보고서: asked for with the present filters, followed while it is written, and downloaded."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response

from zigbang_nlp.language.i18n import Translator
from zigbang_nlp.report.make import subject
from zigbang_nlp.web.app_state import app_state_of
from zigbang_nlp.web.pages.address import filters_of, least_of
from zigbang_nlp.web.pages.forms import form_of, text_of
from zigbang_nlp.web.pages.render import language_of, page
from zigbang_nlp.web.problems import Problem

router = APIRouter(include_in_schema=False)


@router.post("/report")
async def ask(request: Request) -> Response:
    """Put a report in the queue, and lead to the page of its progress."""
    form = await form_of(request)
    names = ("region", "category", "since", "until")
    key = text_of(form, "complex").strip()[:300]
    filters = replace(
        filters_of(*(text_of(form, name) for name in names)),
        complexes=(key,) if key else (),
        topic=text_of(form, "topic").strip()[:50] or None,
        named=text_of(form, "q").strip()[:100],
        min_texts=least_of(text_of(form, "min_texts")),
    )
    job = app_state_of(request).reports.ask(filters, language_of(request.scope))
    return RedirectResponse(f"/report/{job.key}", 303)


@router.get("/report/{key}")
async def progress(request: Request, key: str) -> Response:
    """How far a report is: a page that renews itself, or JSON for programs."""
    job = app_state_of(request).reports.find(key)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse(
            {"state": job.state, "done": job.done, "total": job.total, "trouble": job.reason}
        )
    return page(
        request,
        "report.html",
        job=job,
        subject=subject(job.filters, Translator(language_of(request.scope))),
    )


@router.get("/report/{key}/report.html")
async def answer(request: Request, key: str) -> Response:
    """The report as a file of its own."""
    job = app_state_of(request).reports.find(key)
    if job.state != "done":
        raise Problem(409, "not-done", "아직 보고서를 다 만들지 못했습니다.")
    packed = "gzip" in request.headers.get("accept-encoding", "")
    return FileResponse(
        job.packed if packed else job.file,
        media_type="text/html; charset=utf-8",
        filename="report.html",
        headers={"Vary": "Accept-Encoding"} | ({"Content-Encoding": "gzip"} if packed else {}),
    )
