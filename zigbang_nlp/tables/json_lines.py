"""JSON lines: one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from zigbang_nlp.tables.encoding import text_encoding
from zigbang_nlp.tables.source import CHUNK, Source


def read_json_lines(source: Source) -> Iterator[pd.DataFrame]:
    """The objects of a file as rows. They may lack keys; every piece has the whole file's columns."""
    encoding = text_encoding(source.path)
    columns: dict[str, None] = {}
    for row in _objects(source.path, encoding):
        columns.update(dict.fromkeys(row))
    rows: list[dict[str, Any]] = []
    for row in _objects(source.path, encoding):
        rows.append(row)
        if len(rows) == CHUNK:
            yield pd.DataFrame(rows, columns=list(columns), dtype=object)
            rows = []
    if rows:
        yield pd.DataFrame(rows, columns=list(columns), dtype=object)


def _objects(path: Path, encoding: str) -> Iterator[dict[str, Any]]:
    with path.open(encoding=encoding) as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise ValueError(f"line {number} is not JSON ({error})") from error
            if not isinstance(row, dict):
                raise ValueError(f"line {number} is not a JSON object")
            yield row
