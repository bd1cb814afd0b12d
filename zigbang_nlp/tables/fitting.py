"""Whether the cells of a column can hold what its name says, and what they hold where it says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from zigbang_nlp.records import SPLITS
from zigbang_nlp.tables.category_names import category_of
from zigbang_nlp.tables.cells import as_text, is_missing
from zigbang_nlp.tables.date_forms import read_form
from zigbang_nlp.tables.ratings import rating_within

#: Scales that ratings have, the smallest first.
SCALES = (5.0, 10.0, 100.0)
#: Share of the filled cells that must fit what the name says; and what no name says.
_SOME, _NEARLY_ALL = 0.5, 0.9
#: Plain numbers are ratings only where there are at least so many different ones, which recur.
_FEWEST_RATINGS = 3


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


def can_hold(role: str, cells: Iterable[Any]) -> bool:
    """Whether the cells of a column contradict its role: where fewer than half of them fit."""
    fits = _FITS.get(role)
    filled = _filled(cells) if fits else []
    return fits is None or _share(fits, filled) >= _SOME


def seem_dates(cells: Iterable[Any]) -> bool:
    """Whether cells are dates by themselves: nearly all of them, and written as no plain number."""
    return _all_fit(lambda cell: _is_date(cell) and not _is_number(cell), cells)


def seem_ratings(cells: Iterable[Any]) -> bool:
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
