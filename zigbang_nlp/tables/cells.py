"""Cells of a table: what they hold as text, and text that a spreadsheet can't run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

from zigbang_nlp.errors import InputError
from zigbang_nlp.language.file_errors import file_error, name, placed
from zigbang_nlp.tables.unicode import composed

#: Cells a spreadsheet may run as a formula; the full-width marks count in East Asian ones. A
#: number with its sign is none.
_FORMULA = re.compile(
    r"(?![+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?%?$)[=+\-@＝＋－＠\x00-\x1f\x7f-\x9f]"
)
#: Types of cells that are no text, and what they are called.
_NOT_TEXT = {
    "bool": "true or false",
    "bool_": "true or false",
    "date": "a date",
    "datetime": "a date",
    "Timestamp": "a date",
    "time": "a time",
    "timedelta": "a time",
    "Timedelta": "a time",
    "dict": "an object",
    "list": "a list",
    "tuple": "a list",
    "set": "a list",
    "ndarray": "a list",
}


def is_missing(value: Any) -> bool:
    """Whether a cell holds nothing: None, NaN, NaT or pandas's NA."""
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def as_text(value: Any) -> str:
    """A cell as text: "" where it holds nothing; 12.0, as spreadsheets say 12, is "12".

    Raises:
        InputError: bytes that are neither UTF-8 nor CP949.
    """
    if type(value) is str:
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        return _decoded(bytes(value))
    if is_missing(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def written_text(value: Any, what: str = "text") -> str:
    """A cell that should hold what somebody wrote, composed; bytes are decoded, numbers spelled out.

    Args:
        value: the cell.
        what: it is, for messages.

    Raises:
        InputError: a list, an object, a date, true or false, which is another column.
    """
    if type(value) is str:
        return composed(value)
    wrong = _NOT_TEXT.get(type(value).__name__)
    if wrong and not is_missing(value):
        raise file_error("not text", what=name(what), kind=name(wrong), cell=shortened(value))
    return composed(as_text(value))


def review_texts(values: Iterable[Any], column: str, before: int = 0) -> list[str]:
    """The cells of a column as texts, "" where they hold nothing.

    Args:
        values: the cells.
        column: its name, for messages.
        before: rows of the file before these.

    Raises:
        InputError: a cell is no text; it names its row.
    """
    texts = []
    for row, value in enumerate(values, start=before + 1):
        try:
            texts.append(value if type(value) is str else written_text(value))
        except InputError as error:
            raise placed("cell", error, row=row, column=repr(column)) from error
    return texts


def shortened(value: Any, most: int = 60) -> str:
    """A value as messages quote it, cut where it is long."""
    quoted = repr(value)
    return quoted if len(quoted) <= most else f"{quoted[: most - 1]}…"


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8", "cp949"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise file_error("bytes", bytes=raw[:8].hex(" "))


def defused(value: Any) -> Any:
    """Text that a spreadsheet can't run: an apostrophe goes before a mark that begins a formula.

    `restored` takes it away again, so that what goes out comes back as it was.
    """
    if isinstance(value, str) and _FORMULA.match(value.lstrip("'")):
        return "'" + value
    return value


def restored(text: str) -> str:
    """The text that `defused` made safe.

    >>> restored(defused("-층간소음 심해요")), restored("'평범한' 단지")
    ('-층간소음 심해요', "'평범한' 단지")
    """
    return text[1:] if text.startswith("'") and _FORMULA.match(text.lstrip("'")) else text
