"""Whether the quotation marks of a file enclose fields, or merge rows that only begin with one."""

from __future__ import annotations

import csv
import mmap
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TextIO

from zigbang_nlp.language.file_errors import example, file_error, part
from zigbang_nlp.tables.dialect import Dialect
from zigbang_nlp.tables.source import Source

_NUMBER = re.compile(r"\s*[-+]?\d*[.,]?\d+\s*")
#: A column with at most so many different values tells which values are its own.
_FEW = 20
#: Suspicious places that are kept.
_KEPT = 1_000


def with_quoting(source: Source, encoding: str, dialect: Dialect) -> Dialect:
    """The dialect with what quotation marks do, as `options.quoting` says or the file tells.

    Raises:
        InputError: see `_quotes_enclose`.
    """
    quoting = source.options.quoting
    quoted = quoting == "csv" or (quoting == "auto" and _quotes_enclose(source, encoding, dialect))
    return replace(dialect, quoted=quoted)


def _quotes_enclose(source: Source, encoding: str, dialect: Dialect) -> bool:
    """Whether to trust the quotation marks of a file; where not, it is noted.

    A field that holds a line break and a delimiter is suspicious: it may be several rows, of
    which the first and the last hold a lone quotation mark. If each line by itself has as many
    fields as the header, and its values fit their columns, the marks are characters like others.

    Raises:
        InputError: marks don't close as CSV asks, and the lines by themselves don't fit either.
    """
    if not _has_quotes(source):
        return True
    with dialect.opened(source.path, encoding) as stream:
        places = list(_suspicious(stream, dialect))
    if not places:
        return True
    closed = _closes(source, encoding, dialect)
    fits = _fit_by_line(source, encoding, dialect, places, closed)
    if fits:
        for first, last in places:
            source.notes.add("quoting none", example("lines", first=first, last=last))
        return False
    if closed:
        return True
    first, last = places[0]
    more = part("more places", count=f"{len(places) - 1:,}") if len(places) > 1 else ""
    raise file_error("open quotes", name=source.name, first=first, last=last, more=more)


def _has_quotes(source: Source) -> bool:
    with (
        source.path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw,
    ):
        return raw.find(b'"') >= 0


def _suspicious(stream: TextIO, dialect: Dialect) -> Iterator[tuple[int, int]]:
    """First and last line of each row with a field that holds a line break and a delimiter."""
    reader = dialect.reader(stream)
    suspects = begun = end = 0
    row: list[str] = []
    try:
        for row in reader:
            begun, end = end, reader.line_num
            if end - begun > 1 and suspects < _KEPT and _merged(row, dialect.delimiter):
                suspects += 1
                yield begun + 1 + dialect.skipped, end + dialect.skipped
                row = []
    except csv.Error:  # a field without end
        yield end + 1 + dialect.skipped, reader.line_num + dialect.skipped
        return
    if row and row[-1].endswith(("\n", "\r")):  # a mark that never closes
        yield begun + 1 + dialect.skipped, end + dialect.skipped


def _merged(row: list[str], delimiter: str) -> bool:
    return any(("\n" in field or "\r" in field) and delimiter in field for field in row)


def _closes(source: Source, encoding: str, dialect: Dialect) -> bool:
    """Whether every mark opens and closes as CSV asks, and all rows are as long as the header."""
    with dialect.opened(source.path, encoding) as stream, suppress(csv.Error):
        lengths = {len(row) for row in dialect.reader(stream, strict=True) if row}
        return len(lengths) == 1
    return False


def _fit_by_line(
    source: Source, encoding: str, dialect: Dialect, places: list[tuple[int, int]], closed: bool
) -> bool:
    """Whether each line by itself has the header's fields, and values like its column's others."""
    rest = iter(places)
    first, last = next(rest)
    width = 0
    others: list[_Values] = []
    within: list[list[str]] = []
    with dialect.opened(source.path, encoding) as stream:
        for number, line in enumerate(stream, start=1 + dialect.skipped):
            fields = line.rstrip("\r\n").split(dialect.delimiter)
            if not line.strip():
                continue
            if not width:
                if '"' in line:
                    return False  # the writer of this header quotes its fields
                width, others = len(fields), [_Values() for _ in fields]
                continue
            if len(fields) != width:
                return False
            while number > last and (following := next(rest, None)):
                first, last = following
            if first <= number <= last:
                within.append(fields)
            else:
                for values, field in zip(others, fields, strict=True):
                    values.add(field)
    if not closed:
        return True
    telling = [at for at, values in enumerate(others) if values.tells()]
    return all(others[at].takes(fields[at]) for at in telling for fields in within)


class _Values:
    """The values of one column, as far as they tell what belongs there."""

    def __init__(self) -> None:
        self._count = 0
        self._blank = False
        self._numbers = True
        self._few: set[str] = set()

    def add(self, value: str) -> None:
        self._count += 1
        self._blank = self._blank or not value
        self._numbers = self._numbers and bool(not value or _NUMBER.fullmatch(value))
        if len(self._few) <= _FEW:
            self._few.add(value)

    def tells(self) -> bool:
        few = len(self._few) <= _FEW and self._count >= 2 * len(self._few)
        return bool(self._count) and (self._numbers or few)

    def takes(self, value: str) -> bool:
        if not value:
            return self._blank
        if self._numbers:
            return bool(_NUMBER.fullmatch(value))
        return value in self._few
