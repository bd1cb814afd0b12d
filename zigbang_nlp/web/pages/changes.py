"""변화: what differs between two periods, each difference with its test; trends over all and by topic."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
from fastapi import APIRouter, Request
from starlette.responses import Response

from zigbang_nlp.charts.rows import Row, interval_rows
from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.insight import queries as questions
from zigbang_nlp.language.i18n import Translator
from zigbang_nlp.web import labelling
from zigbang_nlp.web.api.listing import Reviews
from zigbang_nlp.web.app_state import app_state_of
from zigbang_nlp.web.downloads import one_of
from zigbang_nlp.web.pages.address import AddressFilters, Viewed, choices, day_of, refusal
from zigbang_nlp.web.pages.figures import answer_or_reason, trend_chart
from zigbang_nlp.web.pages.render import language_of, page

router = APIRouter(include_in_schema=False)

#: What is compared, in the order shown.
MEASURES = ("positive", "spoken")


@router.get("/changes")
def changes(
    request: Request,
    snapshot: Reviews,
    filters: AddressFilters,
    view: Viewed,
    base_since: str = "",
    base_until: str = "",
    topic: str = "",
) -> Response:
    """The later period against the earlier one; without periods, what is recent against before."""
    language = language_of(request.scope)
    say = Translator(language)
    offered = choices(snapshot)
    chosen = topic if topic in offered["topics"] else None
    context: dict[str, Any] = {
        "filters": filters,
        "base": (day_of(base_since), day_of(base_until)),
        "topic": chosen,
        "sentence": "",
        "periods": {},
        "sides": [],
        "trend": None,
        "trend_sentence": "",
        "corrected": None,
        "corrected_sentence": "",
        **offered,
    }
    try:
        table = snapshot.query(questions.before_after, filters, *context["base"])
    except (InsightError, InputError) as error:
        return page(request, "changes.html", **context | {"sentence": refusal(error, language)})
    place = replace(filters, since=None, until=None)
    trend, context["trend_sentence"] = answer_or_reason(
        lambda: snapshot.query(questions.trend, place, "quarter", chosen), language
    )
    if view.format:
        dated = table.assign(**{str(name): day for name, day in table.attrs.items()})
        return one_of({"changes": dated, "trend": trend}, view.table, view.format)
    context["trend"] = trend_chart(trend, say("긍정 비율 추이"))
    annotations = app_state_of(request).corpus_cache.store().annotations.all()
    corrected, why_not = (
        answer_or_reason(
            lambda: labelling.change(snapshot, annotations, place, table.attrs), language
        )
        if annotations
        else (None, "")
    )
    context |= {
        "corrected": corrected,
        "corrected_sentence": why_not,
        "periods": table.attrs,
        "sides": [_side(table, measure, say) for measure in MEASURES],
    }
    return page(request, "changes.html", **context)


def _side(table: pd.DataFrame, measure: str, say: Translator) -> dict[str, Any]:
    """The rows of one measure, findings first, and how they are drawn."""
    own = table[table["measure"].eq(measure)]
    own = own.assign(size=own["difference"].abs()).sort_values(
        ["significant", "size"], ascending=False, kind="stable"
    )
    rows = [
        row
        | {"name": say.category(row["name"]) if row["kind"] != "topic" else row["name"]}
        | {"is_topic": row["kind"] == "topic"}
        for row in own.to_dict("records")
    ]
    reach = max((max(abs(row["low"]), abs(row["high"])) for row in rows), default=1.0) or 1.0
    # Speaking more of something is neither good nor bad.
    plain = measure == "spoken"
    drawn = [
        Row(
            row["name"],
            row["difference"],
            row["low"],
            row["high"],
            say("{value}%p", value=f"{100 * row['difference']:+.1f}")
            + (" *" if row["significant"] else ""),
            f"{100 * row['low']:+.1f} ~ {100 * row['high']:+.1f}",
            "base" if plain or not row["significant"] else None,
        )
        for row in rows
    ]
    label = say("긍정 비율의 차이") if measure == "positive" else say("언급 비율의 차이")
    chart = interval_rows(
        drawn,
        label,
        lambda v: say("{value}%p", value=f"{100 * v:+.0f}") if v else "0",
        middle=0.0,
        span=(-reach, reach),
    )
    return {"measure": measure, "rows": rows, "chart": chart if rows else None}
