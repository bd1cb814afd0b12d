"""Reviews and their predictions as a file of any format that `tables.write` knows, chunk by chunk."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from zigbang_nlp.errors import InputError
from zigbang_nlp.files import atomic_file
from zigbang_nlp.language.column_labels import COLUMN_LABELS, VALUE_LABELS
from zigbang_nlp.masking import mask
from zigbang_nlp.store.staging import batched
from zigbang_nlp.store.store import Store
from zigbang_nlp.tables.source import Notes
from zigbang_nlp.tables.write import WriteOptions, check_ending, open_table

#: column -> its type in Parquet. This is the order of the columns in every format; new columns come
#: last, so that whoever reads by place keeps reading rightly.
COLUMNS: dict[str, str] = {
    "source": "string",
    "apartment_id": "string",
    "apartment_name": "string",
    "address": "string",
    "latitude": "double",
    "longitude": "double",
    "households": "int64",
    "review_id": "string",
    "category": "string",
    "category_label": "string",
    "text": "string",
    "score": "double",
    "author": "string",
    "written_at": "timestamp[us]",
    "label": "string",
    "split": "string",
    "residence": "string",
    "age": "string",
    "sex": "string",
    "married": "string",
    "predicted_label": "string",
    "predicted_probability": "double",
    "predicted_unsure": "bool",
    "topics": "string",
    "aspects": "string",
    "model": "string",
    "first_seen": "timestamp[us, tz=UTC]",
    "last_seen": "timestamp[us, tz=UTC]",
}

#: Rows written at once.
_CHUNK = 10_000


def export(
    store: Store,
    file: Path,
    encoding: str = "utf-8-sig",
    masked: bool = False,
    since_run: int | None = None,
    notes: Notes | None = None,
) -> int:
    """Write all reviews to `file`; it appears whole or not at all.

    Memory is bounded, but for .sav and .dta, which hold all rows at once. The columns are
    `COLUMNS`, in that order, in every format.

    Args:
        store: an open store.
        file: its ending, one of `tables.write.ENDINGS`, chooses the format.
        encoding: of CSV. utf-8-sig (with BOM) is what Excel needs to show Hangul. Characters that
            the encoding lacks become "?".
        masked: put a word in place of telephone numbers, e-mail addresses, doors and plates.
        since_run: only what is new or changed since the run before this one of a crawl ended.
        notes: where what was changed for the sake of the format is noted.

    Returns:
        The number of rows.

    Raises:
        InputError: unknown ending, encoding or run.
        ConfigError: .sav or .dta without pyreadstat.
        StoreError: the store can't be read.
    """
    check_ending(file)
    try:
        "".encode(encoding)
    except LookupError:
        raise InputError(
            f"There is no encoding {encoding!r}.", "Use utf-8-sig, utf-8 or cp949."
        ) from None
    since = None if since_run is None else store.runs.began(since_run)
    rows = store.export_rows(since)
    if masked:
        rows = (row | {"text": mask(row["text"])} for row in rows)
    options = WriteOptions(encoding, types=COLUMNS, labels=COLUMN_LABELS, value_labels=VALUE_LABELS)
    count = 0
    with atomic_file(file) as fresh, open_table(fresh, options, notes, file.name) as write:
        for part in batched(rows, _CHUNK):
            write(pd.DataFrame(part, columns=list(COLUMNS), dtype=object))
            count += len(part)
        if not count:
            write(pd.DataFrame(columns=list(COLUMNS), dtype=object))
    return count
