"""JSON: one object a line, an array of objects, or an object that holds one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

import pandas as pd

from zigbang_nlp.language.file_errors import example, file_error, quoted
from zigbang_nlp.tables.encoding import encoding_of
from zigbang_nlp.tables.json_document import document_rows, is_document
from zigbang_nlp.tables.mojibake import known_columns
from zigbang_nlp.tables.source import CHUNK, Source
from zigbang_nlp.tables.unicode import composed

#: How JSON writes half a surrogate pair, or a whole one.
_ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")
_LONE = re.compile("[\ud800-\udfff]")


def read_json(source: Source) -> Iterator[pd.DataFrame]:
    """The objects of a file as rows. They may lack keys; every chunk has the same columns.

    Where only some columns are wanted, or only the first chunk, the file is read once, else once
    more for its keys.
    """
    encoding = encoding_of(source)
    columns: dict[str, None] = {}
    if source.only:
        columns = dict.fromkeys(source.needed)
    elif not source.first:
        for row in _rows(source, encoding):
            columns.update(dict.fromkeys(row))
    rows = _rows(source, encoding, noting=True)
    unseen: set[str] = set()
    keys: dict[str, None] = {}
    while chunk := list(islice(rows, CHUNK)):
        unseen = unseen if keys else set(source.needed)
        if unseen and source.only:
            for row in chunk:
                unseen -= row.keys()
                keys.update(dict.fromkeys(row))
        if source.first:
            columns = {key: None for row in chunk for key in row}
        yield pd.DataFrame(chunk, columns=list(columns), dtype=object)
    if unseen and source.only:
        missing = [name for name in source.needed if name in unseen]
        raise file_error(
            "no column", name=source.name, columns=quoted(missing), known=known_columns(keys)
        )


def _rows(source: Source, encoding: str, noting: bool = False) -> Iterator[dict[str, Any]]:
    with source.path.open(encoding=encoding) as stream:
        if is_document(stream):
            rows = document_rows(stream, source.name, source.notes if noting else None)
            yield from (_whole(row, n, source, noting) for n, row in enumerate(rows, start=1))
            return
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise ValueError(f"line {number} is not JSON ({error})") from error
            if not isinstance(row, dict):
                raise ValueError(f"line {number} is not a JSON object")
            plain = not _ESCAPED.search(line) and all(map(_is_composed, row))
            yield row if plain else _whole(row, number, source, noting)


@lru_cache(10_000)
def _is_composed(key: str) -> bool:
    return composed(key) == key


def _whole(row: dict[str, Any], number: int, source: Source, noting: bool) -> dict[str, Any]:
    """A row with composed keys and without half characters, which no file and no database takes."""
    whole = {}
    for key, value in row.items():
        if isinstance(value, str) and _LONE.search(value):
            value = _LONE.sub("\ufffd", value)
            if noting:
                source.notes.add("surrogates", example("row", row=number))
        whole[composed(_LONE.sub("\ufffd", key))] = value
    return whole
