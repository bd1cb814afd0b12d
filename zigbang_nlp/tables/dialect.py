"""How a file separates its values: the delimiter by its content, and what quotation marks do."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from zigbang_nlp.tables.header import is_data, names_columns, title_rows
from zigbang_nlp.tables.source import Source
from zigbang_nlp.tables.unicode import composed

DELIMITERS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}
#: Lines that the delimiter is told by.
_LOOKED_AT = 200
#: Characters of a field; a mark that never closes must not take a large file into memory.
_LONGEST = 1 << 26
#: Excel's own line above the header: sep=;
_SEP = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """How to read separated values.

    Attributes:
        delimiter: one character.
        quoted: whether quotation marks enclose fields, or are characters like others.
        skipped: lines before the header.
        header: whether the first of the other rows names the columns.
    """

    delimiter: str
    quoted: bool = True
    skipped: int = 0
    header: bool = True

    @contextmanager
    def opened(self, path: Path, encoding: str) -> Iterator[TextIO]:
        """A file from its header on."""
        with path.open(encoding=encoding, newline="") as stream:
            for _ in range(self.skipped):
                stream.readline()
            yield stream

    def reader(self, lines: Iterable[str], strict: bool = False) -> Any:
        """A reader of the csv module: the fields of each row; a blank line has none."""
        csv.field_size_limit(_LONGEST)
        if not self.quoted:
            return csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE)
        return csv.reader(lines, delimiter=self.delimiter, strict=strict)


def find_dialect(source: Source, encoding: str) -> Dialect:
    """The delimiter and the header of a .csv or .tsv file, told by its content.

    A delimiter that is not usual, titles above the header and a missing header are noted.
    """
    usual = "\t" if source.ending == ".tsv" else ","
    lines = first_lines(source, encoding)
    header_row = source.options.header_row
    skipped = max((header_row or 1) - 1, 0)
    sep = _SEP.fullmatch(lines[0].lstrip("\ufeff")) if lines else None
    if sep:
        delimiter, skipped = sep[1], max(skipped, 1)
    else:
        delimiter = _delimiter(lines[skipped:], usual, source.needed)
    named = DELIMITERS.get(delimiter, repr(delimiter))
    if delimiter != usual:
        source.notes.add("delimiter", delimiter=named)
    header = header_row != 0
    if header_row is None:
        skipped, header = _header(lines, Dialect(delimiter, skipped=skipped), source)
    source.notes.facts |= {"delimiter": named, "header row": str(skipped + 1) if header else "none"}
    return Dialect(delimiter, skipped=skipped, header=header)


def _header(lines: Sequence[str], dialect: Dialect, source: Source) -> tuple[int, bool]:
    """(lines before the header, whether there is one), noted where that is not as usual."""
    reader = dialect.reader(lines[dialect.skipped :])
    ends = [(row, reader.line_num) for row in reader]
    rows = [row for row, _ in ends[: -1 if len(lines) == _LOOKED_AT else None]]  # it may go on
    above = title_rows(rows, source.needed)
    if above:
        skipped = dialect.skipped + ends[above - 1][1]
        count = sum(1 for row in rows[:above] if row)
        source.notes.add("rows above the header", count=count, row=skipped + 1)
        return skipped, True
    filled = [row for row in rows if row]
    if filled and is_data(filled, source.needed):
        source.notes.add("no header")
        return dialect.skipped, False
    return dialect.skipped, True


def table_in_text(source: Source, encoding: str) -> str | None:
    """The delimiter of a .txt file that is a table; None where it is one text a line."""
    lines = [line for line in first_lines(source, encoding) if line.strip()]
    tabs = {line.count("\t") for line in lines}
    if len(lines) > 1 and len(tabs) == 1 and tabs != {0}:
        return "\t"
    for delimiter in DELIMITERS:
        rows = _fields(lines, delimiter)
        if not rows or len(rows[0]) < 2:
            continue
        if source.needed and set(source.needed) <= set(rows[0]):
            return delimiter
        if len({len(row) for row in rows}) == 1 and all(names_columns([c], ()) for c in rows[0]):
            return delimiter
    return None


def first_lines(source: Source, encoding: str) -> list[str]:
    """The first lines of a file, enough to tell its dialect by, without byte order mark."""
    with source.path.open(encoding=encoding, newline="") as stream:
        return list(islice(stream, _LOOKED_AT))


def _delimiter(lines: Sequence[str], usual: str, needed: Sequence[str]) -> str:
    """The usual one, unless another splits the lines into the same number of fields each."""
    regular: list[str] = []
    for delimiter in (usual, *(d for d in DELIMITERS if d != usual)):
        rows = _fields(lines, delimiter)
        if len(lines) == _LOOKED_AT:
            rows = rows[:-1]  # it may go on
        if not rows:
            continue
        if needed and len(rows[0]) > 1 and set(needed) <= set(rows[0]):
            return delimiter
        rows = rows[title_rows(rows, needed) :]
        if len(rows[0]) > 1 and len({len(row) for row in rows}) == 1:
            regular.append(delimiter)
    return regular[0] if regular else usual


def _fields(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    return [list(map(composed, row)) for row in Dialect(delimiter).reader(lines) if row]
