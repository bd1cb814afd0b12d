"""Parquet, written chunk by chunk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from zigbang_nlp.errors import InputError
from zigbang_nlp.tables.cells import as_text
from zigbang_nlp.tables.target import TableWriter, Target, plain


class ParquetWriter(TableWriter):
    """.parquet; the types of the columns are those of the options, else of the first chunk."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self._file: Any = None

    def write(self, chunk: pd.DataFrame) -> None:
        """See `TableWriter`.

        Raises:
            InputError: a column has another type than in the first chunk.
        """
        import pyarrow.parquet as pq

        rows = as_arrow(chunk, self.target.options.types)
        if self._file is None:
            self._file = pq.ParquetWriter(self.target.path, rows.schema, compression="zstd")
        self._file.write_table(cast_to(rows, self._file.schema))

    def finish(self) -> None:
        """See `TableWriter`."""
        if self._file is not None:
            self._file.close()

    abandon = finish


def arrow_type(name: str) -> Any:
    """Arrow's type of a name: that of `pyarrow.type_for_alias`, or timestamp[us, tz=UTC]."""
    import pyarrow as pa

    if name == "timestamp[us, tz=UTC]":
        return pa.timestamp("us", tz="UTC")
    return pa.type_for_alias(name)


def as_arrow(chunk: pd.DataFrame, types: Mapping[str, str] | None = None) -> Any:
    """Rows as an Arrow table.

    Args:
        chunk: the rows.
        types: column -> its type, see `arrow_type`. Others are told by their cells; a column of
            mixed types, or without a value, becomes text.
    """
    import pyarrow as pa

    known = types or {}
    names = [str(name) for name in chunk.columns]
    columns = [_arrow(chunk.iloc[:, at], known.get(name)) for at, name in enumerate(names)]
    return pa.Table.from_arrays(columns, names=names)


def cast_to(rows: Any, schema: Any) -> Any:
    """An Arrow table with the types of a schema.

    Raises:
        InputError: a column can't have its type.
    """
    import pyarrow as pa

    columns = []
    for field in schema:
        column = rows[field.name]
        try:
            columns.append(column.cast(field.type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise InputError(
                f"The column {field.name!r} begins as {field.type} and holds {column.type} further on.",
                "Write .csv or .jsonl instead, which allow both.",
            ) from error
    return pa.Table.from_arrays(columns, names=schema.names)


def _arrow(cells: pd.Series, kind: str | None) -> Any:
    import pyarrow as pa

    if kind is not None:
        return pa.array(cells.tolist(), arrow_type(kind), from_pandas=True)
    try:
        array = pa.array(cells, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        array = None
    if array is None or (pa.types.is_binary(array.type) and cells.dtype == object):
        spelled = (plain(cell) for cell in cells)
        array = pa.array([None if cell is None else as_text(cell) for cell in spelled], pa.string())
    return array.cast(pa.string()) if pa.types.is_null(array.type) else array
