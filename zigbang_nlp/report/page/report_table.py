"""A table of a report: the rows the page shows, and all of them as CSV inside a link."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import pandas as pd

from zigbang_nlp.language.i18n import Translator
from zigbang_nlp.report.headings import COLUMNS, kinds
from zigbang_nlp.report.section import View
from zigbang_nlp.tables.cells import defused

#: Rows that a page shows; the CSV holds all.
_SHOWN = 60
_CSV = "data:text/csv;charset=utf-8;base64,"


#: What a cell shows, and whether it is a number, which stands to the right.
Cell = tuple[str, bool]


@dataclass(frozen=True)
class ReportTable:
    """A table as the page has it.

    Attributes:
        header, rows: what is shown.
        all: rows of the whole table.
        csv: the whole table as a data: address.
    """

    header: list[Cell]
    rows: list[tuple[Cell, ...]]
    all: int
    csv: str


def report_table_of(view: View, say: Translator) -> ReportTable | None:
    """The table of a view; None where it has none."""
    if view.table is None:
        return None
    rows = (view.table if view.rows is None else view.rows).head(_SHOWN)
    # Somebody's own topic may be called as a column of ours, and its cells are sentences.
    columns = {
        name: "text" if pd.api.types.is_string_dtype(rows[name]) else kind
        for name, kind in kinds(view.columns).items()
        if name in rows.columns
    }
    safe = view.table.map(lambda value: defused(value) if isinstance(value, str) else value)
    text = safe.to_csv(index=False)
    cells = [
        [(formatted(value, kind, say), kind != "text") for value in rows[name]]
        for name, kind in columns.items()
    ]
    return ReportTable(
        header=[
            (say(COLUMNS[name]) if name in COLUMNS else name, kind != "text")
            for name, kind in columns.items()
        ],
        rows=list(zip(*cells, strict=True)),
        all=len(view.table),
        # With a BOM, since Excel takes a CSV without one for CP949.
        csv=_CSV + base64.b64encode(text.encode("utf-8-sig", "replace")).decode(),
    )


def formatted(value: object, kind: str, say: Translator) -> str:
    """A value as people read it; a dash for none.

    >>> english = Translator("en")
    >>> [formatted(0.7123, kind, english) for kind in ("percent", "points", "ratio")]
    ['71.2%', '+71.2 pp', '0.71']
    """
    if value is None or value != value:  # NaN is not equal to itself
        return "–"
    if kind == "text":
        return str(value)
    number = float(str(value))
    if number == float("inf"):
        return "∞"
    if kind == "p":
        return "<0.001" if number < 0.001 else f"{number:.3f}"
    if kind == "points":
        return say("{value}%p", value=f"{100 * number:+.1f}")
    shapes = {"count": ",.0f", "percent": ".1%", "signed": "+.3f", "ratio": ".2f"}
    return format(number, shapes[kind])
