"""Tables as Parquet partitions: where they begin and end, and how they are read and written."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from zigbang_nlp.errors import InputError
from zigbang_nlp.files import atomic_file
from zigbang_nlp.tables.cells import review_texts
from zigbang_nlp.tables.read import CHUNK, Notes, ReadOptions, read_table
from zigbang_nlp.tables.unicode import composed
from zigbang_nlp.tables.write import open_table

#: Rows of a partition: whole chunks, as one machine reads them, so that the network sees the same
#: batches and gives the same digits.
ROWS = 3 * CHUNK


@dataclass(frozen=True)
class Partition:
    """Rows `start` to `stop` of a Parquet file, and the file they become."""

    source: str
    start: int
    stop: int
    target: str

    def read(
        self, column: str, options: ReadOptions | None = None, notes: Notes | None = None
    ) -> pd.DataFrame:
        """Its rows, by the reader of all files; of the file only the row groups that hold them.

        Args:
            column: that must be there.
            options: how to read it.
            notes: what was recognised and converted is noted.

        Raises:
            InputError: see `read_table`.
        """
        rows = range(self.start, self.stop)
        chunks = read_table(Path(self.source), [column], options, notes, rows=rows)
        return pd.concat(chunks, ignore_index=True)

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
        InputError: see `read_table`; or a cell of the column is no text.
    """
    path = target / ".input.parquet"
    rows = 0
    with open_table(path, name=source.name) as write:
        for chunk in read_table(source, [column], options, notes):
            # Parquet has one type a column, so that a cell that is no text would become one.
            review_texts(chunk[composed(column)], composed(column), rows)
            rows += len(chunk)
            write(chunk)
    return path


def partitions_of(
    source: Path,
    target: Path,
    column: str,
    size: int = ROWS,
    options: ReadOptions | None = None,
) -> list[Partition]:
    """The partitions of a Parquet file, or of a directory of them in the order of their names.

    Args:
        source: the file or directory; workers must see it under the same path.
        target: directory of their results, likewise.
        column: that each file must have.
        size: rows of a partition at most.
        options: how to read them.

    Raises:
        InputError: there is no Parquet file, one can't be read, or one lacks the column.
    """
    import pyarrow.parquet as pq

    files = sorted(source.glob("*.parquet")) if source.is_dir() else [source]
    if not files or not all(file.is_file() and file.suffix == ".parquet" for file in files):
        raise InputError(
            f"{source} is neither a file nor a directory of Parquet files.",
            "Check the name; a directory must hold files that end with .parquet.",
        )
    partitions: list[Partition] = []
    for file in files:
        # Its first rows, so that a wrong column is said before anything is predicted.
        with contextlib.closing(read_table(file, [column], options, only=True)) as chunks:
            next(chunks)
        count = pq.read_metadata(file).num_rows
        for start in range(0, count, size):
            stop = min(start + size, count)
            name = f"part-{len(partitions):06}.parquet"
            partitions.append(
                Partition(str(file.resolve()), start, stop, str((target / name).resolve()))
            )
    if not partitions:
        raise InputError(f"{source.name} has no rows.", "Give a file with at least one row.")
    return partitions
