"""라벨링: texts for people to label, how they agree, and shares corrected by what they say."""

from __future__ import annotations

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
    breakdown = by if by in BREAKDOWNS else ""
    if view.format:
        tables = {
            "labels": _labels(annotations),
            "agreement": answer_or_reason(
                lambda: labelling.agreement(snapshot, annotations), language
            )[0],
            "corrected": answer_or_reason(
                lambda: labelling.corrected(snapshot, annotations, BREAKDOWNS[breakdown]),
                language,
            )[0],
            "trend": answer_or_reason(lambda: labelling.trend(snapshot, annotations), language)[0],
            "drivers": answer_or_reason(lambda: labelling.drivers(snapshot, annotations), language)[
                0
            ],
        }
        return one_of(tables, view.table, view.format)
    context: dict[str, Any] = {
        "person": name,
        "queue": kind,
        "by": breakdown,
        "people": pd.Series([one.person for one in annotations]).value_counts().to_dict(),
        "next": None,
        "rows": [],
        "sentence": "",
        **_agreement(snapshot, annotations, language),
        **_corrected(snapshot, annotations, breakdown, language),
        **_trends(snapshot, annotations, language),
    }
    try:
        snapshot.reviews()
        if name:
            texts = labelling.next_texts(
                snapshot, annotations, name, kind, _ROWS, app_state_of(request).embeddings()
            )
            context["next"] = texts
            context["rows"] = [] if texts.rows is None else _rows(snapshot, texts.rows)
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
    source, apartment = labelling.split_key(text_of(form, "complex"))
    key = (source, apartment, text_of(form, "review_id"), text_of(form, "category"))
    kind = text_of(form, "queue")
    try:
        await run_in_threadpool(
            lambda: labelling.add_label(
                app_state_of(request).corpus_cache.store(),
                text_of(form, "person")[:_LONGEST_NAME],
                key,
                text_of(form, "label"),
                kind if kind in KINDS else "random",
            )
        )
    except InputError as error:
        raise Problem(
            422,
            "wrong-label",
            "이름이나 라벨, 리뷰가 올바르지 않습니다. 페이지를 새로 고쳐 주세요.",
        ) from error
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
    names = [
        "source",
        "apartment_id",
        "review_id",
        "category",
        "person",
        "label",
        "queue",
        "made_at",
    ]
    return pd.DataFrame(rows, columns=names)


def _agreement(snapshot: Snapshot, annotations: list[Annotation], language: str) -> dict[str, Any]:
    table, sentence = answer_or_reason(lambda: labelling.agreement(snapshot, annotations), language)
    return {
        "agreement": [] if table is None else table.to_dict("records"),
        "fleiss": None if table is None else table.attrs,
        "agreement_sentence": sentence,
    }


def _corrected(
    snapshot: Snapshot, annotations: list[Annotation], by: str, language: str
) -> dict[str, Any]:
    say = Translator(language)
    table, sentence = answer_or_reason(
        lambda: labelling.corrected(snapshot, annotations, BREAKDOWNS[by]),
        language,
    )
    if table is None:
        return {"corrected": [], "accuracy": None, "corrected_sentence": sentence}
    column = by or "group"
    rows = []
    for row in table.to_dict("records"):
        marks = [Mark(row["naive"], row["naive_low"], row["naive_high"], "base")]
        known = row["share"] == row["share"]
        if known:
            marks.append(Mark(row["share"], row["low"], row["high"]))
        name = str(row[column])
        name = say.category(name) if column != "district" else name
        rows.append(row | {"name": name, "known": known, "chart": interval(marks, name, 16)})
    return {"corrected": rows, "accuracy": table.attrs, "corrected_sentence": ""}


def _trends(snapshot: Snapshot, annotations: list[Annotation], language: str) -> dict[str, Any]:
    """The trend and the drivers as the model gives them, and corrected."""
    say = Translator(language)
    trend, sentence = answer_or_reason(lambda: labelling.trend(snapshot, annotations), language)
    drivers, why_not = answer_or_reason(lambda: labelling.drivers(snapshot, annotations), language)
    rows = [] if drivers is None else drivers.to_dict("records")
    return {
        "slope": None if trend is None else trend.iloc[0].to_dict(),
        "slope_sentence": sentence,
        "drivers": [row | {"name": say.category(row["driver"])} for row in rows],
        # Neither an answer nor a reason: it is being found out.
        "drivers_sentence": why_not or say("계산하고 있습니다. 잠시 뒤 다시 열어 보세요."),
    }


def _name_kept(request: Request) -> str:
    try:
        return bytes.fromhex(request.cookies.get(PERSON_COOKIE, "")).decode()
    except ValueError:
        return ""
