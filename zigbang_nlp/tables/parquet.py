"""Parquet."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from zigbang_nlp.tables.source import CHUNK, Source, unique_names


def read_parquet(source: Source) -> Iterator[pd.DataFrame]:
    """The rows of a .parquet file in Arrow's own types: an integer beside a missing one stays one."""
    import pyarrow.parquet

    with pyarrow.parquet.ParquetFile(source.path) as file:
        names = unique_names(file.schema_arrow.names, source.notes)
        wanted = None
        if source.only and names == file.schema_arrow.names and set(source.needed) <= set(names):
            wanted = list(dict.fromkeys(source.needed))
        if not file.metadata.num_rows:
            yield pd.DataFrame(columns=names)
        for batch in file.iter_batches(CHUNK, columns=wanted):
            renamed = batch if wanted is not None else batch.rename_columns(names)
            yield renamed.to_pandas(types_mapper=pd.ArrowDtype, ignore_metadata=True)
