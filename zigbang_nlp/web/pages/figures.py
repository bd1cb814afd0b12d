"""What several pages need: frames as points of a chart, and a sentence where there is no answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pandas as pd

from zigbang_nlp.charts.lines import Point
from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.web.pages.address import refusal

Answer = TypeVar("Answer")


def answer_or_reason(ask: Callable[[], Answer], language: str) -> tuple[Answer | None, str]:
    """(the answer, ""), or (None, why the reviews can't give it)."""
    try:
        return ask(), ""
    except (InsightError, InputError) as error:
        return None, refusal(error, language)


def points_of(table: pd.DataFrame, value: str, count: str) -> list[Point]:
    """Rows of `trend` or `mention_trend` as points."""
    return [
        Point(row["label"], row[value], row["low"], row["high"], int(row[count]))
        for row in table.to_dict("records")
    ]
