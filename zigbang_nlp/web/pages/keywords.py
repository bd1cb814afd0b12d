"""키워드: words that rise and fall, one word over time, and its relatives."""

from __future__ import annotations

from typing import Any

import pandas as pd
from fastapi import APIRouter, Request
from starlette.responses import Response

from zigbang_nlp.insight import queries as questions
from zigbang_nlp.insight.periods import Period
from zigbang_nlp.insight.queries import Filters
from zigbang_nlp.language.i18n import translated
from zigbang_nlp.web.api.listing import Reviews
from zigbang_nlp.web.downloads import one_of
from zigbang_nlp.web.pages.address import AddressFilters, Viewed
from zigbang_nlp.web.pages.figures import answer_or_reason, trend_chart
from zigbang_nlp.web.pages.render import language_of, page

router = APIRouter(include_in_schema=False)

_WORDS = 12
_PERIODS = ("quarter", "month", "year")


@router.get("/keywords")
def keywords(
    request: Request,
    snapshot: Reviews,
    filters: AddressFilters,
    view: Viewed,
    word: str = "",
    period: str = "quarter",
) -> Response:
    """What can't be read in the address is left out."""
    language = language_of(request.scope)
    typed = word.strip()[:50]
    span: Period = period if period in _PERIODS else "quarter"  # type: ignore[assignment]
    table, sentence = answer_or_reason(
        lambda: snapshot.query(questions.keywords, filters, 5), language
    )
    context: dict[str, Any] = {
        "word": typed,
        "span": span,
        "filters": filters,
        "sentence": sentence,
        "period": table.attrs if table is not None else {},
        "rising": _side(table, "rising"),
        "falling": _side(table, "falling"),
        "chart": None,
        "chart_sentence": "",
        "figures": None,
        "near": [],
        "together": [],
        "related_sentence": "",
    }
    trend = relatives = None
    if typed:
        trend, context["chart_sentence"] = answer_or_reason(
            lambda: snapshot.query(questions.mention_trend, Filters(), typed, span), language
        )
        context["figures"], _ = answer_or_reason(
            lambda: snapshot.query(questions.word, Filters(), typed), language
        )
        label = translated("‘{word}’ 언급 비율", language, word=typed)
        context["chart"] = trend_chart(trend, label, "rate", "mentions")
        relatives, context["related_sentence"] = answer_or_reason(
            lambda: snapshot.query(questions.related, typed), language
        )
        if relatives is not None:
            for name, method in (("near", "vectors"), ("together", "together")):
                context[name] = relatives[relatives["method"].eq(method)]["word"].tolist()
    if view.format:
        tables = {"keywords": table, "mentions": trend, "related": relatives}
        return one_of(tables, view.table, view.format)
    return page(request, "keywords.html", **context)


def _side(table: pd.DataFrame | None, direction: str) -> list[dict[Any, Any]]:
    """The surest words of one direction, with a bar's width each."""
    if table is None:
        return []
    side = table[table["direction"].eq(direction)].head(_WORDS)
    most = max(side["rate"].max(), side["base_rate"].max()) if len(side) else 1.0
    return [
        row
        | {
            "sure": row["significant"],
            "width": 100 * row["rate"] / most,
            "base_width": 100 * row["base_rate"] / most,
        }
        for row in side.to_dict("records")
    ]
