"""Frames of `insight` as charts with a name on each row."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from zigbang_nlp.charts.rows import Row, interval_rows


def share(value: float) -> str:
    """A share on an axis: 25%."""
    return f"{value:.0%}"


def points(value: float) -> str:
    """A difference on an axis: +0.35, and 0 in its middle."""
    return f"{value:+.2f}" if value else "0"


def share_rows(
    table: pd.DataFrame, name: str, value: str, label: str, middle: float, interval: str = ""
) -> Markup:
    """A row for each of a frame: a share with its interval, beside what all are compared with.

    Args:
        table: rows in the order shown, with `texts`, how many each stands on.
        name: the column of names.
        value: the column of shares.
        label: what the chart shows.
        middle: the share that they are compared with.
        interval: what stands before `low` and `high` in the columns of the intervals' ends.
    """
    low, high = f"{interval}low", f"{interval}high"
    rows = _rows(table, [name, value, low, high, "texts"], ".1%", "–")
    return interval_rows(rows, label, share, middle=middle)


def effect_rows(table: pd.DataFrame, name: str, value: str, count: str, label: str) -> Markup:
    """A row for each of a frame: a difference with its interval, on an axis around zero.

    Args:
        table: rows in the order shown, at least one, with the intervals' ends `low` and `high`.
        name: the column of names.
        value: the column of differences.
        count: the column of how many each stands on.
        label: what the chart shows.
    """
    rows = _rows(table, [name, value, "low", "high", count], "+.2f", " ~ ")
    reach = float(table[[value, "low", "high"]].abs().to_numpy().max()) or 1.0
    return interval_rows(rows, label, points, middle=0.0, span=(-reach, reach))


def _rows(table: pd.DataFrame, columns: list[str], shape: str, between: str) -> list[Row]:
    """Rows of the columns of names, values, lower ends, upper ends and counts."""

    def text(number: float) -> str:
        return "–" if number != number else format(number, shape)

    return [
        Row(
            *(str(name), float(value), float(low), float(high), text(value)),
            note=f"{text(low)}{between}{text(high)} · n={int(count):,}",
        )
        for name, value, low, high, count in zip(*(table[c] for c in columns), strict=True)
    ]
