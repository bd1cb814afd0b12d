"""Plain text: one text a line, unless the file is a table after all."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pandas as pd

from zigbang_nlp.tables.dialect import DELIMITERS, Dialect, table_in_text
from zigbang_nlp.tables.encoding import encoding_of
from zigbang_nlp.tables.quotes import with_quoting
from zigbang_nlp.tables.separated import read_rows
from zigbang_nlp.tables.source import CHUNK, Source


def read_lines(source: Source) -> Iterator[pd.DataFrame]:
    """The lines of a .txt file as the column "text"; or its rows where it is a table."""
    encoding = encoding_of(source)
    delimiter = table_in_text(source, encoding)
    if delimiter is not None:
        source.notes.add("table in text", ending=source.ending, delimiter=DELIMITERS[delimiter])
        dialect = with_quoting(source, encoding, Dialect(delimiter))
        yield from read_rows(source, encoding, dialect)
        return
    with source.path.open(encoding=encoding, newline=None) as stream:
        while lines := [line.rstrip("\n") for line in islice(stream, CHUNK)]:
            yield pd.DataFrame({"text": lines}, dtype=object)
