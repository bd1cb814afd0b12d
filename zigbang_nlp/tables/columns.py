"""Which column of somebody's table holds what: by its name, and else by what is in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from zigbang_nlp.tables.cells import as_text
from zigbang_nlp.tables.column_names import NAMES, folded
from zigbang_nlp.tables.fitting import can_hold, seem_dates, seem_ratings

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
    by_name = {folded(column): str(column) for column in reversed(list(chunk.columns))}
    guesses: dict[str, Guess] = {}
    for role, names in NAMES.items():
        called = (by_name[name] for name in names if name in by_name)
        column = next((c for c in called if can_hold(role, chunk[c].head(_LOOKED_AT))), None)
        if column is not None:
            guesses[role] = Guess(role, column, "name")
    if "text" not in guesses:
        taken = {guess.column for guess in guesses.values()}
        free = [c for c in map(str, chunk.columns) if c not in taken]
        # "2024. 1. 5 오후 3:21" is long and holds Hangul too.
        column = _wordiest(chunk, [c for c in free if not seem_dates(chunk[c].head(_LOOKED_AT))])
        if column is not None:
            guesses = {"text": Guess("text", column, "content"), **guesses}
    for role, seem in (("rating", seem_ratings), ("date", seem_dates)):
        taken = {guess.column for guess in guesses.values()}
        rest = [c for c in map(str, chunk.columns) if c not in taken and role not in guesses]
        column = next((c for c in rest if seem(chunk[c].head(_LOOKED_AT))), None)
        if column is not None:
            guesses[role] = Guess(role, column, "content")
    return list(guesses.values())


def _wordiest(chunk: pd.DataFrame, columns: Sequence[str]) -> str | None:
    """The column with the longest Korean texts, None where none holds sentences."""
    best, longest = None, float(_LEAST_LENGTH)
    for column in columns:
        length = _mean_length(chunk[column].head(_LOOKED_AT))
        if length > longest:
            best, longest = column, length
    return best


def _mean_length(cells: Iterable[object]) -> float:
    """Mean length of the texts that hold Hangul; 0 where fewer than half of the cells do."""
    texts = [cell for cell in cells if isinstance(cell, str) and as_text(cell).strip()]
    korean = [len(text) for text in texts if _HANGUL.search(text)]
    return sum(korean) / len(korean) if korean and 2 * len(korean) >= len(texts) else 0.0
