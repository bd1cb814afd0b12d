"""Cells of a table: what they hold as text, and text that a spreadsheet can't run."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

#: Cells a spreadsheet may run as a formula; the full-width marks count in East Asian ones.
_FORMULA = re.compile(r"[=+\-@＝＋－＠\x00-\x1f\x7f-\x9f]")


def is_missing(value: Any) -> bool:
    """Whether a cell holds nothing: None, NaN, NaT or pandas's NA."""
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def as_text(value: Any) -> str:
    """A cell as text: "" where it holds nothing; 12.0, as spreadsheets say 12, is "12"."""
    if type(value) is str:
        return value
    if is_missing(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def defused(value: Any) -> Any:
    """Text that a spreadsheet can't run: an apostrophe goes before a mark that begins a formula."""
    if isinstance(value, str) and _FORMULA.match(value):
        return "'" + value
    return value
