"""Reviews and their predictions as a file: CSV, Excel, Parquet or JSON lines, row by row."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from zigbang_nlp.errors import InputError
from zigbang_nlp.files import atomic_file
from zigbang_nlp.masking import mask
from zigbang_nlp.store.staging import batched
from zigbang_nlp.store.store import Store
from zigbang_nlp.tables.cells import defused

#: column -> its type in Parquet. This is the order of the columns in every format.
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

#: Characters that an Excel file can't hold.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SHEET_ROWS = 1_048_576
_CELL_CHARACTERS = 32_767


def export(
    store: Store,
    file: Path,
    encoding: str = "utf-8-sig",
    masked: bool = False,
    since_run: int | None = None,
) -> int:
    """Write all reviews to `file`, in bounded memory; it appears whole or not at all.

    Args:
        store: an open store.
        file: its ending chooses the format: .csv, .parquet, .xlsx or .jsonl.
        encoding: of CSV. utf-8-sig (with BOM) is what Excel needs to show Hangul. Characters that
            the encoding lacks become "?".
        masked: put a word in place of telephone numbers, e-mail addresses, doors and plates.
        since_run: only what was first seen, or changed, in this run of a crawl or after it.

    Returns:
        The number of rows.

    Raises:
        InputError: unknown ending, encoding or run.
        StoreError: the store can't be read.
    """
    writer = _WRITERS.get(file.suffix.lower())
    if writer is None:
        raise InputError(
            f"{file} has no extension that names a format.", f"Use one of {', '.join(_WRITERS)}."
        )
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
    with atomic_file(file) as fresh:
        return writer(rows, fresh, encoding)


def _write_csv(rows: Iterator[dict[str, Any]], file: Path, encoding: str) -> int:
    count = 0
    with file.open("w", encoding=encoding, errors="replace", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for row in rows:
            writer.writerow([defused(_plain(row[name])) for name in COLUMNS])
            count += 1
    return count


def _write_json_lines(rows: Iterator[dict[str, Any]], file: Path, encoding: str) -> int:
    count = 0
    # A byte order mark would be part of the first line.
    encoding = "utf-8" if encoding == "utf-8-sig" else encoding
    with file.open("w", encoding=encoding, errors="replace", newline="\n") as stream:
        for row in rows:
            moments = {k: _plain(v) for k, v in row.items() if isinstance(v, datetime)}
            said = {name: row[name] for name in COLUMNS} | moments
            stream.write(json.dumps(said, ensure_ascii=False) + "\n")
            count += 1
    return count


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        midnight = value.tzinfo is None and value.time() == datetime.min.time()
        return value.date().isoformat() if midnight else value.isoformat(timespec="seconds")
    if isinstance(value, bool):
        return str(value).lower()
    return value


def _write_excel(rows: Iterator[dict[str, Any]], file: Path, _encoding: str) -> int:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    count = 0

    def cell(sheet: Any, value: Any) -> Any:
        if isinstance(value, datetime):
            return value.replace(tzinfo=None)
        if not isinstance(value, str):
            return value
        made = WriteOnlyCell(sheet, defused(_NOT_IN_XML.sub("", value))[:_CELL_CHARACTERS])
        made.data_type = "s"  # never a formula, whatever it begins with
        return made

    def new_sheet() -> Any:
        sheet = book.create_sheet(f"reviews {len(book.worksheets) + 1}")
        sheet.append(list(COLUMNS))
        return sheet

    sheet = None
    for row in rows:
        if sheet is None or count % (_SHEET_ROWS - 1) == 0:
            sheet = new_sheet()
        sheet.append([cell(sheet, row[name]) for name in COLUMNS])
        count += 1
    if sheet is None:
        new_sheet()
    book.save(file)
    return count


def _write_parquet(rows: Iterator[dict[str, Any]], file: Path, _encoding: str) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {
        "timestamp[us]": pa.timestamp("us"),
        "timestamp[us, tz=UTC]": pa.timestamp("us", tz="UTC"),
    }
    schema = pa.schema(
        [(name, kinds.get(kind) or pa.type_for_alias(kind)) for name, kind in COLUMNS.items()]
    )
    count = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for part in batched(rows, 10_000):
            writer.write_table(pa.Table.from_pylist(part, schema=schema))
            count += len(part)
    return count


_WRITERS: dict[str, Callable[[Iterator[dict[str, Any]], Path, str], int]] = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
    ".xlsx": _write_excel,
    ".jsonl": _write_json_lines,
}
