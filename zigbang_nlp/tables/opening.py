"""Opening a workbook, and which of its sheets are read; alone as a process that may die of it.

Each workbook waits for that process, and it for what it imports: so that is as little as can be.
"""

from __future__ import annotations

import sys
from io import BytesIO
from unicodedata import normalize

import python_calamine as calamine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

#: Columns of a sheet, by every format's limit; a spoilt number says millions.
MOST_COLUMNS = 16_384
#: Most cells of a sheet, from A1 to the last that is filled, each row counted for 16 at least: a
#: million rows of 50 columns. They take about 3 GB when they are read.
MOST_CELLS = 50_000_000
_MOST_BYTES = 4 << 30


def open_workbook(path: Path | str, by_name: bool) -> calamine.CalamineWorkbook:
    """A workbook whose sheets aren't read yet.

    Args:
        path: of the file.
        by_name: whether its ending tells its format; else all formats are tried.
    """
    if by_name:
        return calamine.CalamineWorkbook.from_path(str(path))
    with open(path, "rb") as file:  # noqa: PTH123 - pathlib is much to import
        return calamine.CalamineWorkbook.from_filelike(BytesIO(file.read()))


def sheets_of(book: calamine.CalamineWorkbook) -> dict[str, bool]:
    """The names of its sheets with cells, and whether each is visible."""
    visible = calamine.SheetVisibleEnum.Visible
    table = calamine.SheetTypeEnum.WorkSheet
    return {s.name: s.visible == visible for s in book.sheets_metadata if s.typ == table}


def chosen_sheets(sheets: dict[str, bool], asked: str | None) -> list[str]:
    """The sheets to read: the first visible, the one that is asked for, or with "all" each visible.

    Args:
        sheets: see `sheets_of`.
        asked: see `ReadOptions.sheet`.
    """
    if asked is not None and asked != "all":
        composed = normalize("NFC", asked)
        return [name for name in sheets if normalize("NFC", name) == composed][:1]
    visible = [name for name, shown in sheets.items() if shown]
    return visible if asked == "all" else visible[:1]


def trial(path: Path, by_name: bool, cells: bool, sheet: str | None) -> list[str]:
    """The command that tries to read the chosen sheets, see `main`.

    Args:
        path: of the file.
        by_name: see `open_workbook`.
        cells: whether each cell is read too.
        sheet: see `chosen_sheets`. In hexadecimal, as an argument can't hold every character.
    """
    how = ["by name" if by_name else "", "cells" if cells else "", str(MOST_CELLS)]
    named = [] if sheet is None else [sheet.encode("utf-8", "surrogatepass").hex()]
    # -P: a module of the user's folder that is named like one of ours or Python's isn't imported.
    return [sys.executable, "-P", __file__, str(path), *how, *named]


def main() -> None:
    """Try to read the chosen sheets; print rows, columns and the name of those too large.

    The arguments are those of `trial`.
    """
    path, by_name, cells, most_cells, *sheet = sys.argv[1:]
    asked = bytes.fromhex(sheet[0]).decode("utf-8", "surrogatepass") if sheet else None
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    book = open_workbook(path, by_name == "by name")
    for name in chosen_sheets(sheets_of(book), asked):
        try:  # one that can't be read doesn't hide what the next one does
            table = book.get_sheet_by_name(name)
            row, column = table.end or (0, 0)
            rows, columns = row + 1, column + 1
            if columns > MOST_COLUMNS or rows * max(columns, 16) > int(most_cells):
                print(rows, columns, ascii(name))  # noqa: T201 - to `excel`
            elif cells == "cells":
                table.to_python()
        except BaseException:  # noqa: BLE001 - Rust's panic too; it is told when it is read
            continue


if __name__ == "__main__":
    main()
