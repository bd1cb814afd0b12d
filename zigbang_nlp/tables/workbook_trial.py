"""A workbook opened first in a process that may die of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from zigbang_nlp.language.file_errors import file_error
from zigbang_nlp.tables.header import letters

#: Columns of a sheet, by every format's limit; a spoilt number says millions.
_MOST_COLUMNS = 16_384
#: Most cells of a sheet, from A1 to the last that is filled, each row counted for 16 at least: a
#: million rows of 50 columns. They take about 3 GB when they are read.
_MOST_CELLS = 50_000_000
_TRIAL_SECONDS = 300
#: Opens a workbook as `_opened` opens it, in a process that may die of it. Each line of its output
#: is a sheet that is too large: its name, rows and columns.
_TRIAL = """
import io, json, sys
import python_calamine
if sys.platform != "win32":
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
path, by_name, cells, widest, most = sys.argv[1:]
if by_name == "True":
    book = python_calamine.CalamineWorkbook.from_path(path)
else:
    with open(path, "rb") as stream:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(stream.read()))
for name in book.sheet_names:
    try:  # one that can't be read doesn't hide what the next one does
        sheet = book.get_sheet_by_name(name)
        row, column = sheet.end or (0, 0)
        rows, columns = row + 1, column + 1
        if columns > int(widest) or rows * max(columns, 16) > int(most):
            print(json.dumps([name, rows, columns]))
        elif cells == "True":
            sheet.to_python()
    except BaseException:  # Rust's panic too; it is told when it is read here
        pass
"""


def check_alive(path: Path, name: str, by_name: bool, cells: bool) -> None:
    """Refuse what would end or fill this process; nothing can catch that once it has begun.

    Calamine keeps a sheet as a whole rectangle, so a single cell far from the others, or a spoilt
    number of a row, makes it ask for more memory than there is, and abort.

    Args:
        path: of the workbook.
        name: what it is called in the error.
        by_name: whether its ending tells its format.
        cells: read each cell too, for the formats whose cells can abort.
    """
    limits = map(str, (by_name, cells, _MOST_COLUMNS, _MOST_CELLS))
    command = [sys.executable, "-c", _TRIAL, str(path), *limits]
    try:
        done = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=_TRIAL_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise file_error("damaged workbook", name=name) from error
    if done.returncode not in (0, 1):  # 1 is an exception, which is told when it is read here
        raise file_error("damaged workbook", name=name)
    if line := done.stdout.partition(b"\n")[0]:
        sheet, rows, columns = json.loads(line)
        raise file_error(
            "far cell", name=name, sheet=repr(sheet), rows=rows, column=letters(columns - 1)
        )
