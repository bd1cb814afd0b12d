"""What a page shows, as a file: CSV and Excel, neither of which can run anything, and points."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pandas as pd
from starlette.responses import Response

from zigbang_nlp.insight.map_files import feature_collection, geopackage
from zigbang_nlp.tables.cells import defused

#: Letters that a cell of Excel holds.
_MOST_LETTERS = 32_767
GEOPACKAGE = "application/geopackage+sqlite3"


def file_of(table: pd.DataFrame, name: str, format: str) -> Response:
    """All rows of a table as a download.

    Args:
        table: what the page shows a part of; for points one of `insight.where` by complex.
        name: of the file, without its ending.
        format: "csv" or "xlsx", or "geojson" or "gpkg" for points on a map.
    """
    make, media_type = _FORMATS[format]
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{name}.{format}')}",
        "Cache-Control": "private, no-cache",
    }
    return Response(make(table), headers=headers, media_type=media_type)


def one_of(tables: Mapping[str, pd.DataFrame | None], chosen: str, format: str) -> Response:
    """The table of a page that is wanted, as a download; the first that there is by default.

    Args:
        tables: name -> table; None where the page has none to show.
        chosen: a name.
        format: "csv" or "xlsx".
    """
    there = {name: table for name, table in tables.items() if table is not None}
    name = chosen if chosen in there else next(iter(there), "table")
    return file_of(there.get(name, pd.DataFrame()), name, format)


def csv_text(table: pd.DataFrame) -> str:
    """A table as CSV; a text that a spreadsheet would run gets an apostrophe before it."""
    return table.map(lambda value: defused(_plain(value))).to_csv(index=False)


def _workbook(table: pd.DataFrame) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet("zigbang_nlp")
    sheet.freeze_panes = "A2"

    def cell(value: Any) -> Any:
        value = _plain(value)
        if not isinstance(value, str):
            return value
        text_cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value)[:_MOST_LETTERS])
        text_cell.data_type = "s"  # told to be text, it is no formula, whatever it begins with
        return text_cell

    sheet.append([cell(str(name)) for name in table.columns])
    for row in table.itertuples(index=False):
        sheet.append([cell(value) for value in row])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _plain(value: Any) -> Any:
    """A cell as both formats hold it: no NaN, no infinity, no list, no moment with a zone."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if value is None or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, pd.Timestamp | datetime):
        return pd.Timestamp(value).tz_localize(None).to_pydatetime()
    return value.item() if hasattr(value, "item") else value


#: Format -> (what makes it of a table, its media type).
_FORMATS: dict[str, tuple[Callable[[pd.DataFrame], bytes], str]] = {
    "csv": (
        lambda table: csv_text(table).encode("utf-8-sig", "replace"),
        "text/csv; charset=utf-8",
    ),
    "xlsx": (_workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "geojson": (
        lambda table: json.dumps(feature_collection(table), ensure_ascii=False).encode(),
        "application/geo+json",
    ),
    "gpkg": (lambda table: geopackage(feature_collection(table)), GEOPACKAGE),
}
