"""Which row of a table names its columns, where titles stand above it or no row does."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from zigbang_nlp.tables.column_names import NAMES, folded
from zigbang_nlp.tables.unicode import composed

_KNOWN = {name for names in NAMES.values() for name in names}
#: A sentence in Korean that asks nothing, as the headers of surveys do.
_SENTENCE = re.compile(
    r"(?=.*[가-힣])(?!.*(?:[?:]|주세요|하세요|시오|나요|까요|인가요)\W*$)\S+\s+\S.*"
)
_NUMBER = re.compile(r"\s*[-+]?\d+(?:[.,]\d+)?\s*")


def names_columns(row: Sequence[Any], needed: Collection[str]) -> bool:
    """Whether a row holds the columns that are needed, or a name that people give columns."""
    cells = {composed(str(cell)).strip() for cell in row}
    if needed and set(needed) <= cells:
        return True
    return any(folded(cell) in _KNOWN for cell in cells)


def title_rows(rows: Sequence[Sequence[str]], needed: Collection[str]) -> int:
    """How many of the first rows are titles, above a row that names columns.

    Args:
        rows: the first rows of separated values.
        needed: columns that must be there.
    """
    widths = [len(row) for row in rows if row]
    usual = max(set(widths), key=widths.count, default=0)
    if usual < 2:
        return 0
    at = next((at for at, row in enumerate(rows) if len(row) == usual), 0)
    titles = [row for row in rows[:at] if row]
    if not titles or not names_columns(rows[at], needed):
        return 0
    return 0 if any(names_columns(row, needed) for row in titles) else at


def is_data(rows: Sequence[Sequence[Any]], needed: Collection[str]) -> bool:
    """Whether the first row is no header but data: a sentence, alone or beside a number above numbers.

    Beside other columns a sentence may be a question of a survey, and a number a year.
    """
    first, others = rows[0], rows[1:]
    if not others or names_columns(first, needed):
        return False
    sentence = any(_SENTENCE.fullmatch(str(cell)) for cell in first)
    if len(first) == 1:
        return sentence and all(_SENTENCE.fullmatch(str(row[0])) for row in others if row)
    return sentence and any(
        _NUMBER.fullmatch(str(cell)) and _are_numbers([row[at] for row in others if at < len(row)])
        for at, cell in enumerate(first)
    )


def _are_numbers(cells: Sequence[Any]) -> bool:
    return bool(cells) and all(_NUMBER.fullmatch(str(cell)) for cell in cells if str(cell).strip())


def place_names(width: int) -> list[str]:
    """Names of columns without one, as spreadsheets call their places: column A, column B."""
    return [f"column {letters(place)}" for place in range(width)]


def letters(place: int) -> str:
    """The name of a spreadsheet's column: 0 is A, 26 is AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
