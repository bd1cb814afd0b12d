"""Opening a workbook, and which of its sheets are read; alone as a process that may die of it."""

from __future__ import annotations

import json
import sys
from io import BytesIO
from pathlib import Path

import python_calamine as calamine

from zigbang_nlp.tables.unicode import composed

#: Columns of a sheet, by every format's limit; a spoilt number says millions.
MOST_COLUMNS = 16_384
#: Most cells of a sheet, from A1 to the last that is filled, each row counted for 16 at least: a
#: million rows of 50 columns. They take about 3 GB when they are read.
MOST_CELLS = 50_000_000
_MOST_BYTES = 4 << 30


def open_workbook(path: Path, by_name: bool) -> calamine.CalamineWorkbook:
    """A workbook whose sheets aren't read yet.

    Args:
        path: of the file.
        by_name: whether its ending tells its format; else all formats are tried.
    """
    if by_name:
        return calamine.CalamineWorkbook.from_path(str(path))
    return calamine.CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))


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
        return [name for name in sheets if composed(name) == composed(asked)][:1]
    visible = [name for name, shown in sheets.items() if shown]
    return visible if asked == "all" else visible[:1]


def main() -> None:
    """Try to read the chosen sheets; print the name, rows and columns of those too large.

    The arguments are one JSON object: path, by_name, sheet (see `open_workbook` and
    `chosen_sheets`), most_cells, and cells: whether each cell is read too.
    """
    asked = json.loads(sys.argv[1])
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    book = open_workbook(Path(asked["path"]), asked["by_name"])
    for name in chosen_sheets(sheets_of(book), asked["sheet"]):
        try:  # one that can't be read doesn't hide what the next one does
            sheet = book.get_sheet_by_name(name)
            row, column = sheet.end or (0, 0)
            rows, columns = row + 1, column + 1
            if columns > MOST_COLUMNS or rows * max(columns, 16) > asked["most_cells"]:
                sys.stdout.write(json.dumps([name, rows, columns]) + "\n")
            elif asked["cells"]:
                sheet.to_python()
        except BaseException:  # noqa: BLE001 - Rust's panic too; it is told when it is read
            continue


if __name__ == "__main__":
    main()
