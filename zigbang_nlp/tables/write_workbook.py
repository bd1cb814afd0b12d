"""Excel workbooks, written row by row."""

from __future__ import annotations

import contextlib
import re
from datetime import date, datetime
from typing import Any

import pandas as pd

from zigbang_nlp.language.file_errors import example
from zigbang_nlp.tables.cells import defused, is_missing
from zigbang_nlp.tables.target import TableWriter, Target, plain

#: Rows of a sheet and characters of a cell, as Excel has them; digits that its numbers keep.
_SHEET_ROWS, _CELL_CHARACTERS, _DIGITS = 1_048_576, 32_767, 15
#: What Open XML spells _x0008_: characters that XML lacks, and what is spelled so itself
#: (ECMA-376, part 1, 22.9.2.19, ST_Xstring).
_ESCAPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
#: The first day that Excel's calendar has and everybody counts alike.
_FIRST_DAY = date(1900, 3, 1)


class WorkbookWriter(TableWriter):
    """.xlsx: text cells are text whatever they begin with, so that nothing runs and nothing is changed.

    More rows than a sheet holds go to further sheets. Cells that are cut are noted.
    """

    def __init__(self, target: Target) -> None:
        from openpyxl import Workbook

        super().__init__(target)
        self._book = Workbook(write_only=True)
        self._sheet: Any = None
        self._on_sheet = 0

    def write(self, chunk: pd.DataFrame) -> None:
        """See `TableWriter`."""
        names = [str(name) for name in chunk.columns]
        columns = [chunk.iloc[:, at].tolist() for at in range(len(names))]
        if self._sheet is None:
            self._begin(names)
        for row, cells in enumerate(zip(*columns, strict=True), start=self.rows + 1):
            if self._on_sheet == _SHEET_ROWS:
                self._begin(names)
            self._sheet.append(
                [self._cell(cell, row, name) for name, cell in zip(names, cells, strict=True)]
            )
            self._on_sheet += 1

    def finish(self) -> None:
        """See `TableWriter`."""
        self._book.save(self.target.path)

    def abandon(self) -> None:
        """See `TableWriter`."""
        for sheet in self._book.worksheets:
            with contextlib.suppress(Exception):
                sheet.close()
                sheet._writer.cleanup()  # its temporary file

    def _begin(self, names: list[str]) -> None:
        self._sheet = self._book.create_sheet(f"reviews {len(self._book.worksheets) + 1}")
        self._sheet.freeze_panes = "A2"
        self._sheet.append([self._text(name) for name in names])
        self._on_sheet = 1

    def _cell(self, value: Any, row: int, name: str) -> Any:
        if isinstance(value, str):
            if len(value) > _CELL_CHARACTERS:
                place = example("cell of", row=row, column=name)
                self.target.notes.add("cut cells", place, most=f"{_CELL_CHARACTERS:,}")
            return self._text(value[:_CELL_CHARACTERS])
        if is_missing(value):
            return None
        if isinstance(value, date):  # a datetime is one
            day = value.date() if isinstance(value, datetime) else value
            if day >= _FIRST_DAY:
                return value.replace(tzinfo=None) if isinstance(value, datetime) else value
        value = plain(value)
        if isinstance(value, str):
            return self._cell(value, row, name)
        exact = isinstance(value, bool) or abs(value) < 10**_DIGITS
        return value if exact else self._text(str(value))

    def _text(self, text: str) -> Any:
        from openpyxl.cell import WriteOnlyCell

        cell = WriteOnlyCell(self._sheet, _ESCAPED.sub(_escape, text))
        cell.data_type = "s"  # never a formula
        if defused(text) is not text:
            cell.quotePrefix = True  # nor does it become one when somebody edits it
        return cell


def _escape(match: re.Match[str]) -> str:
    return f"_x{ord(match[0]):04X}_"
