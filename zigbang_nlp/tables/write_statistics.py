"""SPSS (.sav) and Stata (.dta) through pyreadstat, with variable and value labels."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from zigbang_nlp.errors import ConfigError
from zigbang_nlp.language.file_errors import example
from zigbang_nlp.tables.cells import is_missing
from zigbang_nlp.tables.target import TableWriter, Target, plain


@dataclass(frozen=True)
class _Limits:
    """What a format allows.

    Attributes:
        name: characters of a variable's name, or its bytes where `in_bytes`.
        label: characters of a variable's label.
        text: bytes of a cell, None without a limit that matters.
        reserved: names that are words of its language, parted by spaces.
    """

    name: int
    in_bytes: bool
    label: int
    text: int | None
    reserved: str


_SPSS = "all and by eq ge gt le lt ne not or to with"
_STATA = (
    "_all _b byte _coef _cons double float if in int long _n _pi _pred _rc _skip strl using with"
)
#: SPSS Statistics, "Variable names" and "Limits"; Stata, "Naming conventions" [U] 11.3.
_LIMITS = {
    ".sav": _Limits(64, True, 85, 32_767, _SPSS),
    ".dta": _Limits(32, False, 80, None, _STATA),
}
_MOST_DIGITS = 2**53
_ILLEGAL = re.compile(r"\W")
#: Stata's str1 to str2045 are names of its types too.
_STRING_TYPE = re.compile(r"str\d+")


class StatisticsWriter(TableWriter):
    """.sav and .dta: the whole table is held in memory, since both begin with what comes of all rows.

    Columns get names that the format allows, and their own names (or Korean labels) as labels.
    """

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        check_installed()
        self._chunks: list[pd.DataFrame] = []

    def write(self, chunk: pd.DataFrame) -> None:
        """See `TableWriter`."""
        self._chunks.append(chunk.astype(object))

    def finish(self) -> None:
        """See `TableWriter`."""
        import pyreadstat

        if not self._chunks:
            return
        whole = pd.concat(self._chunks, ignore_index=True)
        limits, notes = _LIMITS[self.target.ending], self.target.notes
        names = [str(name) for name in whole.columns]
        variables = variable_names(names, limits)
        labels: list[str | None] = [
            self.target.options.labels.get(name, name)[: limits.label] for name in names
        ]
        for name, variable in zip(names, variables, strict=True):
            if variable != name:
                notes.add("renamed variables", example("renamed", name=name, variable=variable))
        columns = {
            variable: self._column(whole.iloc[:, at], names[at])
            for at, variable in enumerate(variables)
        }
        frame = pd.DataFrame(columns)
        path = str(self.target.path)
        if self.target.ending == ".dta":
            pyreadstat.write_dta(frame, path, column_labels=labels)
            return
        known = self.target.options.value_labels
        values: Any = {
            variable: dict(known[name])
            for name, variable in zip(names, variables, strict=True)
            if name in known and pd.api.types.is_string_dtype(frame[variable].dtype)
        }
        # Rows hold the longest text of a column each, unless they are compressed.
        pyreadstat.write_sav(
            frame, path, column_labels=labels, variable_value_labels=values, row_compress=True
        )

    def _column(self, cells: pd.Series, name: str) -> pd.Series:
        """A column as numbers, moments or texts, whichever holds all its cells."""
        values = [None if is_missing(value) else value for value in cells.tolist()]
        kinds = {type(value) for value in values if value is not None}
        if kinds and all(issubclass(kind, datetime) for kind in kinds):
            moments = pd.to_datetime(pd.Series(values, dtype=object), errors="coerce", utc=True)
            if moments.notna().sum() == sum(value is not None for value in values):
                return moments.dt.tz_localize(None)
        numbers = [plain(value) for value in values]
        if kinds and all(value is None or _is_exact(value) for value in numbers):
            return pd.Series(
                [None if value is None else float(value) for value in numbers], dtype="float64"
            )
        texts = ["" if value is None else self._text(str(value), row, name)
                 for row, value in enumerate(numbers, start=1)]  # fmt: skip
        return pd.Series(texts, dtype="str")

    def _text(self, text: str, row: int, name: str) -> str:
        most = _LIMITS[self.target.ending].text
        text = text.replace("\x00", "")  # ends a text in both
        if most is None or len(text) * 4 <= most or len(text.encode()) <= most:
            return text
        place = example("cell of", row=row, column=name)
        self.target.notes.add("cut cells", place, most=f"{most // 3:,}")
        return text.encode()[:most].decode(errors="ignore")


def check_installed() -> None:
    """Raise `ConfigError` where pyreadstat is not installed."""
    try:
        import pyreadstat  # noqa: F401
    except ImportError as error:
        raise ConfigError(
            "The package pyreadstat is not installed.", "Run `pip install 'zigbang-nlp[spss]'`."
        ) from error


def variable_names(names: Sequence[str], limits: Any) -> list[str]:
    """Names that a format allows, each once, whatever the case of its letters."""
    variables: list[str] = []
    taken = set(limits.reserved.split())
    for name in names:
        base = _ILLEGAL.sub("_", unicodedata.normalize("NFC", name)).strip("_") or "column"
        if not base[0].isalpha():
            base = f"v_{base}"
        number, variable = 1, _cut(base, limits.name, limits.in_bytes)
        while variable.lower() in taken or _STRING_TYPE.fullmatch(variable.lower()):
            number += 1
            end = f"_{number}"
            variable = _cut(base, limits.name - len(end), limits.in_bytes) + end
        taken.add(variable.lower())
        variables.append(variable)
    return variables


def _cut(name: str, most: int, in_bytes: bool) -> str:
    return name.encode()[:most].decode(errors="ignore") if in_bytes else name[:most]


def _is_exact(value: Any) -> bool:
    return isinstance(value, bool | int | float) and abs(value) <= _MOST_DIGITS
