"""A look at a file before it is imported: what is in it, and the command that reads it all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from zigbang_nlp.console import progress
from zigbang_nlp.errors import InputError
from zigbang_nlp.importing.hashes import Hashes
from zigbang_nlp.importing.label_column import LabelColumn
from zigbang_nlp.importing.look_words import Look
from zigbang_nlp.importing.recognise import recognise
from zigbang_nlp.importing.rows import ImportColumns, RowReader
from zigbang_nlp.importing.summary import ImportSummary
from zigbang_nlp.tables.cells import is_missing
from zigbang_nlp.tables.columns import SCALES, rating_of
from zigbang_nlp.tables.dates import DateColumn
from zigbang_nlp.tables.ratings import read_rating
from zigbang_nlp.tables.read import ReadOptions, read_table
from zigbang_nlp.text.clean import duplicate_key

#: Labels that a look counts.
_LABELS = 10


class _Looking(RowReader):
    """Reads rows as an import does, whatever the scale of their ratings, and passes over bad ones."""

    ratings: tuple[float, float] | None = None

    def _leave_out(self, reason: str, where: Callable[[], str]) -> None:
        # Nothing is left out by looking; how many are blank stands in the table.
        self.summary.skipped[reason] += 1
        if reason == "bad value":
            self.summary.notes.add("refused values", where)

    def _score(self, cell: Any) -> float | None:
        number = rating_of(cell)
        if number is None:
            return None if is_missing(cell) else super()._score(cell)
        scale = next(scale for scale in SCALES if number <= scale)
        self._note_converted(cell, number, converted=read_rating(cell, scale)[1])
        low, high = self.ratings or (number, number)
        self.ratings = min(low, number), max(high, number)
        return number


def look(
    path: Path,
    options: ReadOptions | None = None,
    date_format: str | None = None,
    named: ImportColumns | None = None,
) -> Look:
    """Read a file to its end as an import would, store nothing, and tell what is in it.

    Args:
        path: see `tables.read_table`.
        options: how to read the file.
        date_format: see `tables.dates.DateColumn`.
        named: columns that were named; None for none.

    Raises:
        InputError: the file can't be read.
    """
    recognised = recognise(path, named, options)
    # What only seems to hold something is looked at too.
    held = replace(recognised.columns, **{one.role: one.column for one in recognised.unused})
    orders: dict[str, str] = {}
    while True:
        seen = Look(str(path), recognised, options or ReadOptions(), date_format)
        dates = DateColumn(held.date, date_format, orders) if held.date else None
        _look(seen, held, dates)
        if dates is None:
            return seen
        try:
            decided = dates.decided()
        except InputError as error:
            seen.undecided = True
            seen.doubts.append(str(error))
            return seen
        if all(dates.orders[form] == order for form, order in decided.items()):
            dates.note_orders(seen.notes)
            return seen
        orders = decided


def _look(seen: Look, held: ImportColumns, dates: DateColumn | None) -> None:
    summary = ImportSummary(Path(seen.file).name, notes=seen.notes)
    labels = LabelColumn(held.label, None, seen.notes) if held.label else None
    reader = _Looking(held, SCALES[0], dates, labels, skip_bad=True, summary=summary)
    korean = texts = before = 0
    chunks = read_table(Path(seen.file), options=seen.options, notes=seen.notes)
    with Hashes() as hashes:
        for chunk in progress(chunks, "looking", unit="chunks"):
            for review in reader.reviews(seen.recognised.rows(chunk), before):
                texts += 1
                korean += any("가" <= letter <= "힣" for letter in review.text)
                hashes.add(duplicate_key(review.text))
            before += len(chunk)
        seen.repeated = hashes.count_repeated()
    seen.rows, seen.ratings = summary.rows, reader.ratings
    seen.blank, seen.bad = summary.skipped["blank text"], summary.skipped["bad value"]
    seen.hangul = korean / max(texts, 1)
    if summary.first_date and summary.last_date:
        seen.dates = str(summary.first_date), str(summary.last_date)
    if labels is None:
        return
    seen.labels, seen.unclear = dict(labels.seen.most_common(_LABELS)), labels.unclear()
    try:
        labels.check()
    except InputError as error:
        seen.doubts.append(str(error))
