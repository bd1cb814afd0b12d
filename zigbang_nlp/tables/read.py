"""Tables of other people: CSV, TSV, JSON lines, Parquet and Excel, read piece by piece."""

from __future__ import annotations

import codecs
import json
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from zigbang_nlp.errors import InputError

#: Rows held in memory at once.
CHUNK = 20_000
ENDINGS = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".parquet", ".xlsx")


def read_table(path: Path, needed: Sequence[str] = ()) -> Iterator[pd.DataFrame]:
    """The rows of a file in pieces of at most 20,000, every value of a text format as text.

    Args:
        path: its ending says the format: .csv, .tsv, .txt (one text a line, column "text"),
            .jsonl, .ndjson, .parquet, .xlsx. Text formats are UTF-8 (BOM or not) or CP949.
        needed: columns that must be there.

    Raises:
        InputError: no such file, an ending or encoding that can't be read (it names the bytes
            and the line), an empty file, a missing column (it names those there are).
    """
    if not path.is_file():
        raise InputError(f"There is no file {path}.", "Check the name and the current directory.")
    if path.suffix.lower() not in ENDINGS:
        raise InputError(
            f"{path.name} has the ending {path.suffix or '(none)'}, which can't be read.",
            f"Use one of {', '.join(ENDINGS)}.",
        )
    if path.stat().st_size == 0:
        raise InputError(f"{path} is empty.", "Give a file with a header and rows.")
    empty = True
    try:
        for piece in _pieces(path):
            missing = [column for column in needed if column not in piece.columns]
            if missing:
                raise InputError(
                    f"{path.name} has no column {', '.join(map(repr, missing))}.",
                    f"Its columns are: {', '.join(map(repr, piece.columns))}.",
                )
            empty = empty and not len(piece)
            yield piece
    except (ValueError, OSError, KeyError, NotImplementedError, SyntaxError) as error:
        # pandas, pyarrow and openpyxl each have their own; all derive from these.
        raise InputError(
            f"{path} can't be read as {path.suffix[1:]}: {_first_line(error)}.",
            "Check that the file is what its ending says and is complete.",
        ) from error
    if empty:
        raise InputError(f"{path} has no rows.", "Give a file with at least one row.")


def _pieces(path: Path) -> Iterator[pd.DataFrame]:
    ending = path.suffix.lower()
    if ending == ".parquet":
        import pyarrow.parquet

        with pyarrow.parquet.ParquetFile(path) as file:
            if not file.metadata.num_rows:
                yield file.schema_arrow.empty_table().to_pandas()
            for batch in file.iter_batches(CHUNK):
                # Arrow's own types: an integer beside a missing one stays an integer.
                yield batch.to_pandas(types_mapper=pd.ArrowDtype, ignore_metadata=True)
    elif ending == ".xlsx":
        import zipfile

        try:
            yield pd.read_excel(path, dtype=object, keep_default_na=False, engine="openpyxl")
        except zipfile.BadZipFile as error:
            raise ValueError(str(error)) from error
    else:
        encoding = text_encoding(path)
        if ending in (".jsonl", ".ndjson"):
            yield from _json_lines(path, encoding)
        elif ending == ".txt":
            yield from _lines(path, encoding)
        else:
            yield from _separated(path, "\t" if ending == ".tsv" else ",", encoding)


def _separated(path: Path, separator: str, encoding: str) -> Iterator[pd.DataFrame]:
    with warnings.catch_warnings():
        # Rows longer than the header would lose their last field with no more than a warning.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            yield from pd.read_csv(
                path,
                sep=separator,
                dtype=str,
                keep_default_na=False,
                index_col=False,
                chunksize=CHUNK,
                encoding=encoding,
            )
        except pd.errors.ParserWarning as error:
            raise ValueError("its rows have more fields than its header") from error


def _json_lines(path: Path, encoding: str) -> Iterator[pd.DataFrame]:
    """Objects may lack keys; every piece has the columns of the whole file."""
    columns: dict[str, None] = {}
    for row in _objects(path, encoding):
        columns.update(dict.fromkeys(row))
    rows: list[dict[str, Any]] = []
    for row in _objects(path, encoding):
        rows.append(row)
        if len(rows) == CHUNK:
            yield pd.DataFrame(rows, columns=list(columns), dtype=object)
            rows = []
    if rows:
        yield pd.DataFrame(rows, columns=list(columns), dtype=object)


def _objects(path: Path, encoding: str) -> Iterator[dict[str, Any]]:
    with path.open(encoding=encoding) as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise ValueError(f"line {number} is not JSON ({error})") from error
            if not isinstance(row, dict):
                raise ValueError(f"line {number} is not a JSON object")
            yield row


def _lines(path: Path, encoding: str) -> Iterator[pd.DataFrame]:
    with path.open(encoding=encoding, newline=None) as stream:
        while lines := [line.rstrip("\n") for _, line in zip(range(CHUNK), stream, strict=False)]:
            yield pd.DataFrame({"text": lines})


def text_encoding(path: Path) -> str:
    """ "utf-8-sig" or "cp949", whichever the whole file decodes with.

    Raises:
        InputError: neither; names the first bytes that don't fit and their line.
    """
    trouble = _first_trouble(path, "utf-8")
    if trouble is None:
        return "utf-8-sig"
    if _first_trouble(path, "cp949") is None:
        return "cp949"
    line, wrong = trouble
    raise InputError(
        f"{path} is neither UTF-8 nor CP949: line {line} holds the bytes {wrong.hex(' ')}.",
        "Save the file as UTF-8 and try again.",
    )


def _first_trouble(path: Path, encoding: str) -> tuple[int, bytes] | None:
    """Line and bytes of the first place that `encoding` can't decode, reading in pieces."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as stream:
        while True:
            block = stream.read(1 << 20)
            pending = decoder.getstate()[0]
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                before = error.object[: error.start]
                return (
                    line + before.count(b"\n") - pending.count(b"\n"),
                    error.object[error.start : error.start + 4],
                )
            if not block:
                return None
            line += block.count(b"\n")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
