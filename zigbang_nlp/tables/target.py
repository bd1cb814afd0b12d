"""What every writer is given: the file, what goes into it beside the cells, where to note things."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pandas as pd

from zigbang_nlp.tables.cells import as_text, is_missing
from zigbang_nlp.tables.source import Notes

#: Types of cells that go into every format as they are.
_PLAIN = (str, bool, int, float)


@dataclass(frozen=True)
class WriteOptions:
    """What a table doesn't say itself.

    Attributes:
        encoding: of .csv and .tsv. utf-8-sig (with BOM) is what Excel needs to show Hangul.
        header: whether the names of the columns go before the rows, in .csv and .tsv.
        types: column -> its Arrow type, see `write_parquet.arrow_type`; others are told by the rows.
        labels: column -> what it holds, in Korean: the variable labels of .sav and .dta.
        value_labels: column -> value -> what it means, of .sav.
    """

    encoding: str = "utf-8-sig"
    header: bool = True
    types: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """One file as its writer sees it.

    Attributes:
        path: where its bytes go.
        name: as the user knows it, for messages.
        ending: the format, in lower case, e.g. ".csv".
        options, notes: see there.
    """

    path: Path
    name: str
    ending: str
    options: WriteOptions = WriteOptions()
    notes: Notes = field(default_factory=Notes)


class TableWriter(AbstractContextManager["TableWriter"]):
    """Writes the chunks of one table, in order.

    Args:
        target: where to and how.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        #: Rows written before the chunk at hand.
        self.rows = 0

    @abstractmethod
    def write(self, chunk: pd.DataFrame) -> None:
        """Write some rows; all chunks have the same columns."""

    @abstractmethod
    def finish(self) -> None:
        """Write what is left, after the last chunk."""

    def abandon(self) -> None:
        """Let go of what is held after an error; not every writer holds something."""

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.finish()
        else:
            self.abandon()


def plain(value: Any) -> Any:
    """A cell as text formats hold it: text, a number, true or false, or None where it is missing.

    Dates are spelled as ISO 8601 has them, midnight as a day; lists and objects as JSON.

    >>> plain(datetime(2024, 3, 1)), plain({"주차": ["좁다"]})
    ('2024-03-01', '{"주차": ["좁다"]}')

    Raises:
        InputError: bytes that are no text.
        TypeError: a list or an object that holds what JSON doesn't know.
    """
    if value is None or type(value) in _PLAIN:
        return None if value != value else value
    if isinstance(value, dict | list | tuple | set | frozenset) or hasattr(value, "tolist"):
        value = value.tolist() if hasattr(value, "tolist") else value
        if type(value) in _PLAIN:
            return plain(value)
        return json.dumps(value, ensure_ascii=False, default=nested)
    if is_missing(value):
        return None
    if isinstance(value, datetime):
        midnight = value.tzinfo is None and value.time() == time.min
        return value.date().isoformat() if midnight else value.isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return as_text(value)


def nested(value: Any) -> Any:
    """What JSON holds in place of a value it doesn't know; see `json.dumps`."""
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, bytes | date | time) or is_missing(value):
        return plain(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
