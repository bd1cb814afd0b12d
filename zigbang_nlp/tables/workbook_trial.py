"""A workbook opened first in a process that may die of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from zigbang_nlp.language.file_errors import file_error
from zigbang_nlp.tables import opening
from zigbang_nlp.tables.header import letters

_TRIAL_SECONDS = 300


def check_alive(path: Path, name: str, by_name: bool, sheet: str | None, cells: bool) -> None:
    """Refuse what would end or fill this process; nothing can catch that once it has begun.

    Calamine keeps a sheet as a whole rectangle, so a single cell far from the others, or a spoilt
    number of a row, makes it ask for more memory than there is, and abort. Only the sheets that
    will be read are tried.

    Args:
        path: of the workbook.
        name: what it is called in the error.
        by_name: whether its ending tells its format.
        sheet: see `ReadOptions.sheet`.
        cells: read each cell too, for the formats whose cells can abort.
    """
    asked = {
        "path": str(path),
        "by_name": by_name,
        "sheet": sheet,
        "cells": cells,
        "most_cells": opening.MOST_CELLS,
    }
    # -P: a module of the user's folder that is named like one of ours or Python's isn't imported.
    command = [sys.executable, "-P", "-m", opening.__name__, json.dumps(asked)]
    try:
        done = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=_TRIAL_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise file_error("damaged workbook", name=name) from error
    if done.returncode not in (0, 1):  # 1 is an exception, which is told when it is read here
        raise file_error("damaged workbook", name=name)
    if line := done.stdout.partition(b"\n")[0]:
        large, rows, columns = json.loads(line)
        raise file_error(
            "far cell", name=name, sheet=repr(large), rows=rows, column=letters(columns - 1)
        )
