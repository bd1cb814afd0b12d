"""Tables of other people, read piece by piece: the one way in for every file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pandas as pd

from zigbang_nlp.errors import InputError
from zigbang_nlp.tables.excel import read_excel
from zigbang_nlp.tables.json_lines import read_json_lines
from zigbang_nlp.tables.lines import read_lines
from zigbang_nlp.tables.parquet import read_parquet
from zigbang_nlp.tables.separated import read_separated
from zigbang_nlp.tables.source import CHUNK, Notes, ReadOptions, Source

__all__ = ["CHUNK", "ENDINGS", "Notes", "ReadOptions", "read_table"]

#: ending -> what reads such a file. A new format is a module and a line here.
READERS: dict[str, Callable[[Source], Iterator[pd.DataFrame]]] = {
    ".csv": read_separated,
    ".tsv": read_separated,
    ".txt": read_lines,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".parquet": read_parquet,
    ".xlsx": read_excel,
    ".xlsm": read_excel,
    ".xlsb": read_excel,
    ".xls": read_excel,
    ".ods": read_excel,
}
ENDINGS = tuple(READERS)


def read_table(
    path: Path,
    needed: Sequence[str] = (),
    options: ReadOptions | None = None,
    notes: Notes | None = None,
    only: bool = False,
) -> Iterator[pd.DataFrame]:
    """The rows of a file in pieces of at most 20,000, every value of a text format as text.

    Args:
        path: its ending says the format: .csv, .tsv, .txt (one text a line, column "text"),
            .jsonl, .ndjson, .parquet, .xlsx. Text formats are UTF-8 (BOM or not) or CP949.
        needed: columns that must be there.
        options: what the file doesn't say itself.
        notes: where what was recognised, converted and left out is noted.
        only: leave all other columns out.

    Raises:
        InputError: no such file, an ending or encoding that can't be read (it names the bytes
            and the line), an empty file, a missing column (it names those there are).
    """
    if not path.is_file():
        raise InputError(f"There is no file {path}.", "Check the name and the current directory.")
    ending = path.suffix.lower()
    if ending not in READERS:
        raise InputError(
            f"{path.name} has the ending {path.suffix or '(none)'}, which can't be read.",
            f"Use one of {', '.join(ENDINGS)}.",
        )
    if path.stat().st_size == 0:
        raise InputError(f"{path} is empty.", "Give a file with a header and rows.")
    source = Source(
        path=path,
        name=path.name,
        ending=ending,
        needed=needed,
        only=only,
        options=options or ReadOptions(),
        notes=Notes() if notes is None else notes,
    )
    empty = True
    try:
        for piece in READERS[ending](source):
            missing = [column for column in needed if column not in piece.columns]
            if missing:
                raise InputError(
                    f"{path.name} has no column {', '.join(map(repr, missing))}.",
                    f"Its columns are: {', '.join(map(repr, piece.columns))}.",
                )
            empty = empty and not len(piece)
            yield piece
    except (ValueError, OSError, KeyError, NotImplementedError, SyntaxError) as error:
        # pandas, pyarrow and openpyxl each have their own; all derive from these.
        raise InputError(
            f"{path} can't be read as {path.suffix[1:]}: {_first_line(error)}.",
            "Check that the file is what its ending says and is complete.",
        ) from error
    if empty:
        raise InputError(f"{path} has no rows.", "Give a file with at least one row.")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
