"""도움말: the guides that `zigbang-nlp help` shows, in the language of the page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from zigbang_nlp.guides.markdown import to_html
from zigbang_nlp.guides.topics import DOORS, TOPICS, guide, guides
from zigbang_nlp.web.pages.render import language_of, page
from zigbang_nlp.web.problems import Problem

router = APIRouter(include_in_schema=False)


@router.get("/help")
def doors(request: Request) -> Response:
    """The guides behind the three doors."""
    language = language_of(request.scope)
    listed = [(door, guides(door, language)) for door in DOORS]
    return page(request, "help.html", doors=listed, guide=None)


@router.get("/help/{topic}")
def topic(request: Request, topic: str) -> Response:
    """One guide, with the way to the others."""
    if topic not in TOPICS:
        raise Problem(404, "not-found", "페이지를 찾을 수 없습니다.")
    language = language_of(request.scope)
    shown = guide(topic, language)
    listed = [(door, guides(door, language)) for door in DOORS]
    # Our own files, rendered with HTML in them escaped.
    html = Markup(to_html(shown.markdown))
    return page(request, "help.html", doors=listed, guide=shown, html=html)
