"""Tables as Parquet partitions: where they begin and end, and how they are read and written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from zigbang_nlp.errors import InputError
from zigbang_nlp.files import atomic_file
from zigbang_nlp.tables.read import CHUNK
from zigbang_nlp.tables.source import Notes, unique_names

#: Rows of a partition: whole pieces, as one machine reads them, so that the network sees the same
#: batches and gives the same digits.
ROWS = 3 * CHUNK


@dataclass(frozen=True)
class Partition:
    """Rows `start` to `stop` of a Parquet file, and the file they become."""

    source: str
    start: int
    stop: int
    target: str

    def read(self) -> pd.DataFrame:
        """Its rows; of the file only the row groups that hold them."""
        import pyarrow.parquet as pq

        with pq.ParquetFile(self.source) as file:
            begin, groups, first = 0, [], None
            for group in range(file.metadata.num_row_groups):
                end = begin + file.metadata.row_group(group).num_rows
                if begin < self.stop and end > self.start:
                    groups.append(group)
                    first = begin if first is None else first
                begin = end
            rows = file.read_row_groups(groups)
        rows = rows.slice(self.start - (first or 0), self.stop - self.start)
        rows = rows.rename_columns(unique_names(rows.column_names, Notes()))
        read: pd.DataFrame = rows.to_pandas(types_mapper=pd.ArrowDtype, ignore_metadata=True)
        return read

    def write(self, rows: Any) -> None:
        """Write an Arrow table as its target, whole or not at all."""
        import pyarrow.parquet as pq

        with atomic_file(Path(self.target)) as fresh:
            pq.write_table(rows, fresh)


def partitions_of(source: Path, target: Path, column: str, size: int = ROWS) -> list[Partition]:
    """The partitions of a Parquet file, or of a directory of them in the order of their names.

    Args:
        source: the file or directory; workers must see it under the same path.
        target: directory of their results, likewise.
        column: that each file must have.
        size: rows of a partition at most.

    Raises:
        InputError: there is no Parquet file, one can't be read, or one lacks the column.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    files = sorted(source.glob("*.parquet")) if source.is_dir() else [source]
    if not files or not all(file.is_file() and file.suffix == ".parquet" for file in files):
        raise InputError(
            f"{source} is neither a Parquet file nor a directory of them.",
            "Dask reads Parquet; `zigbang-nlp predict` without --dask reads other files.",
        )
    found: list[Partition] = []
    for file in files:
        try:
            metadata = pq.read_metadata(file)
        except (OSError, pa.ArrowException) as error:
            raise InputError(f"{file} can't be read as Parquet: {error}.") from error
        if column not in metadata.schema.to_arrow_schema().names:
            raise InputError(
                f"{file.name} has no column {column!r}.",
                f"Its columns are: {', '.join(map(repr, metadata.schema.to_arrow_schema().names))}.",
            )
        for start in range(0, metadata.num_rows, size):
            stop = min(start + size, metadata.num_rows)
            name = f"part-{len(found):06}.parquet"
            found.append(
                Partition(str(file.resolve()), start, stop, str((target / name).resolve()))
            )
    return found
