"""Reviews from a file into the store. From the command line: `zigbang-nlp import FILE`."""

from __future__ import annotations

import contextlib
import datetime as dt
import math
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from zigbang_nlp.console import progress
from zigbang_nlp.errors import InputError
from zigbang_nlp.records import CATEGORIES, SPLITS, Review, content_id
from zigbang_nlp.store import Counts, Store
from zigbang_nlp.tables.cells import as_text, is_missing
from zigbang_nlp.tables.read import read_table
from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.labels import read_label

SOURCE = "import"
#: Scores in the store run to this.
_TOP_SCORE = 5.0
#: 2023. 5. 1. and 2023년 5월 1일, as Koreans write dates.
_KOREAN_DATE = re.compile(r"(\d{4})\s*[.년]\s*(\d{1,2})\s*[.월]\s*(\d{1,2})\s*[.일]?")
#: Digits with something between them, or 20230501.
_DIGITS_OF_A_DATE = re.compile(r"\d\D+\d|^\d{8}$")


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
        """The column names that were given."""
        return [c for c in vars(self).values() if c is not None]


@dataclass
class ImportSummary:
    """What became of the rows of a file; `undated` have a date that can't be read."""

    rows: int = 0
    undated: int = 0
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
    Arguments and errors are those of `check_file`; `store` is where the reviews go.
    """
    checked = check_file(path, columns, rating_scale, skip_bad_rows)
    return store_checked(path, columns, store, rating_scale, skip_bad_rows, checked.rows)


def check_file(
    path: Path, columns: ImportColumns, rating_scale: float = 5.0, skip_bad_rows: bool = False
) -> ImportSummary:
    """Read a file to its end and count, without a store.

    Args:
        path: see `read_table`.
        columns: which column holds what.
        rating_scale: the best rating; ratings lie between 0 and it, and become scores of 0 to 5.
        skip_bad_rows: leave out and count rows with a bad rating, label, category or split
            instead of raising.

    Raises:
        InputError: the file can't be read, a column is missing, or a row has a bad value.
    """
    if not 0 < rating_scale < math.inf:
        raise InputError(
            f"The rating scale {rating_scale:g} is not a number above 0.",
            "Give the best rating that is possible, e.g. --rating-scale 10.",
        )
    summary = ImportSummary()
    for _ in _reviews(path, columns, rating_scale, skip_bad_rows, summary, "checking"):
        pass
    return summary


def store_checked(
    path: Path,
    columns: ImportColumns,
    store: Store,
    rating_scale: float,
    skip_bad_rows: bool,
    total: int,
) -> ImportSummary:
    """Add the reviews of a file that `check_file` has passed, `total` rows."""
    summary = ImportSummary()
    summary.stored = store.add_reviews(
        _reviews(path, columns, rating_scale, skip_bad_rows, summary, "importing", total)
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
        text = as_text(row[columns.text])
        if not clean(text):
            summary.skipped["blank text"] += 1
            continue
        try:
            review = _review(row, text, columns, scale)
        except InputError as error:
            if not skip_bad:
                raise InputError(
                    f"Row {summary.rows} of {path.name}: {error.fact}",
                    f"{error.next_step} Or leave such rows out with --skip-bad-rows.",
                ) from error
            summary.skipped["bad value"] += 1
            continue
        if columns.date and review.written_at is None and as_text(row[columns.date]).strip():
            summary.undated += 1
        yield review


def _review(row: dict[Any, Any], text: str, columns: ImportColumns, scale: float) -> Review:
    def value(column: str | None) -> Any:
        return None if column is None or is_missing(row[column]) else row[column]

    def said(column: str | None) -> str:
        return as_text(value(column)).strip()

    score = _score(value(columns.rating), scale)
    date = value(columns.date)
    apartment = said(columns.apartment) or "-"
    category = said(columns.category).lower() or "total"
    split = said(columns.split).lower() or None
    if category not in CATEGORIES:
        raise InputError(f"Unknown category {category!r}.", f"Use {', '.join(CATEGORIES)}.")
    if split is not None and split not in SPLITS:
        raise InputError(
            f"Unknown split {split!r}.", f"Use {', '.join(SPLITS)}, or leave it blank."
        )
    return Review(
        source=SOURCE,
        apartment_id=apartment,
        review_id=said(columns.id) or content_id(apartment, category, date, score, text),
        category=category,
        text=text,
        score=score,
        written_at=_moment(date),
        label=read_label(value(columns.label)),
        split=split,
    )


def _moment(date: Any) -> datetime | None:
    """A date as people and programs write it; None where it is none."""
    if not isinstance(date, datetime | dt.date):
        text = as_text(date).strip()
        korean = _KOREAN_DATE.fullmatch(text)
        if korean:
            text = "-".join(f"{int(part):02d}" for part in korean.groups())
        elif not _DIGITS_OF_A_DATE.search(text):
            return None  # a word, or a lone number that could mean anything
        with contextlib.suppress(ValueError):
            return datetime.fromisoformat(text)  # the usual form, and a hundred times as fast
        date = text
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # about guessing the format
        moment = pd.to_datetime(date, errors="coerce")
    if is_missing(moment):
        return None
    found: datetime = moment.to_pydatetime(warn=False)
    return found


def _score(rating: Any, scale: float) -> float | None:
    if rating is None or (isinstance(rating, str) and not rating.strip()):
        return None
    try:
        number = float(rating)
    except (TypeError, ValueError):
        raise InputError(
            f"The rating {rating!r} is not a number.",
            "Mend it, or blank it where there is none.",
        ) from None
    if not 0 <= number <= scale:
        raise InputError(
            f"The rating {number:g} is outside 0 to {scale:g}.",
            "Set the best rating with --rating-scale.",
        )
    return number / scale * _TOP_SCORE
