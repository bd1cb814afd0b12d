"""Zigbang's five-pair layout: a row is a resident's review and becomes up to five.

Each has a score and a text for the whole, traffic, management, living and surroundings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from zigbang_nlp.tables.cells import as_text
from zigbang_nlp.tables.column_names import CATEGORY_WORDS, NAMES, by_folded_name

#: Category -> what its columns begin with; for the whole, nothing at all too.
_BEGINNINGS: dict[str, tuple[str, ...]] = {
    **CATEGORY_WORDS,
    "total": ("", *CATEGORY_WORDS["total"]),
}
_SCORE_ENDINGS = ("score", "점수", "별점", "평점", "rating")
_TEXT_ENDINGS = ("desc", "description", "text", "내용", "리뷰", "평", "설명", "후기")
#: Pairs that make a table this layout and not one with a score and a text.
_FEWEST_PAIRS = 2
#: Columns of `lengthened`, beside what the table has of apartment, id and date.
LONG_COLUMNS = ("category", "rating", "text")


@dataclass(frozen=True)
class Layout:
    """Where the pairs are.

    Attributes:
        pairs: category -> (column of scores or None, column of texts).
    """

    pairs: dict[str, tuple[str | None, str]]

    def kept(self, chunk: pd.DataFrame) -> list[str]:
        """The columns that are no pair's, in order."""
        of_pairs = {column for pair in self.pairs.values() for column in pair}
        return [column for column in chunk.columns if column not in of_pairs]


def find_layout(chunk: pd.DataFrame) -> Layout | None:
    """The pairs of a table; None where it isn't laid out so.

    >>> columns = ["danji_id", "score", "desc", "trafficScore", "trafficDesc"]
    >>> find_layout(pd.DataFrame(columns=columns)).pairs
    {'total': ('score', 'desc'), 'traffic': ('trafficScore', 'trafficDesc')}
    """
    by_name = by_folded_name(chunk)
    pairs: dict[str, tuple[str | None, str]] = {}
    for category, beginnings in _BEGINNINGS.items():
        text = _first(by_name, beginnings, _TEXT_ENDINGS)
        if text is not None:
            pairs[category] = (_first(by_name, beginnings, _SCORE_ENDINGS), text)
    scored = sum(score is not None for score, _ in pairs.values())
    return Layout(pairs) if scored >= _FEWEST_PAIRS else None


def _first(
    by_name: dict[str, str], beginnings: tuple[str, ...], endings: tuple[str, ...]
) -> str | None:
    # The longer beginning first: where both totalDesc and desc stand, desc may be another thing.
    ordered = sorted(beginnings, key=len, reverse=True)
    names = (beginning + ending for beginning in ordered for ending in endings)
    return next((by_name[name] for name in names if name in by_name), None)


def lengthened(chunk: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    """One row a text: the table's other columns, then category, rating and text.

    Args:
        chunk: rows of a table of this layout.
        layout: of its first chunk.

    Returns:
        Rows in the order of the table, a row's categories in the order of `CATEGORIES`; pairs
        without a text are left out. The index tells each row's place in `chunk`, from 0.
    """
    others = chunk[layout.kept(chunk)].assign(_row=range(len(chunk)))
    parts = [
        others.assign(
            category=category,
            rating=None if score is None else chunk[score],
            text=chunk[text],
            _order=order,
        )
        for order, (category, (score, text)) in enumerate(layout.pairs.items())
    ]
    rows = pd.concat(parts, ignore_index=True).sort_values(["_row", "_order"], kind="stable")
    filled = rows["text"].map(lambda cell: bool(as_text(cell).strip()))
    return rows[filled].set_index("_row").drop(columns="_order").rename_axis(None)


def scores_alone(chunk: pd.DataFrame, layout: Layout) -> Iterator[tuple[int, str]]:
    """(place in `chunk`, category) of each score that has no text beside it."""
    for category, (score, text) in layout.pairs.items():
        if score is None:
            continue
        scores, texts = chunk[score].tolist(), chunk[text].tolist()
        for place, (number, cell) in enumerate(zip(scores, texts, strict=True)):
            if as_text(number).strip() and not as_text(cell).strip():
                yield place, category


def apartment_column(chunk: pd.DataFrame) -> str | None:
    """The column that tells complexes apart: an id before a name, which two may share."""
    by_name = by_folded_name(chunk)
    names = sorted(NAMES["apartment"], key=lambda name: not name.endswith("id"))
    return next((by_name[name] for name in names if name in by_name), None)
