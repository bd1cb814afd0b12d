"""라벨링: texts for people to label, how they agree, and shares corrected by what they say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from zigbang_nlp.charts.intervals import Mark, interval
from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.insight.labelling import KINDS
from zigbang_nlp.insight.sentiment import By
from zigbang_nlp.language.i18n import Translator
from zigbang_nlp.store.annotations import Annotation
from zigbang_nlp.web import labelling
from zigbang_nlp.web.api.listing import Reviews
from zigbang_nlp.web.app_state import app_state_of
from zigbang_nlp.web.corpus_cache import Snapshot
from zigbang_nlp.web.downloads import one_of
from zigbang_nlp.web.pages.address import Viewed
from zigbang_nlp.web.pages.explore import complex_link
from zigbang_nlp.web.pages.figures import answer_or_reason
from zigbang_nlp.web.pages.forms import form_of, own_address, text_of
from zigbang_nlp.web.pages.render import language_of, page
from zigbang_nlp.web.problems import Problem

router = APIRouter(include_in_schema=False)

_ROWS = 10
#: Remembers the name that a browser's user gave.
PERSON_COOKIE = "zigbang_person"
_LONGEST_NAME = 40
#: By what shares are broken down.
BREAKDOWNS: dict[str, By | None] = {"": None, "category": "category", "district": "district"}


@router.get("/label")
def label(
    request: Request,
    snapshot: Reviews,
    view: Viewed,
    person: str = "",
    queue: str = "random",
    by: str = "",
) -> Response:
    """The next texts of a queue for a person, and what all labels together say."""
    language = language_of(request.scope)
    annotations = app_state_of(request).corpus_cache.store().annotations.all()
    name = (person or _name_kept(request)).strip()[:_LONGEST_NAME]
    kind = queue if queue in KINDS else "random"
    by = by if by in BREAKDOWNS else ""
    asked: dict[str, Callable[[], pd.DataFrame | None]] = {
        "agreement": lambda: labelling.agreement(snapshot, annotations),
        "corrected": lambda: labelling.corrected(snapshot, annotations, BREAKDOWNS[by]),
        "trend": lambda: labelling.trend(snapshot, annotations),
        "drivers": lambda: labelling.drivers(snapshot, annotations),
    }
    answers = {what: answer_or_reason(ask, language) for what, ask in asked.items()}
    tables = {what: table for what, (table, _) in answers.items()}
    if view.format:
        return one_of({"labels": _labels(annotations)} | tables, view.table, view.format)
    context: dict[str, Any] = {
        "person": name,
        "queue": kind,
        "by": by,
        "people": pd.Series([one.person for one in annotations]).value_counts().to_dict(),
        "next": None,
        "rows": [],
        "sentence": "",
        **_shown(tables, by, Translator(language)),
        **{f"{what}_sentence": why_not for what, (_, why_not) in answers.items()},
    }
    try:
        snapshot.reviews()
        if name:
            texts, left, done = labelling.next_texts(
                snapshot, annotations, name, kind, _ROWS, app_state_of(request).embeddings()
            )
            context["next"] = {"ready": texts is not None, "left": left, "done": done}
            context["rows"] = [] if texts is None else _rows(snapshot, texts)
    except InsightError as error:
        context["sentence"] = error.sentence(language)
    answer = page(request, "label.html", **context)
    if person.strip():
        secure = request.url.scheme == "https"
        answer.set_cookie(
            PERSON_COOKIE, name.encode().hex(), max_age=31_536_000, httponly=True,
            samesite="lax", secure=secure,
        )  # fmt: skip
    return answer


@router.post("/label")
async def labelled(request: Request) -> Response:
    """Keep one person's label of one text."""
    form = await form_of(request, fields=12)
    store_of = app_state_of(request).corpus_cache.store
    source, apartment = labelling.split_key(text_of(form, "complex"))
    key = (source, apartment, text_of(form, "review_id"), text_of(form, "category"))
    person, kind = text_of(form, "person")[:_LONGEST_NAME], text_of(form, "queue")
    label = Annotation(key, person, text_of(form, "label"), kind if kind in KINDS else "random")
    try:
        kept = await run_in_threadpool(lambda: store_of().annotations.add([label]))
    except InputError:
        kept = 0
    if not kept:  # nor where the store doesn't hold the review
        raise Problem(
            422,
            "wrong-label",
            "이름이나 라벨, 리뷰가 올바르지 않습니다. 페이지를 새로 고쳐 주세요.",
        )
    if "application/json" in request.headers.get("accept", ""):
        say = Translator(language_of(request.scope))
        return JSONResponse({"label": text_of(form, "label"), "sentence": say("저장했습니다.")})
    return RedirectResponse(own_address(text_of(form, "back")), 303)


def _rows(snapshot: Snapshot, texts: pd.DataFrame) -> list[dict[str, Any]]:
    corpus = snapshot.reviews()
    names = corpus.complexes.set_index("complex")["name"]
    rows = texts.assign(name=texts["complex"].map(names)).to_dict("records")
    return [
        {str(key): value for key, value in row.items()}
        | {
            "link": complex_link(row["complex"]),
            "resembles": corpus.texts["text"].iloc[row["other"]] if row["other"] >= 0 else "",
        }
        for row in rows
    ]


def _labels(annotations: list[Annotation]) -> pd.DataFrame:
    rows = [(*one.key, one.person, one.label, one.queue, one.made_at) for one in annotations]
    names = ["source", "apartment_id", "review_id", "category", "person", "label", "queue"]
    return pd.DataFrame(rows, columns=[*names, "made_at"])


def _shown(tables: dict[str, pd.DataFrame | None], by: str, say: Translator) -> dict[str, Any]:
    """What all labels together say, as the page shows it."""
    agreement, corrected = tables["agreement"], tables["corrected"]
    trend, drivers = tables["trend"], tables["drivers"]
    return {
        "agreement": _records(agreement),
        "fleiss": None if agreement is None else agreement.attrs,
        "corrected": [_corrected(row, by, say) for row in _records(corrected)],
        "accuracy": None if corrected is None else corrected.attrs,
        "slope": None if trend is None else trend.iloc[0].to_dict(),
        "drivers": [row | {"name": say.category(row["driver"])} for row in _records(drivers)],
    }


def _records(table: pd.DataFrame | None) -> list[dict[Any, Any]]:
    return [] if table is None else table.to_dict("records")


def _corrected(row: dict[Any, Any], by: str, say: Translator) -> dict[Any, Any]:
    """A share: as the model judged, and corrected where that is known."""
    marks = [Mark(row["naive"], row["naive_low"], row["naive_high"], "base")]
    known = row["share"] == row["share"]
    if known:
        marks.append(Mark(row["share"], row["low"], row["high"]))
    name = str(row[by or "group"])
    name = name if by == "district" else say.category(name)
    return row | {"name": name, "known": known, "chart": interval(marks, name, 16)}


def _name_kept(request: Request) -> str:
    try:
        return bytes.fromhex(request.cookies.get(PERSON_COOKIE, "")).decode()
    except ValueError:
        return ""
