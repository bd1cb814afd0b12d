"""Tables of other people: CSV, TSV, JSON lines, Parquet and Excel, read piece by piece."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from pathlib import Path

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
    except (ValueError, OSError, KeyError) as error:
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
                yield batch.to_pandas()
    elif ending == ".xlsx":
        import zipfile

        try:
            yield pd.read_excel(path, dtype=object)
        except zipfile.BadZipFile as error:
            raise ValueError(str(error)) from error
    else:
        encoding = text_encoding(path)
        if ending in (".jsonl", ".ndjson"):
            yield from pd.read_json(
                path, lines=True, chunksize=CHUNK, encoding=encoding, dtype=False
            )
        elif ending == ".txt":
            yield from _lines(path, encoding)
        else:
            yield from pd.read_csv(
                path,
                sep="\t" if ending == ".tsv" else ",",
                dtype=str,
                keep_default_na=False,
                chunksize=CHUNK,
                encoding=encoding,
            )


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
