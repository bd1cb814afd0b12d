"""One file, read once, into the store: all of it or nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from zigbang_nlp.config import PreprocessSettings
from zigbang_nlp.console import progress
from zigbang_nlp.errors import InputError
from zigbang_nlp.importing.contradictions import Contradictions
from zigbang_nlp.importing.label_column import LabelColumn, read_label_map
from zigbang_nlp.importing.recognise import Recognised
from zigbang_nlp.importing.rows import ImportColumns, RowReader
from zigbang_nlp.importing.summary import ImportSummary
from zigbang_nlp.language.bilingual import Bilingual
from zigbang_nlp.language.file_errors import example
from zigbang_nlp.records import CATEGORIES, Review
from zigbang_nlp.store import Store
from zigbang_nlp.tables.dates import DateColumn, check_date_format
from zigbang_nlp.tables.read import Notes, ReadOptions, read_table
from zigbang_nlp.tables.zigbang_layout import scores_alone


class _OtherOrderError(Exception):
    """The column's dates are in other orders than it was read in."""

    def __init__(self, orders: dict[str, str]) -> None:
        super().__init__()
        self.orders = orders


def import_file(
    path: Path,
    columns: ImportColumns | Recognised,
    store: Store,
    rating_scale: float = 5.0,
    skip_bad_rows: bool = False,
    date_format: str | None = None,
    options: ReadOptions | None = None,
    label_map: str | None = None,
    settings: PreprocessSettings | None = None,
) -> ImportSummary:
    """Add the reviews of a file to the store; a review that is there already is one row still.

    The file is read once, in one transaction, so an error stores nothing. Only where its dates
    prove to have another order than is usual is it read again.

    Args:
        path: see `read_table`.
        columns: which column holds what; or as `recognise` found it.
        store: where the reviews go; others wait with writing until this is done.
        rating_scale: the best rating; ratings lie between 0 and it, and become scores of 0 to 5.
        skip_bad_rows: leave out and count rows with a bad text, rating, label, category or split
            instead of raising.
        date_format: see `tables.dates.DateColumn`.
        options: how to read the file.
        label_map: what labels mean, see `label_column.read_label_map`.
        settings: by which scores will become labels, to tell of texts that get both; None = the
            defaults.

    Raises:
        InputError: the file can't be read, a column is missing, a row has a bad value, or the
            order of the dates, or what the labels mean, can't be told.
        StoreError: the store can't be written.
    """
    if not 0 < rating_scale < math.inf:
        raise InputError(
            f"The rating scale {rating_scale:g} is not a number above 0.",
            "Give the best rating that is possible, e.g. --rating-scale 10.",
        )
    check_date_format(date_format)
    meanings = None if label_map is None else read_label_map(label_map)
    if isinstance(columns, ImportColumns):
        columns = Recognised(columns, None, ())
    held = columns.columns
    orders: dict[str, str] = {}
    while True:
        summary = ImportSummary(path.name, notes=Notes())
        columns.note(summary.notes)
        dates = DateColumn(held.date, date_format, orders) if held.date else None
        labels = LabelColumn(held.label, meanings, summary.notes) if held.label else None
        rows = RowReader(held, rating_scale, dates, labels, skip_bad_rows, summary)
        try:
            with Contradictions(settings or PreprocessSettings()) as contradictions:
                reviews = _reviews(path, columns, options, rows, contradictions)
                summary.stored = store.add_reviews(
                    progress(reviews, "importing", unit="rows"), all_or_nothing=True
                )
        except _OtherOrderError as other:
            orders = other.orders
        else:
            return summary


def _reviews(
    path: Path,
    columns: Recognised,
    options: ReadOptions | None,
    rows: RowReader,
    contradictions: Contradictions,
) -> Iterator[Review]:
    before, summary, dates = 0, rows.summary, rows.dates
    for chunk in read_table(path, columns.needed, options, summary.notes, only=True):
        frame = columns.rows(chunk)
        if columns.layout is not None:
            summary.notes.add("five pairs", count=len(chunk))
            for place in sorted(set(range(len(chunk))) - set(frame.index)):
                summary.rows += 1
                rows.leave_blank(before + place + 1)
            for place, category in scores_alone(chunk, columns.layout):
                row, named = before + place + 1, Bilingual(category, CATEGORIES[category])
                summary.notes.add("blank pairs", example("pair", row=row, category=named))
        for review in rows.reviews(frame, before):
            contradictions.see(review)
            yield review
        before += len(chunk)
    contradictions.note(summary.notes)
    # Still within the transaction, so that a wrong order or coding takes its rows back.
    if rows.labels is not None:
        rows.labels.check()
    if dates is None:
        return
    orders = dates.decided()
    if any(dates.orders[form] != order for form, order in orders.items()):
        raise _OtherOrderError(orders)
    dates.note_orders(summary.notes)
