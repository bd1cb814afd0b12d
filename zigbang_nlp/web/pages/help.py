"""도움말: the guides that `zigbang-nlp help` shows, in the language of the page."""

from __future__ import annotations

from functools import cache

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from zigbang_nlp.guides.markdown import to_html
from zigbang_nlp.guides.topics import DOORS, TOPICS, Guide, guide, guides
from zigbang_nlp.web.pages.render import language_of, page
from zigbang_nlp.web.problems import Problem

router = APIRouter(include_in_schema=False)


@router.get("/help")
def doors(request: Request) -> Response:
    """The guides behind the three doors."""
    return page(request, "help.html", doors=_doors(language_of(request.scope)), guide=None)


@router.get("/help/{topic}")
def topic(request: Request, topic: str) -> Response:
    """One guide, with the way to the others."""
    if topic not in TOPICS:
        raise Problem(404, "not-found", "페이지를 찾을 수 없습니다.")
    language = language_of(request.scope)
    shown, html = _guide(topic, language)
    return page(request, "help.html", doors=_doors(language), guide=shown, html=html)


@cache
def _doors(language: str) -> list[tuple[str, list[Guide]]]:
    return [(door, guides(door, language)) for door in DOORS]


@cache
def _guide(topic: str, language: str) -> tuple[Guide, Markup]:
    """A guide as it is written and as HTML: our own files, in which HTML is escaped."""
    shown = guide(topic, language)
    return shown, Markup(to_html(shown.markdown))
