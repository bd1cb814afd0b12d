"""Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from zigbang_nlp.tables.source import CHUNK, Source, unique_names


def read_parquet(source: Source) -> Iterator[pd.DataFrame]:
    """The rows of a .parquet file in Arrow's own types: an integer beside a missing one stays one.

    Of a file of which only `source.rows` are wanted, only the row groups that hold them are read.
    """
    import pyarrow.parquet

    with pyarrow.parquet.ParquetFile(source.path) as file:
        names = unique_names(file.schema_arrow.names, source.notes)
        columns = None
        if source.only and names == file.schema_arrow.names and set(source.needed) <= set(names):
            columns = list(dict.fromkeys(source.needed))
        if not file.metadata.num_rows:
            yield pd.DataFrame(columns=names)
        groups, at = _groups(file.metadata, source.rows or range(file.metadata.num_rows))
        for batch in file.iter_batches(CHUNK, row_groups=groups, columns=columns):
            chosen, at = batch, at + len(batch)
            if source.rows is not None:
                first = max(source.rows.start - (at - len(batch)), 0)
                chosen = batch.slice(first, max(source.rows.stop - (at - len(batch)) - first, 0))
                if not len(chosen):
                    continue
            renamed = chosen if columns is not None else chosen.rename_columns(names)
            yield renamed.to_pandas(types_mapper=pd.ArrowDtype, ignore_metadata=True)


def _groups(metadata: Any, rows: range) -> tuple[list[int], int]:
    """The row groups that hold these rows, and the number of the first row in them."""
    groups: list[int] = []
    first = begin = 0
    for group in range(metadata.num_row_groups):
        end = begin + metadata.row_group(group).num_rows
        if begin < rows.stop and end > rows.start:
            first = first if groups else begin
            groups.append(group)
        begin = end
    return groups, first
