"""What several pages need of the reviews: rows, marks and points, and a sentence where there are none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pandas as pd
from markupsafe import Markup

from zigbang_nlp.charts.intervals import Mark
from zigbang_nlp.charts.lines import Point, over_time
from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.insight import queries as questions
from zigbang_nlp.insight.queries import Filters
from zigbang_nlp.web import queries
from zigbang_nlp.web.corpus_cache import Snapshot
from zigbang_nlp.web.pages.address import refusal

Answer = TypeVar("Answer")
Row = dict[Any, Any]


def answer_or_reason(ask: Callable[[], Answer], language: str) -> tuple[Answer | None, str]:
    """(the answer, ""), or (None, why the reviews can't give it)."""
    try:
        return ask(), ""
    except (InsightError, InputError) as error:
        return None, refusal(error, language)


def trend_chart(
    table: pd.DataFrame | None, label: str, value: str = "share", count: str = "texts"
) -> Markup | None:
    """The chart of a `trend` or a `mention_trend`; shares are drawn on all of 0 to 1."""
    if table is None:
        return None
    points = [
        Point(row["label"], row[value], row["low"], row["high"], int(row[count]))
        for row in table.to_dict("records")
    ]
    return over_time(points, label, whole=value == "share")


def overall_of(snapshot: Snapshot, key: str) -> Row:
    """A complex's row in the list of all; nothing where none of its texts was judged."""
    table, _ = answer_or_reason(lambda: queries.complexes(snapshot, Filters()), "ko")
    rows = [] if table is None else table[table["complex"].eq(key)].to_dict("records")
    return rows[0] if rows else {}


def profile_of(snapshot: Snapshot, filters: Filters) -> dict[Any, Row]:
    """Category -> its sentiment; nothing where no text that is meant was judged."""
    table, _ = answer_or_reason(lambda: snapshot.query(questions.profile, filters), "ko")
    return {} if table is None else table.set_index("category").to_dict("index")


def share_mark(row: Row, series: str) -> Mark:
    """The share of positive texts with its interval."""
    return Mark(row["share"], row["wilson_low"], row["wilson_high"], series)


def praise_of(topics: pd.DataFrame | None, most: int) -> dict[str, list[Row]]:
    """Topics by how they are spoken of; one that is praised and complained of is in both."""
    if topics is None:
        return {"praised": [], "complained": []}
    table = topics.assign(negative=topics["texts"] - topics["positive"])
    return {
        side: table[table[count].gt(0)].nlargest(most, count).to_dict("records")
        for side, count in (("praised", "positive"), ("complained", "negative"))
    }
