"""Separated values: .csv and .tsv; and plain text, which may be a table after all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

import pandas as pd

from zigbang_nlp.language.file_errors import example, file_error
from zigbang_nlp.tables.dialect import DELIMITERS, Dialect, find_dialect, table_in_text
from zigbang_nlp.tables.encoding import encoding_of
from zigbang_nlp.tables.header import place_names
from zigbang_nlp.tables.quotes import with_quoting
from zigbang_nlp.tables.source import CHUNK, Source, unique_names


def read_separated(source: Source) -> Iterator[pd.DataFrame]:
    """The rows of a .csv or .tsv file, every value as text.

    Raises:
        InputError: a row with more fields than the header, or quotation marks that merge rows.
    """
    encoding = encoding_of(source)
    dialect = with_quoting(source, encoding, find_dialect(source, encoding))
    yield from _rows_of(source, encoding, dialect)


def read_lines(source: Source) -> Iterator[pd.DataFrame]:
    """The lines of a .txt file as the column "text"; or its rows where it is a table."""
    encoding = encoding_of(source)
    delimiter = table_in_text(source, encoding)
    if delimiter is not None:
        source.notes.add("table in text", ending=source.ending, delimiter=DELIMITERS[delimiter])
        dialect = with_quoting(source, encoding, Dialect(delimiter))
        yield from _rows_of(source, encoding, dialect)
        return
    with source.path.open(encoding=encoding, newline=None) as stream:
        while lines := [line.rstrip("\n") for line in islice(stream, CHUNK)]:
            yield pd.DataFrame({"text": lines}, dtype=object)


def _rows_of(source: Source, encoding: str, dialect: Dialect) -> Iterator[pd.DataFrame]:
    """The rows of a file whose dialect is known; those that are short are filled and noted."""
    with dialect.opened(source.path, encoding) as stream:
        reader = dialect.reader(stream)
        first: list[str] = next(filter(None, reader), [])
        if dialect.header:
            names = unique_names(first, source.notes)
        else:
            names = place_names(len(first))
            reader = chain([first], reader)
        count = 0
        while rows := list(islice(reader, CHUNK)):
            if any(len(row) != len(names) for row in rows):
                rows = list(_even(rows, len(names), count, source))
            count += len(rows)
            yield pd.DataFrame(rows, columns=names, dtype=object)
        if not count:
            yield pd.DataFrame(columns=names, dtype=object)


def _even(
    rows: Sequence[list[str]], width: int, before: int, source: Source
) -> Iterator[list[str]]:
    number = before
    for row in rows:
        if not row or (width > 1 and len(row) == 1 and not row[0].strip()):
            source.notes.add("blank lines")
            continue
        number += 1
        if len(row) < width:
            source.notes.add("short rows", example("row", row=number))
            row = row + [""] * (width - len(row))
        elif any(field.strip() for field in row[width:]):
            raise file_error("long row", name=source.name, row=number, fields=len(row), width=width)
        yield row[:width]
