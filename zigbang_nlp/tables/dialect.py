"""How a file separates its values: the delimiter by its content, and what quotation marks do."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

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
    """

    delimiter: str
    quoted: bool = True
    skipped: int = 0

    def reader(self, lines: Iterable[str], strict: bool = False) -> Any:
        """A reader of the csv module: the fields of each row; a blank line has none."""
        csv.field_size_limit(_LONGEST)
        if not self.quoted:
            return csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE)
        return csv.reader(lines, delimiter=self.delimiter, strict=strict)


def find_dialect(source: Source, encoding: str) -> Dialect:
    """The delimiter of a .csv or .tsv file, told by its content; one that is not usual is noted."""
    usual = "\t" if source.ending == ".tsv" else ","
    lines = first_lines(source, encoding)
    skipped = (source.options.header_row or 1) - 1
    sep = _SEP.fullmatch(lines[0].lstrip("\ufeff")) if lines else None
    if sep:
        delimiter, skipped = sep[1], max(skipped, 1)
    else:
        delimiter = _delimiter(lines[skipped:], usual, source.needed)
    if delimiter != usual:
        source.notes.add("delimiter", delimiter=DELIMITERS.get(delimiter, repr(delimiter)))
    return Dialect(delimiter, skipped=skipped)


def table_in_text(source: Source, encoding: str) -> str | None:
    """The delimiter of a .txt file that is a table; None where it is one text a line."""
    lines = [line for line in first_lines(source, encoding) if line.strip()]
    tabs = {line.count("\t") for line in lines}
    if len(lines) > 1 and len(tabs) == 1 and tabs != {0}:
        return "\t"
    for delimiter in DELIMITERS:
        header = _fields(lines[:1], delimiter)
        if header and len(header[0]) > 1 and source.needed and set(source.needed) <= set(header[0]):
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
        if not rows or len(rows[0]) < 2:
            continue
        if set(needed) <= set(rows[0]) and needed:
            return delimiter
        if len({len(row) for row in rows}) == 1:
            regular.append(delimiter)
    return regular[0] if regular else usual


def _fields(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    return [list(map(composed, row)) for row in Dialect(delimiter).reader(lines) if row]
