"""Parquet."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from zigbang_nlp.tables.source import CHUNK, Source


def read_parquet(source: Source) -> Iterator[pd.DataFrame]:
    """The rows of a .parquet file in Arrow's own types: an integer beside a missing one stays one."""
    import pyarrow.parquet

    with pyarrow.parquet.ParquetFile(source.path) as file:
        if not file.metadata.num_rows:
            yield file.schema_arrow.empty_table().to_pandas()
        for batch in file.iter_batches(CHUNK):
            yield batch.to_pandas(types_mapper=pd.ArrowDtype, ignore_metadata=True)
