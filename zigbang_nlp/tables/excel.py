"""Workbooks: .xlsx, .xlsm, .xlsb, .xls and .ods, through calamine."""

from __future__ import annotations

import subprocess
from ast import literal_eval
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
import python_calamine as calamine

from zigbang_nlp.language.bilingual import Bilingual
from zigbang_nlp.language.file_errors import file_error, quoted
from zigbang_nlp.language.file_errors import name as word
from zigbang_nlp.tables.header import is_data, letters, place_names
from zigbang_nlp.tables.opening import chosen_sheets, open_workbook, sheets_of, trial
from zigbang_nlp.tables.real_format import OLD_EXCEL, ZIP, is_locked
from zigbang_nlp.tables.source import CHUNK, Source, first_line
from zigbang_nlp.tables.unicode import composed

#: Rows in which the header is looked for.
_HEADER_WITHIN = 30
#: A header fills at least this share of the columns that the fullest of those rows fills.
_HEADER_FILLS = 0.6
#: Seconds that a workbook may take to be tried.
_TRIAL_SECONDS = 300

Row = list[Any]


def read_excel(source: Source) -> Iterator[pd.DataFrame]:
    """The rows of a workbook's sheet, or of all of them, each cell as it is.

    Read are the first visible sheet, or the one that `options.sheet` names, or with "all" every
    visible one, in order; sheets that are left out are noted. A merged cell counts for each of
    its rows. Rows above the header (titles, blank rows) are left out and noted.

    Raises:
        InputError: a password, a format that can't be read, no such sheet, no header.
    """
    with _opened(source) as book:
        chosen = _chosen(book, source)
        rows = 0
        for name in chosen:
            for chunk in _rows(book.get_sheet_by_name(name), source):
                rows += len(chunk)
                yield chunk
        others = [name for name in sheets_of(book) if name not in chosen]
    if not rows and others:
        raise file_error(
            "empty sheet", name=source.name, sheets=quoted(chosen), others=quoted(others)
        )


def _opened(source: Source) -> calamine.CalamineWorkbook:
    path, name = source.path, source.name
    by_name = source.ending == path.suffix.lower()  # as calamine goes; else it tries all formats
    with path.open("rb") as stream:
        whole = stream.read(4) in (OLD_EXCEL, ZIP)
    if whole:  # else it is refused before anything is asked for
        _check_alive(source, by_name)
    try:
        return open_workbook(path, by_name)
    except calamine.PasswordError as error:
        raise file_error("password", name=name) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        if is_locked(path):
            raise file_error("password", name=name) from error
        why = Bilingual(f": {first_line(error)}", "")
        raise file_error("unreadable workbook", name=name, why=why) from error


def _check_alive(source: Source, by_name: bool) -> None:
    """Refuse what would end or fill this process; nothing can catch that once it has begun.

    Calamine keeps a sheet as a whole rectangle, so a single cell far from the others, or a spoilt
    number of a row, makes it ask for more memory than there is, and abort. Only the sheets that
    will be read are tried; their cells too, in the formats whose cells can abort.
    """
    name = source.name
    cells = source.ending in (".xls", ".xlsb") or not by_name
    command = trial(source.path, by_name, cells, source.options.sheet)
    try:
        done = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=_TRIAL_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise file_error("damaged workbook", name=name) from error
    if done.returncode not in (0, 1):  # 1 is an exception, which is told when it is read here
        raise file_error("damaged workbook", name=name)
    if line := done.stdout.partition(b"\n")[0]:
        rows, columns, large = line.decode().strip().split(" ", 2)
        sheet, column = repr(literal_eval(large)), letters(int(columns) - 1)
        raise file_error("far cell", name=name, sheet=sheet, rows=rows, column=column)


def _chosen(book: calamine.CalamineWorkbook, source: Source) -> list[str]:
    """The names of the sheets to read; notes those that are left out."""
    known, sheet = sheets_of(book), source.options.sheet
    chosen = chosen_sheets(known, sheet)
    if not chosen and sheet not in (None, "all"):
        sheets = quoted(known) or word("none")
        raise file_error("no sheet", name=source.name, sheet=repr(sheet), known=sheets)
    if not chosen:
        raise file_error("hidden sheets", name=source.name)
    left = [name for name in known if name not in chosen]
    if left:
        hidden = [name for name in left if not known[name]]
        source.notes.add(
            "sheets left out",
            count=len(left),
            read=", ".join(chosen),
            left=", ".join(f"{name} (hidden)" if name in hidden else name for name in left),
        )
    return chosen


def _rows(sheet: calamine.CalamineSheet, source: Source) -> Iterator[pd.DataFrame]:
    rows: list[Row] = sheet.to_python(skip_empty_area=False)
    filled = _fill_merged(rows, sheet.merged_cell_ranges or ())
    if filled:
        source.notes.add("merged cells filled", count=filled, sheet=sheet.name)
    if not any(map(_full, rows)):
        return
    at = _header(rows, source)
    source.notes.facts |= {"sheet": sheet.name, "header row": str(at + 1) if at >= 0 else "none"}
    before = sum(1 for row in rows[: max(at, 0)] if _full(row))
    if before:
        source.notes.add("rows above the header", count=before, row=at + 1)
    width = max(
        (i + 1 for row in rows[max(at, 0) :] for i, cell in enumerate(row) if cell != ""), default=0
    )
    names = _names(rows[at][:width]) if at >= 0 else place_names(width)
    body = [[_as_shown(cell) for cell in row[:width]] for row in rows[at + 1 :]]
    while body and not _full(body[-1]):
        body.pop()  # what a spreadsheet keeps below the table
    for start in range(0, max(len(body), 1), CHUNK):
        yield pd.DataFrame(body[start : start + CHUNK], columns=names, dtype=object)


def _as_shown(cell: Any) -> Any:
    """A whole number without the fraction that every number of a workbook has."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _full(row: Sequence[Any]) -> int:
    """How many cells of a row hold something."""
    return sum(1 for cell in row if cell != "" and not (isinstance(cell, str) and cell.isspace()))


def _fill_merged(rows: list[Row], merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> int:
    """Give each row of a merged cell its value, in its first column; returns how many were given."""
    filled = 0
    for (top, left), (bottom, _) in merged:
        for row in range(top + 1, min(bottom + 1, len(rows))):
            if left < len(rows[row]) and left < len(rows[top]) and rows[row][left] == "":
                rows[row][left] = rows[top][left]
                filled += rows[top][left] != ""
    return filled


def _header(rows: Sequence[Row], source: Source) -> int:
    """Which row names the columns, counted from 0; -1 where none does.

    It is the row that was said; else the first that names all columns that are needed; else the
    first that is nearly as full as the fullest and holds nothing but different texts.
    """
    header_row = source.options.header_row
    if header_row == 0:
        return -1
    if header_row is not None:
        if not 1 <= header_row <= len(rows) or not _full(rows[header_row - 1]):
            raise file_error("blank header", name=source.name, row=header_row)
        return header_row - 1
    near = list(enumerate(rows[:_HEADER_WITHIN]))
    for at, row in near:
        if source.needed and set(source.needed) <= {composed(str(cell)).strip() for cell in row}:
            return at
    filled = [row for _, row in near if _full(row)]
    if is_data(filled, source.needed):
        source.notes.add("no header")
        return -1
    widest = max(_full(row) for _, row in near)
    for at, row in near:
        texts = [cell for cell in row if cell != ""]
        enough = len(texts) >= max(1, _HEADER_FILLS * widest)
        if enough and all(isinstance(c, str) for c in texts) and len(set(texts)) == len(texts):
            return at
    return next(at for at, row in near if _full(row))


def _names(header: Row) -> list[str]:
    """Column names; one without a name is called after its place, as spreadsheets do (C)."""
    names = [
        composed(str(_as_shown(cell))).strip() or f"column {letters(place)}"
        for place, cell in enumerate(header)
    ]
    doubled = sorted(name for name, times in Counter(names).items() if times > 1)
    if doubled:
        raise file_error("same names", names=quoted(doubled))
    return names
