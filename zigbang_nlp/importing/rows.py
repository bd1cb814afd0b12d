"""From a row of a file to a review."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

from zigbang_nlp.errors import InputError
from zigbang_nlp.importing.label_column import LabelColumn
from zigbang_nlp.importing.summary import ImportSummary
from zigbang_nlp.language.bilingual import without_stop
from zigbang_nlp.language.file_errors import example, file_error
from zigbang_nlp.records import CATEGORIES, SPLITS, Review, content_id
from zigbang_nlp.tables.cells import as_text, is_missing, shortened, written_text
from zigbang_nlp.tables.column_names import category_of
from zigbang_nlp.tables.dates import DateColumn
from zigbang_nlp.tables.ratings import read_rating
from zigbang_nlp.tables.unicode import composed
from zigbang_nlp.text.clean import clean

SOURCE = "import"
#: Scores in the store run to this.
_TOP_SCORE = 5.0
#: Before it nobody wrote reviews of apartments on the web.
_FIRST_YEAR = 1990


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
    source: str | None = None

    def __post_init__(self) -> None:
        for role, name in vars(self).items():
            if name is not None:
                object.__setattr__(self, role, composed(name))

    def named(self) -> list[str]:
        """The columns that are asked for."""
        return [c for c in vars(self).values() if c is not None]


class RowReader:
    """Makes reviews of the rows of one file, and keeps the account.

    Args:
        columns: which column holds what.
        scale: the best rating.
        dates: of the column of dates, or None without one.
        labels: of the column of labels, or None without one.
        skip_bad: leave out rows with a bad value, instead of raising.
        summary: the account.
    """

    def __init__(
        self,
        columns: ImportColumns,
        scale: float,
        dates: DateColumn | None,
        labels: LabelColumn | None,
        skip_bad: bool,
        summary: ImportSummary,
    ) -> None:
        self._columns, self._scale, self._skip_bad = columns, scale, skip_bad
        self.dates, self.labels, self.summary = dates, labels, summary
        self._row = 0
        self._now = datetime.now(UTC) + timedelta(days=1)

    def reviews(self, chunk: pd.DataFrame, before: int = 0) -> Iterator[Review]:
        """The reviews of one chunk of the file.

        Args:
            chunk: the rows; its index tells their places in the chunk as the file has it, from 0.
            before: rows of the file before it.

        Raises:
            InputError: a bad value; it names its row.
        """
        blank = [None] * len(chunk)
        cells = {
            role: blank if name is None else chunk[name].tolist()
            for role, name in vars(self._columns).items()
        }
        for place, row in zip(chunk.index, zip(*cells.values(), strict=True), strict=True):
            self._row = before + place + 1
            self.summary.rows += 1
            try:
                review = self._review(dict(zip(cells, row, strict=True)))
            except InputError as error:
                self._bad_row(error)
                continue
            if review is None:
                self.leave_blank(self._row)
            else:
                yield review

    def leave_blank(self, row: int) -> None:
        """Count a row of the file that has no text."""
        self._leave_out("blank text", example("row", row=row))

    def _bad_row(self, error: InputError) -> None:
        if not self._skip_bad:
            raise InputError(
                f"Row {self._row} of {self.summary.file}: {error.fact}",
                f"{error.next_step} Or leave such rows out with --skip-bad-rows.",
            ) from error
        fact = without_stop(error.fact)
        self._leave_out("bad value", example("refused", row=self._row, fact=fact))

    def _leave_out(self, reason: str, where: Callable[[], str]) -> None:
        self.summary.skipped[reason] += 1
        self.summary.notes.add("skipped", where, reason=reason)

    def _review(self, row: dict[str, Any]) -> Review | None:
        """The review of a row, whose cells stand under their roles; None is no value."""
        text = written_text(row["text"])
        if not clean(text):
            return None
        score = self._score(row["rating"])
        apartment = _name(row["apartment"], "apartment") or "-"
        named = _name(row["category"], "category") or "total"
        category = category_of(named)
        split = _name(row["split"], "split").lower() or None
        if category is None:
            known = ", ".join(f"{name} ({korean})" for name, korean in CATEGORIES.items())
            raise file_error("category", name=shortened(named), known=known)
        if split is not None and split not in SPLITS:
            raise file_error("split", name=shortened(split), known=", ".join(SPLITS))
        date = None if is_missing(row["date"]) else row["date"]
        label = None if self.labels is None else self.labels.read(row["label"])
        # Of a text with two labels both rows stay.
        content = (apartment, category, date, score, text, *([] if label is None else [label]))
        return Review(
            source=_name(row["source"], "source") or SOURCE,
            apartment_id=apartment,
            review_id=_name(row["id"], "id") or content_id(*content),
            category=category,
            text=text,
            score=score,
            written_at=None if date is None else self._written_at(date),
            label=label,
            split=split,
        )

    def _score(self, cell: Any) -> float | None:
        if cell is None:
            return None
        number, converted = read_rating(cell, self._scale)
        self._note_converted(cell, number, converted)
        return None if number is None else number / self._scale * _TOP_SCORE

    def _note_converted(self, cell: Any, number: float | None, converted: bool) -> None:
        if converted:
            kind, rating = ("emptied", "") if number is None else ("rating", f"{number:g}")
            where = example(kind, cell=shortened(cell), rating=rating)
            self.summary.notes.add("converted ratings", where)

    def _written_at(self, cell: Any) -> datetime | None:
        assert self.dates is not None
        moment, form = self.dates.read(cell)
        summary = self.summary
        if moment is None:
            if as_text(cell).strip():
                summary.undated += 1
                summary.notes.add("undated", self._quoted(cell))
            return None
        if form in ("serial", "epoch"):
            date = f"{moment:%Y-%m-%d}"
            summary.notes.add(form, example("date", cell=as_text(cell), date=date))
        if moment.year < _FIRST_YEAR:
            summary.notes.add("early dates", self._quoted(cell))
        elif moment.replace(tzinfo=moment.tzinfo or UTC) > self._now:
            summary.notes.add("future dates", self._quoted(cell))
        summary.see_date(moment)
        return moment

    def _quoted(self, cell: Any) -> Callable[[], str]:
        return example("refused", row=self._row, fact=shortened(as_text(cell)))


def _name(cell: Any, what: str) -> str:
    return "" if cell is None else written_text(cell, what).strip()
