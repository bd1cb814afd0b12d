"""Templates -> pages: language, theme, the token of the forms, and problems as pages."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jinja2
from fastapi import Request
from starlette.datastructures import QueryParams
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Scope

from zigbang_nlp.language.i18n import translated
from zigbang_nlp.records import CATEGORIES, LABELS
from zigbang_nlp.web.app_state import app_state_of
from zigbang_nlp.web.authentication import cookies_of
from zigbang_nlp.web.problems import Problem
from zigbang_nlp.web.static_files import static_url

FORM_COOKIE, LANGUAGE_COOKIE, THEME_COOKIE = "zigbang_form", "zigbang_lang", "zigbang_theme"
_YEAR = 31_536_000
_RANGE = re.compile(r"(?<=[\d%])–(?=[\d+-])")
#: Korea has had one clock, without summer time, since 1988.
_KOREA = timezone(timedelta(hours=9))
#: Paths whose errors are documents for programs, not pages.
_DOCUMENTS = ("/api/", "/metrics", "/healthz", "/readyz", "/static/")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent.parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"static": static_url, "categories": CATEGORIES, "labels": LABELS}
    environment.filters |= {
        "pct": _pct,
        "chance": chance,
        "number": _number,
        "day": _day,
        "moment": korean_moment,
    }
    return environment


def language_of(scope: Scope) -> str:
    """Choose "ko" or "en": as the address says, or the cookie; Korean for everybody else."""
    language = QueryParams(scope.get("query_string", b"")).get("lang")
    chosen = language or cookies_of(scope).get(LANGUAGE_COOKIE, "")
    return "en" if chosen == "en" else "ko"


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page.

    Args:
        request: whose language, theme and session the page takes.
        template: a file of `templates`.
        status: of HTTP.
        context: what it shows.
    """
    held = request.cookies.get(FORM_COOKIE, "")
    # The nonce that this browser's forms are bound to.
    session = held if 20 <= len(held) <= 60 else secrets.token_urlsafe(24)
    language = language_of(request.scope)
    theme = request.cookies.get(THEME_COOKIE, "")
    context |= {
        "lang": language,
        "theme": theme if theme in ("light", "dark") else "",
        "t": lambda korean, **values: _unbroken(translated(korean, language, **values)),
        "here": request.url.path,
        "other_language": _with(request, lang="ko" if language == "en" else "en"),
        "address": lambda **changes: _with(request, **changes),
        "csrf": app_state_of(request).authenticator.form_token(session),
        "needs_token": app_state_of(request).authenticator.needs_token,
    }
    body = _environment().get_template(template).render(context)
    answer = HTMLResponse(body.encode("utf-8", "replace"), status)
    answer.headers["Cache-Control"] = "private, no-cache"
    secure = request.url.scheme == "https"
    if held != session:
        answer.set_cookie(FORM_COOKIE, session, httponly=True, samesite="strict", secure=secure)
    if request.query_params.get("lang") in ("ko", "en"):
        answer.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR, samesite="lax", secure=secure)
    return answer


def check_form(request: Request, shown: str) -> None:
    """Raise the problem that a form isn't one of our own pages', if it isn't."""
    if not app_state_of(request).authenticator.is_form_token(
        request.cookies.get(FORM_COOKIE, ""), shown
    ):
        raise Problem(
            403,
            "foreign-form",
            "이 페이지에서 보낸 양식이 아니거나 유효 시간이 지났습니다. 페이지를 새로 고친 뒤 다시 보내세요.",
        )


def problem_answer(scope: Scope, problem: Problem) -> Response:
    """A problem as the caller can read it: a page for people, a document for programs."""
    if _wants_document(scope):
        # A page's script shows it on the page, whose language need not be the browser's.
        chosen = LANGUAGE_COOKIE in cookies_of(scope) and not scope["path"].startswith(_DOCUMENTS)
        return problem.response(scope, language_of(scope) if chosen else "")
    if problem.status == 401:
        return RedirectResponse(f"/login?next={quote(_target(scope), safe='/')}", 303)
    answer = page(
        Request(scope),
        "problem.html",
        problem.status,
        sentence=problem.sentence(language_of(scope)),
        code=problem.status,
    )
    for name, value in problem.headers.items():
        answer.headers[name] = value
    return answer


def _wants_document(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    html = b"text/html" in headers.get(b"accept", b"")
    return not html or scope["path"].startswith(_DOCUMENTS) or "app" not in scope


def _target(scope: Scope) -> str:
    if scope["method"] != "GET":
        return "/"
    query = scope.get("query_string", b"").decode("latin-1")
    return f"{scope['path']}?{query}" if query else str(scope["path"])


def _with(request: Request, **changes: Any) -> str:
    """This page's address with some parameters changed; None takes one away."""
    kept = [(k, v) for k, v in request.query_params.multi_items() if k not in changes]
    kept += [(k, str(v)) for k, v in changes.items() if v is not None and v != ""]
    return request.url.path + (f"?{urlencode(kept)}" if kept else "")


def _unbroken(sentence: str) -> str:
    """A sentence in which no line ends within a range of numbers, "55%–67%"."""
    return _RANGE.sub("–\u2060", sentence)


def _pct(value: float | None, digits: int = 0) -> str:
    return "–" if value is None or value != value else f"{100 * value:.{digits}f}%"


def chance(probability: float | None) -> str:
    """A model's probability in whole percent, which never says that it is certain.

    Args:
        probability: in [0, 1]; None or NaN where there is none.
    """
    shown = _pct(probability)
    return {"0%": "<1%", "100%": ">99%"}.get(shown, shown)


def _number(value: float | None) -> str:
    return "–" if value is None or value != value else f"{value:,.0f}"


def korean_moment(value: datetime) -> str:
    """A stored moment (UTC) as clocks in Korea show it."""
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return f"{aware.astimezone(_KOREA):%Y.%m.%d %H:%M}"


def _day(value: Any) -> str:
    return "" if value is None or value != value else f"{value:%Y.%m.%d}"
