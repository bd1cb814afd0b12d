"""찾기: search over all reviews, by words, topic, label, place, period and score."""

from __future__ import annotations

from typing import Any

import pandas as pd
from fastapi import APIRouter, Request
from starlette.responses import Response

from zigbang_nlp.charts.intervals import Mark, interval
from zigbang_nlp.charts.marked import hit_parts
from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.insight.by_meaning import with_keys
from zigbang_nlp.insight.searching import Question
from zigbang_nlp.language.i18n import translated
from zigbang_nlp.records import LABELS
from zigbang_nlp.web import queries
from zigbang_nlp.web.api.listing import Reviews
from zigbang_nlp.web.app_state import app_state_of
from zigbang_nlp.web.downloads import file_of
from zigbang_nlp.web.pages.address import AddressFilters, Viewed, choices, refusal, score_of
from zigbang_nlp.web.pages.correct import with_corrections
from zigbang_nlp.web.pages.explore import complex_link
from zigbang_nlp.web.pages.render import language_of, page

router = APIRouter(include_in_schema=False)

_ROWS = 20
#: Columns of the file, in order.
FILE_COLUMNS = (
    "name", "district", "written_at", "category", "score", "label", "probability", "topics",
    "text", "complex", "review_id",
)  # fmt: skip


@router.get("/search")
def search(
    request: Request,
    snapshot: Reviews,
    filters: AddressFilters,
    view: Viewed,
    q: str = "",
    mention: str = "",
    topic: str = "",
    label: str = "",
    score_from: str = "",
    score_to: str = "",
    by: str = "",
    like: str = "",
) -> Response:
    """The form, and what was found: the newest first, by meaning the nearest."""
    language = language_of(request.scope)
    offered = choices(snapshot)
    question = Question(
        q.strip()[:200],
        label if label in LABELS else None,
        topic if topic in offered["topics"] else None,
        filters,
        (score_of(score_from), score_of(score_to)),
        mention.strip()[:50],
        by == "meaning",
        like[:32],
    )
    context: dict[str, Any] = {
        "question": question,
        "asked": question != Question(),
        "sentence": "",
        "hits": None,
        "nearest": None,
        "rows": [],
        "chart": None,
        "number": 1,
        "pages": 1,
        **offered,
    }
    embeddings = app_state_of(request).embeddings()
    try:
        hits, nearest = queries.search(snapshot, question, embeddings, view.number, _ROWS)
        if view.format:
            most = max(hits.texts, 1)
            everything, _ = queries.search(snapshot, question, embeddings, 1, most)
            return file_of(hits_table(everything.table), "reviews", view.format)
        at, pages = view.slice(hits.texts, _ROWS)
        if at != view.number:
            hits, nearest = queries.search(snapshot, question, embeddings, at, _ROWS)
    except (InsightError, InputError) as error:
        return page(request, "search.html", **context | {"sentence": refusal(error, language)})
    table = with_keys(hits.table, embeddings)
    rows = [_row(row) for row in table.to_dict("records")]
    context |= {"hits": hits, "nearest": nearest, "number": at, "pages": pages}
    context["rows"] = with_corrections(app_state_of(request), rows)
    if hits.judged and nearest is None:
        label_ = translated("긍정 비율", language)
        marks = [Mark(hits.share, hits.low, hits.high)]
        context["chart"] = interval(marks, f"{label_} {hits.share:.0%}", 20)
    return page(request, "search.html", **context)


def hits_table(table: pd.DataFrame) -> pd.DataFrame:
    """Hits as a file has them; those by meaning say how near they are."""
    more = [name for name in ("similarity",) if name in table]
    return queries.in_words(table)[[*FILE_COLUMNS, *more]]


def _row(row: dict[Any, Any]) -> dict[Any, Any]:
    return row | {
        "parts": hit_parts(row["text"], row["spans"]),
        "link": complex_link(row["complex"]),
    }
