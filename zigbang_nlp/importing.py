"""Reviews from a file into the store. From the command line: `zigbang-nlp import FILE`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from zigbang_nlp.console import progress
from zigbang_nlp.errors import InputError
from zigbang_nlp.records import CATEGORIES, SPLITS, Review, content_id
from zigbang_nlp.store import Counts, Store
from zigbang_nlp.tables import read_table
from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.labels import read_label

SOURCE = "import"
#: Scores in the store run to this.
_TOP_SCORE = 5.0


@dataclass(frozen=True)
class ImportColumns:
    """Which column holds what; only `text` must be there."""

    text: str = "text"
    rating: str | None = None
    label: str | None = None
    date: str | None = None
    apartment: str | None = None
    category: str | None = None
    id: str | None = None
    split: str | None = None

    def named(self) -> list[str]:
        return [c for c in vars(self).values() if c is not None]


@dataclass
class ImportSummary:
    """What became of the rows of a file."""

    rows: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    stored: Counts = field(default_factory=Counts)


def import_file(
    path: Path,
    columns: ImportColumns,
    store: Store,
    rating_scale: float = 5.0,
    skip_bad_rows: bool = False,
) -> ImportSummary:
    """Add the reviews of a file to the store; a review that is there already is one row still.

    The file is checked to its end before anything is stored, so an error stores nothing.

    Args:
        path: see `read_table`.
        columns: which column holds what.
        store: where the reviews go.
        rating_scale: the best rating; ratings lie between 0 and it, and become scores of 0 to 5.
        skip_bad_rows: leave out and count rows with a bad rating, label, category or split
            instead of raising.

    Raises:
        InputError: the file can't be read, a column is missing, or a row has a bad value.
    """
    if rating_scale <= 0:
        raise InputError(
            f"The rating scale {rating_scale:g} is not above 0.", "Give the best rating."
        )
    check = ImportSummary()
    for _ in _reviews(path, columns, rating_scale, skip_bad_rows, check, "checking"):
        pass
    summary = ImportSummary()
    summary.stored = store.add_reviews(
        _reviews(path, columns, rating_scale, skip_bad_rows, summary, "importing", check.rows)
    )
    return summary


def _reviews(
    path: Path,
    columns: ImportColumns,
    scale: float,
    skip_bad: bool,
    summary: ImportSummary,
    doing: str,
    total: int | None = None,
) -> Iterator[Review]:
    pieces = read_table(path, columns.named())
    rows: Iterator[dict[Any, Any]] = (row for p in pieces for row in p.to_dict("records"))
    for row in progress(rows, doing, total, "rows"):
        summary.rows += 1
        text = row[columns.text]
        if not isinstance(text, str) or not clean(text):
            summary.skipped["blank text"] += 1
            continue
        try:
            yield _review(row, text, columns, scale)
        except InputError as error:
            if not skip_bad:
                raise InputError(
                    f"Row {summary.rows} of {path.name}: {error.fact}",
                    f"{error.next_step} Or leave such rows out with --skip-bad-rows.",
                ) from error
            summary.skipped["bad value"] += 1


def _review(row: dict[Any, Any], text: str, columns: ImportColumns, scale: float) -> Review:
    def value(column: str | None) -> Any:
        found = row[column] if column else None
        return None if found is None or found is pd.NaT or found != found else found

    score = _score(value(columns.rating), scale)
    date = value(columns.date)
    apartment = str(value(columns.apartment) or "-")
    category = str(value(columns.category) or "total")
    split = str(value(columns.split) or "") or None
    if category not in CATEGORIES:
        raise InputError(f"Unknown category {category!r}.", f"Use {', '.join(CATEGORIES)}.")
    if split is not None and split not in SPLITS:
        raise InputError(
            f"Unknown split {split!r}.", f"Use {', '.join(SPLITS)}, or leave it blank."
        )
    identifier = value(columns.id)
    written = pd.to_datetime(date, errors="coerce") if date is not None else None
    return Review(
        source=SOURCE,
        apartment_id=apartment,
        review_id=str(identifier)
        if identifier is not None
        else content_id(apartment, category, date, score, text),
        category=category,
        text=text,
        score=score,
        written_at=None if written is None or written is pd.NaT else written.to_pydatetime(),
        label=read_label(value(columns.label)),
        split=split,
    )


def _score(rating: Any, scale: float) -> float | None:
    if rating is None or (isinstance(rating, str) and not rating.strip()):
        return None
    try:
        number = float(rating)
    except ValueError:
        raise InputError(f"The rating {rating!r} is not a number.", "Mend it.") from None
    if not 0 <= number <= scale:
        raise InputError(
            f"The rating {number:g} is outside 0 to {scale:g}.",
            "Set the best rating with --rating-scale.",
        )
    return number / scale * _TOP_SCORE
