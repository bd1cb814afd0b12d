"""Tables as files: the one way out for every format, whole or in parts that are joined at the end."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from zigbang_nlp.errors import InputError, ZigbangError
from zigbang_nlp.tables.source import Notes, first_line
from zigbang_nlp.tables.target import TableWriter, Target, WriteOptions
from zigbang_nlp.tables.write_parquet import ParquetWriter, as_arrow, cast_to
from zigbang_nlp.tables.write_statistics import StatisticsWriter, check_installed
from zigbang_nlp.tables.write_text import JsonLinesWriter, SeparatedWriter
from zigbang_nlp.tables.write_workbook import WorkbookWriter

__all__ = ["ENDINGS", "WriteOptions", "as_arrow", "check_ending", "join_parts", "open_table",
           "part_ending", "write_part"]  # fmt: skip

#: ending -> what writes such a file. A new format is a module and a line here.
WRITERS: dict[str, type[TableWriter]] = {
    ".csv": SeparatedWriter,
    ".tsv": SeparatedWriter,
    ".jsonl": JsonLinesWriter,
    ".parquet": ParquetWriter,
    ".xlsx": WorkbookWriter,
    ".sav": StatisticsWriter,
    ".dta": StatisticsWriter,
}
ENDINGS = tuple(WRITERS)
#: Formats whose files are their parts one after another.
_JOINED = (".csv", ".tsv", ".jsonl")


def check_ending(path: Path, endings: Sequence[str] = ENDINGS) -> None:
    """Find out before the work whether a file of this ending can be written.

    Raises:
        InputError: it can't.
        ConfigError: what writes it is not installed.
    """
    ending = path.suffix.lower()
    if ending not in endings:
        raise InputError(
            f"{path.name} has the extension {ending or '(none)'}, which can't be written.",
            f"Use one of {', '.join(endings)}.",
        )
    if WRITERS.get(ending) is StatisticsWriter:
        check_installed()


@contextlib.contextmanager
def open_table(
    path: Path, options: WriteOptions | None = None, notes: Notes | None = None, name: str = ""
) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Write a table chunk by chunk.

    Args:
        path: its ending, one of `ENDINGS`, says the format.
        options: what the table doesn't say itself.
        notes: where what was changed for the sake of the format is noted.
        name: what messages call the file.

    Yields:
        A function that writes the next rows; all chunks have the same columns.

    Raises:
        InputError: a cell can't be written; it names row and column.
        ConfigError: what writes the format is not installed.
    """
    target = Target(
        path,
        name or path.name,
        path.suffix.lower(),
        options or WriteOptions(),
        Notes() if notes is None else notes,
    )
    written: list[pd.DataFrame] = []
    late = WRITERS[target.ending] is StatisticsWriter
    writer = WRITERS[target.ending](target)

    def write(chunk: pd.DataFrame) -> None:
        if late:
            written.append(chunk)
        with _in_words(target, [chunk], writer.rows):
            writer.write(chunk)
        writer.rows += len(chunk)

    with _in_words(target, written, 0), writer:
        yield write


def part_ending(output: Path) -> str:
    """The ending of the parts of a file: its own, or .parquet where parts can't be put together."""
    ending = output.suffix.lower()
    return ending if ending in _JOINED else ".parquet"


def write_part(
    chunk: pd.DataFrame,
    path: Path,
    first: Path | None,
    output: Path | None = None,
    before: int = 0,
    notes: Notes | None = None,
) -> None:
    """Write one part of a file that `join_parts` puts together.

    Args:
        chunk: its rows.
        path: where to; its ending is that of `part_ending`.
        first: the first part, None if this is it. It has the header, and says the columns' types.
        output: the file they are to become; None is `path`.
        before: rows of the file before these.
        notes: see `open_table`.

    Raises:
        InputError: a column has another type than in the first part, or a cell can't be written.
    """
    options = WriteOptions() if first is None else WriteOptions(encoding="utf-8", header=False)
    name = (output or path).name
    target = Target(path, name, path.suffix.lower(), options, Notes() if notes is None else notes)
    with _in_words(target, [chunk], before):
        if target.ending != ".parquet":
            with WRITERS[target.ending](target) as writer:
                writer.rows = before
                writer.write(chunk)
            return
        import pyarrow.parquet as pq

        rows = as_arrow(chunk)
        # Only Parquet holds one type a column.
        if first is not None and (output or path).suffix.lower() == ".parquet":
            rows = cast_to(rows, pq.read_schema(first))
        pq.write_table(rows, path)


def join_parts(
    parts: Sequence[Path],
    output: Path,
    options: WriteOptions | None = None,
    notes: Notes | None = None,
) -> None:
    """Write all parts, in order, as one file; they are read chunk by chunk."""
    if output.suffix.lower() in _JOINED:
        with output.open("wb") as whole:
            for path in parts:
                with path.open("rb") as part:
                    shutil.copyfileobj(part, whole, 1 << 20)
        return
    import pyarrow.parquet as pq

    if output.suffix.lower() == ".parquet":
        with pq.ParquetWriter(output, pq.read_schema(parts[0])) as writer:
            for path in parts:
                with pq.ParquetFile(path) as file:
                    for group in range(file.num_row_groups):
                        writer.write_table(file.read_row_group(group))
        return
    with open_table(output, options, notes) as write:
        for path in parts:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(20_000):
                    write(batch.to_pandas(types_mapper=pd.ArrowDtype, ignore_metadata=True))


@contextlib.contextmanager
def _in_words(target: Target, chunks: Sequence[pd.DataFrame], before: int) -> Iterator[None]:
    """Whatever a library raises about a cell, as one sentence: the boundary of all writers."""
    try:
        yield
    except InputError as error:
        fact = _placed(error.fact, target, chunks, before)
        if fact == error.fact:  # of what is written, not of the writing
            raise
        raise InputError(fact, error.next_step) from error
    except (ZigbangError, MemoryError, OSError):
        raise
    except Exception as error:  # each library has its own, and some have bugs
        fact = f"{target.name} can't hold a cell: {first_line(error)[:200]}."
        raise InputError(
            _placed(fact, target, chunks, before),
            "Correct the cell, leave the column out, or write another format.",
        ) from error


def _placed(fact: str, target: Target, chunks: Sequence[pd.DataFrame], before: int) -> str:
    """The fact, with the row and column in front where a cell alone makes it."""
    if not chunks:
        return fact
    whole = pd.concat(chunks, ignore_index=True)
    for at in range(len(whole.columns)):
        cells = whole.iloc[:, [at]]
        if not _fails(cells, target):
            continue
        first, last = 0, len(cells)
        while last - first > 1:
            middle = (first + last) // 2
            if _fails(cells.iloc[first:middle], target):
                last = middle
            else:
                first = middle
        if _fails(cells.iloc[first:last], target):
            return f"Row {before + first + 1}, column {str(whole.columns[at])!r}: {fact}"
        return f"Column {str(whole.columns[at])!r}: {fact}"
    return fact


def _fails(cells: pd.DataFrame, target: Target) -> bool:
    with tempfile.TemporaryDirectory(prefix="zigbang-nlp-") as folder:
        path = Path(folder) / f"cells{target.ending}"
        try:
            with WRITERS[target.ending](replace(target, path=path, notes=Notes())) as writer:
                writer.write(cells)
        except Exception:  # noqa: BLE001 - that is what is asked
            return True
    return False
