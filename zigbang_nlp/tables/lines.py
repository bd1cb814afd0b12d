"""Plain text: one text a line."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from zigbang_nlp.tables.encoding import text_encoding
from zigbang_nlp.tables.source import CHUNK, Source


def read_lines(source: Source) -> Iterator[pd.DataFrame]:
    """The lines of a .txt file as the column "text"."""
    with source.path.open(encoding=text_encoding(source.path), newline=None) as stream:
        while lines := [line.rstrip("\n") for _, line in zip(range(CHUNK), stream, strict=False)]:
            yield pd.DataFrame({"text": lines})
