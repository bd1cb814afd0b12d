"""Tables as files, written in parts that are joined at the end."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from zigbang_nlp.errors import InputError
from zigbang_nlp.tables.cells import as_text, is_missing

#: Endings of the files that can be written.
ENDINGS = (".csv", ".tsv", ".jsonl", ".parquet")


def write_part(piece: pd.DataFrame, path: Path, first: Path | None) -> None:
    """Write one part.

    Args:
        piece: its rows.
        path: where to; its ending, one of `ENDINGS`, says the format.
        first: the first part, None if this is it. It has the header, and says the columns' types.

    Raises:
        InputError: a column has another type than in the first part.
    """
    ending = path.suffix.lower()
    if ending == ".parquet":
        _write_parquet(piece, path, first)
    elif ending == ".jsonl":
        text = piece.to_json(orient="records", lines=True, force_ascii=False, date_format="iso")
        path.write_text(text, encoding="utf-8", newline="")
    else:
        text = piece.to_csv(
            index=False, header=first is None, sep="," if ending == ".csv" else "\t"
        )
        # A CSV begins with a BOM, since Excel takes one without for CP949.
        bom = ending == ".csv" and first is None
        path.write_text(text, encoding="utf-8-sig" if bom else "utf-8", newline="")


def join_parts(parts: Sequence[Path], output: Path) -> None:
    """Write all parts, in order, as one file; they are read piece by piece."""
    if output.suffix.lower() == ".parquet":
        import pyarrow.parquet as pq

        with pq.ParquetWriter(output, pq.read_schema(parts[0])) as writer:
            for path in parts:
                with pq.ParquetFile(path) as part:
                    for group in range(part.num_row_groups):
                        writer.write_table(part.read_row_group(group))
        return
    with output.open("wb") as whole:
        for path in parts:
            with path.open("rb") as part:
                shutil.copyfileobj(part, whole, 1 << 20)


def as_arrow(piece: pd.DataFrame) -> Any:
    """Rows as an Arrow table."""
    import pyarrow as pa

    return pa.table({name: _arrow(piece[name]) for name in piece.columns})


def _write_parquet(piece: pd.DataFrame, path: Path, first: Path | None) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = as_arrow(piece)
    if first is not None:
        fields = pq.read_schema(first)
        rows = pa.table({f.name: _cast(f.name, rows[f.name], f.type) for f in fields})
    pq.write_table(rows, path)


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
            "Write .csv or .jsonl instead, which allow both.",
        ) from error
