"""Which column of somebody's table holds what: by its name, and else by what is in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from zigbang_nlp.records import SPLITS
from zigbang_nlp.tables.cells import as_text, is_missing
from zigbang_nlp.tables.column_names import NAMES, by_folded_name, category_of
from zigbang_nlp.tables.date_forms import read_form
from zigbang_nlp.tables.ratings import rating_within

#: Scales that ratings have, the smallest first.
SCALES = (5.0, 10.0, 100.0)
#: Share of the filled cells that must fit what the name says; and what no name says.
_SOME, _NEARLY_ALL = 0.5, 0.9
#: Plain numbers are ratings only where there are at least so many different ones, which recur.
_FEWEST_RATINGS = 3
#: Cells of a column that are looked at where its name says nothing.
_LOOKED_AT = 500
#: A review is text of at least so many characters on average, mostly words.
_LEAST_LENGTH = 8

_HANGUL = re.compile("[가-힣]")


@dataclass(frozen=True)
class Guess:
    """A column and the role it seems to have.

    Attributes:
        role: a key of `NAMES`.
        column: its name as the file has it.
        by: "name" or "content".
    """

    role: str
    column: str
    by: str


def guess_roles(chunk: pd.DataFrame) -> list[Guess]:
    """The role of each column that seems to have one, no role twice.

    Names come first, unless the cells contradict them (a 구분 that holds no categories). A text
    column that no name shows is the one with the longest Korean texts; ratings and dates that no
    name shows are told by their form.

    Args:
        chunk: the first rows of a table.

    >>> table = pd.DataFrame({"별점": ["5"], "리뷰 내용": ["역이 가까워요"]})
    >>> [(guess.role, guess.column) for guess in guess_roles(table)]
    [('text', '리뷰 내용'), ('rating', '별점')]
    """
    cells = {str(column): chunk[column].head(_LOOKED_AT).tolist() for column in chunk.columns}
    by_name = by_folded_name(chunk)
    guesses: dict[str, Guess] = {}

    def free() -> list[str]:
        taken = {guess.column for guess in guesses.values()}
        return [column for column in cells if column not in taken]

    for role, names in NAMES.items():
        called = (by_name[name] for name in names if name in by_name)
        column = next((c for c in called if _can_hold(role, cells[c])), None)
        if column is not None:
            guesses[role] = Guess(role, column, "name")
    if "text" not in guesses:
        # "2024. 1. 5 오후 3:21" is long and holds Hangul too.
        lengths = {c: _mean_length(cells[c]) for c in free() if not _seem_dates(cells[c])}
        wordiest = max(lengths, key=lengths.__getitem__, default="")
        if lengths.get(wordiest, 0) > _LEAST_LENGTH:
            guesses = {"text": Guess("text", wordiest, "content"), **guesses}
    for role, seem in (("rating", _seem_ratings), ("date", _seem_dates)):
        column = next((c for c in free() if role not in guesses and seem(cells[c])), None)
        if column is not None:
            guesses[role] = Guess(role, column, "content")
    return list(guesses.values())


def _mean_length(cells: Iterable[object]) -> float:
    """Mean length of the texts that hold Hangul; 0 where fewer than half of the cells do."""
    texts = [cell for cell in cells if isinstance(cell, str) and as_text(cell).strip()]
    korean = [len(text) for text in texts if _HANGUL.search(text)]
    return sum(korean) / len(korean) if korean and 2 * len(korean) >= len(texts) else 0.0


def rating_of(cell: Any) -> float | None:
    """A rating on the smallest scale that holds it; None where the cell is none."""
    ratings = (rating_within(cell, scale) for scale in SCALES)
    return next((rating for rating in ratings if rating is not None), None)


def _is_date(cell: Any) -> bool:
    if type(cell).__name__ in ("date", "datetime", "Timestamp"):
        return True
    return read_form(as_text(cell).strip()) is not None


#: role -> whether a cell can hold it; columns of other roles hold anything.
_FITS: dict[str, Callable[[Any], bool]] = {
    "rating": lambda cell: rating_of(cell) is not None or as_text(cell).strip().lower() == "nan",
    "date": _is_date,
    "category": lambda cell: category_of(as_text(cell)) is not None,
    "split": lambda cell: as_text(cell).strip().lower() in SPLITS,
}


def _can_hold(role: str, cells: Iterable[Any]) -> bool:
    """Whether the cells of a column contradict its role: where fewer than half of them fit."""
    fits = _FITS.get(role)
    return fits is None or _share(fits, _filled(cells)) >= _SOME


def _seem_dates(cells: Iterable[Any]) -> bool:
    """Whether cells are dates by themselves: nearly all of them, and written as no plain number."""
    return _all_fit(lambda cell: _is_date(cell) and not _is_number(cell), cells)


def _seem_ratings(cells: Iterable[Any]) -> bool:
    """Whether cells are ratings by themselves: 4.5점, ★★★★☆; or numbers from 0 to 5 that recur."""
    filled = _filled(cells)
    if not _all_fit(lambda cell: rating_of(cell) is not None, filled):
        return False
    numbers = {float(as_text(cell)) for cell in filled if _is_number(cell)}
    if not numbers:
        return True
    whole = all(0 <= number <= SCALES[0] and (2 * number).is_integer() for number in numbers)
    return whole and _FEWEST_RATINGS <= len(numbers) <= len(filled) / 2


def _filled(cells: Iterable[Any]) -> list[Any]:
    return [cell for cell in cells if not is_missing(cell) and as_text(cell).strip()]


def _all_fit(fits: Callable[[Any], bool], cells: Iterable[Any]) -> bool:
    filled = _filled(cells)
    return bool(filled) and _share(fits, filled) >= _NEARLY_ALL


def _share(fits: Callable[[Any], bool], filled: list[Any]) -> float:
    return sum(map(fits, filled)) / len(filled) if filled else 1.0


def _is_number(cell: Any) -> bool:
    try:
        float(as_text(cell))
    except ValueError:
        return False
    return True
