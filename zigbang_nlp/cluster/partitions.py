"""Tables as Parquet partitions: where they begin and end, and how they are read and written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from zigbang_nlp.errors import InputError
from zigbang_nlp.files import atomic_file
from zigbang_nlp.tables.read import CHUNK, ReadOptions, read_table
from zigbang_nlp.tables.source import Notes, unique_names
from zigbang_nlp.tables.unicode import composed
from zigbang_nlp.tables.write import open_table

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


def spilt(source: Path, target: Path, column: str, options: ReadOptions, notes: Notes) -> Path:
    """A file of another format as Parquet, read once by the reader of all files.

    Args:
        source: see `read_table`.
        target: directory that all workers see; what is written there begins with a dot.
        column: that must be there.
        options: how to read it.
        notes: what was recognised and converted is noted.

    Raises:
        InputError: see `read_table`.
    """
    path = target / ".input.parquet"
    with open_table(path, name=source.name) as write:
        for piece in read_table(source, [column], options, notes):
            write(piece)
    return path


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
            f"{source} is neither a file nor a directory of Parquet files.",
            "Check the name; a directory must hold files that end with .parquet.",
        )
    found: list[Partition] = []
    for file in files:
        try:
            metadata = pq.read_metadata(file)
        except (OSError, pa.ArrowException) as error:
            raise InputError(f"{file} can't be read as Parquet: {error}.") from error
        names = unique_names(metadata.schema.to_arrow_schema().names, Notes())
        if composed(column) not in names:
            raise InputError(
                f"{file.name} has no column {column!r}.",
                f"Its columns are: {', '.join(map(repr, names))}.",
            )
        for start in range(0, metadata.num_rows, size):
            stop = min(start + size, metadata.num_rows)
            name = f"part-{len(found):06}.parquet"
            found.append(
                Partition(str(file.resolve()), start, stop, str((target / name).resolve()))
            )
    return found
