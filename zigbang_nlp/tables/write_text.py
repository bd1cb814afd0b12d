"""Separated values and JSON lines, written chunk by chunk."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from zigbang_nlp.language.file_errors import example
from zigbang_nlp.tables.cells import defused
from zigbang_nlp.tables.target import TableWriter, Target, nested, plain


class SeparatedWriter(TableWriter):
    """.csv and .tsv, in which no spreadsheet finds a formula; how many cells that took is noted."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self._stream = target.path.open("wb")
        self._first = True

    def write(self, chunk: pd.DataFrame) -> None:
        """See `TableWriter`; characters that the encoding lacks become "?", and are noted."""
        safe = pd.DataFrame(
            {at: self._safe(chunk.iloc[:, at], name) for at, name in enumerate(chunk.columns)},
            index=chunk.index,
        )
        text = safe.to_csv(
            index=False,
            header=[defused(str(name)) for name in chunk.columns] if self._header else False,
            sep="\t" if self.target.ending == ".tsv" else ",",
            lineterminator="\r\n",  # a field with either of both is quoted then
        )
        encoding = self.target.options.encoding
        if not self._first and encoding.replace("_", "-").lower() == "utf-8-sig":
            encoding = "utf-8"  # the mark stands at the beginning alone
        self._stream.write(self._encoded(text, encoding))
        self._first = False

    def finish(self) -> None:
        """See `TableWriter`."""
        self._stream.close()

    abandon = finish

    @property
    def _header(self) -> bool:
        return self._first and self.target.options.header

    def _safe(self, cells: pd.Series, name: object) -> pd.Series:
        if cells.dtype.kind in "iufb":
            return cells
        values = []
        for row, cell in enumerate(cells.tolist(), start=self.rows + 1):
            value = plain(cell)
            if isinstance(value, str):
                safe = defused(value)
                if safe is not value:
                    self.target.notes.add("defused", example("cell of", row=row, column=name))
                    value = safe
            elif isinstance(value, bool):
                value = str(value).lower()
            values.append(value)
        return pd.Series(values, index=cells.index, dtype=object)

    def _encoded(self, text: str, encoding: str) -> bytes:
        try:
            return text.encode(encoding)
        except UnicodeEncodeError:
            if encoding.lower().startswith("utf"):
                raise  # half a surrogate pair, which is no character
            raw = text.encode(encoding, "replace")
            lost = raw.decode(encoding).count("?") - text.count("?")
            self.target.notes.add("replaced characters", count=lost, encoding=encoding)
            return raw


class JsonLinesWriter(TableWriter):
    """.jsonl: one object a line, with every column as a key."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        # A byte order mark would be part of the first line.
        self._stream = target.path.open("w", encoding="utf-8", newline="\n")

    def write(self, chunk: pd.DataFrame) -> None:
        """See `TableWriter`."""
        names = [str(name) for name in chunk.columns]
        columns = [map(_json_cell, chunk.iloc[:, at].tolist()) for at in range(len(names))]
        for row in zip(*columns, strict=True):
            record = dict(zip(names, row, strict=True))
            line = json.dumps(record, ensure_ascii=False, default=nested, allow_nan=False)
            self._stream.write(f"{line}\n")

    def finish(self) -> None:
        """See `TableWriter`."""
        self._stream.close()

    abandon = finish


def _json_cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        return value
    value = plain(value)
    # JSON has no infinity.
    return str(value) if value in (float("inf"), float("-inf")) else value
