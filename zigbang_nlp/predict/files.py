"""Classify the rows of a file, piece by piece, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from zigbang_nlp.console import progress
from zigbang_nlp.errors import InputError
from zigbang_nlp.files import atomic_file
from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.tables import as_text, is_missing, read_table

ADDED = ("label", "probability", "unsure")


def predict_file(classifier: Classifier, source: Path, output: Path, text_column: str) -> int:
    """Write the rows of `source` with their predictions to `output`, in order, atomically.

    The columns label, probability and unsure are added; where the file has columns of those
    names, ours are called predicted_label and so on.

    Args:
        classifier: with its bundle.
        source: see `tables.read_table`.
        output: .csv, .tsv, .jsonl or .parquet.
        text_column: of `source`.

    Returns:
        Number of rows.

    Raises:
        InputError: `source` can't be read, or the ending of `output` isn't one of these.
    """
    if output.suffix.lower() not in _WRITERS:
        raise InputError(
            f"{output.name} has an ending that can't be written.",
            f"Use one of {', '.join(_WRITERS)}.",
        )
    count = 0
    with atomic_file(output) as fresh, _WRITERS[output.suffix.lower()](fresh) as write:
        for piece in progress(read_table(source, [text_column]), "predicting", unit="pieces"):
            texts = [as_text(value) for value in piece[text_column]]
            predictions = classifier.predict(texts)
            for name in ADDED:
                column = f"predicted_{name}" if name in piece.columns else name
                piece[column] = [getattr(p, name) for p in predictions]
            write(piece)
            count += len(piece)
    return count


def texts_of(source: Path, text_column: str) -> Iterator[str]:
    """The texts of one column of a file, blank for missing values."""
    for piece in read_table(source, [text_column]):
        yield from map(as_text, piece[text_column])


class _TextWriter:
    """Appends pieces to a CSV, TSV or JSON lines file."""

    def __init__(self, path: Path, to_text: Callable[[pd.DataFrame, bool], str], bom: bool) -> None:
        self._to_text = to_text
        self._stream = path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="")
        self._first = True

    def __enter__(self) -> Callable[[pd.DataFrame], None]:
        return self._write

    def _write(self, piece: pd.DataFrame) -> None:
        self._stream.write(self._to_text(piece, self._first))
        self._first = False

    def __exit__(self, *_: object) -> None:
        self._stream.close()


class _ParquetWriter:
    """Appends pieces to a Parquet file; the first piece sets the columns' types."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: Any = None

    def __enter__(self) -> Callable[[pd.DataFrame], None]:
        return self._write

    def _write(self, piece: pd.DataFrame) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        columns = {name: _arrow(piece[name]) for name in piece.columns}
        if self._writer is None:
            batch = pa.table(columns)
            self._writer = pq.ParquetWriter(self._path, batch.schema)
        else:
            kinds = {field.name: field.type for field in self._writer.schema}
            batch = pa.table({name: _cast(name, columns[name], kinds[name]) for name in kinds})
        self._writer.write_table(batch)

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.close()


def _arrow(column: pd.Series) -> Any:
    """A column as Arrow holds it; one of mixed types, or without a value, becomes text."""
    import pyarrow as pa

    try:
        made = pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        made = pa.array([None if is_missing(v) else as_text(v) for v in column], pa.string())
    return made.cast(pa.string()) if pa.types.is_null(made.type) else made


def _cast(name: str, column: Any, kind: Any) -> Any:
    import pyarrow as pa

    try:
        return column.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise InputError(
            f"The column {name!r} begins as {kind} and holds {column.type} further on.",
            "Write .csv or .jsonl instead, which don't mind.",
        ) from error


def _csv(separator: str) -> Callable[[pd.DataFrame, bool], str]:
    return lambda piece, first: piece.to_csv(index=False, header=first, sep=separator)


def _jsonl(piece: pd.DataFrame, first: bool) -> str:
    return piece.to_json(orient="records", lines=True, force_ascii=False, date_format="iso")


_WRITERS: dict[str, Callable[[Path], Any]] = {
    # With a BOM, since Excel takes a CSV without one for CP949.
    ".csv": lambda path: _TextWriter(path, _csv(","), bom=True),
    ".tsv": lambda path: _TextWriter(path, _csv("\t"), bom=False),
    ".jsonl": lambda path: _TextWriter(path, _jsonl, bom=False),
    ".parquet": _ParquetWriter,
}
