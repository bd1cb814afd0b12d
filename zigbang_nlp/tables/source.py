"""What every reader is given: the file, how to read it, and where to note what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from zigbang_nlp.tables.unicode import composed

#: Rows held in memory at once.
CHUNK = 20_000
#: What quotation marks may do, see `ReadOptions.quoting`.
QUOTING = ("auto", "csv", "none")
#: Examples of a note that are kept.
_EXAMPLES = 3


@dataclass(frozen=True)
class ReadOptions:
    """What a person says about a file that its bytes don't say, or say wrongly.

    Attributes:
        encoding: of a text format, any that Python knows; None finds it out.
        fix_encoding: put texts right that were once decoded with the wrong encoding.
        quoting: of separated values. "auto" decides by the whole file, "csv" trusts the quotes,
            "none" takes every quotation mark as itself.
        sheet: of a workbook, its name, or "all"; None is the first visible one.
        header_row: of separated values and workbooks, counted from 1; 0 is none, None finds it
            out.
    """

    encoding: str | None = None
    fix_encoding: bool = False
    quoting: str = "auto"
    sheet: str | None = None
    header_row: int | None = None


@dataclass
class Note:
    """One thing to tell about a file; its words are in `language.file_notes`.

    Attributes:
        kind: what it is.
        values: what the sentence names (an encoding, a column).
        count: how often it was met.
        examples: of the first three.
    """

    kind: str
    values: dict[str, str]
    count: int = 0
    examples: list[str] = field(default_factory=list)


class Notes:
    """What was recognised, converted and left out while reading, in the order it was met.

    Attributes:
        facts: how the file was read, usual or not: its format, encoding, delimiter, sheet, header.
    """

    def __init__(self) -> None:
        self._notes: dict[tuple[str, ...], Note] = {}
        self.facts: dict[str, str] = {}

    def add(self, kind: str, example: object = None, count: int = 1, **values: object) -> None:
        """Note something; the same kind with the same values is counted on.

        Args:
            kind: a key of `language.file_notes`.
            example: where or what, or a function that says it (see `file_errors.example`), which is
                asked only for the three that are kept.
            count: how many at once.
            values: what the sentence names.
        """
        key = (kind, *map(str, values.values()))
        note = self._notes.get(key)
        if note is None:
            note = self._notes[key] = Note(kind, {k: str(v) for k, v in values.items()})
        note.count += count
        if example is not None and len(note.examples) < _EXAMPLES:
            shown = example() if callable(example) else example
            note.examples.append(shown if isinstance(shown, str) else str(shown))

    def merge(self, others: Iterable[Note]) -> None:
        """Count on what was noted of another part of the same file."""
        for other in others:
            self.add(other.kind, count=other.count, **other.values)
            known = self._notes[other.kind, *other.values.values()]
            known.examples = [*known.examples, *other.examples][:_EXAMPLES]

    def __iter__(self) -> Iterator[Note]:
        return iter(self._notes.values())

    def __len__(self) -> int:
        return len(self._notes)


@dataclass(frozen=True)
class Source:
    """One file as its reader sees it.

    Attributes:
        path: where its bytes are; of a .gz or .zip, of what was unpacked.
        name: as the user knows it, for messages.
        ending: the format, in lower case, e.g. ".csv".
        needed: columns that must be there.
        only: whether no others are wanted.
        first: whether no more than the first chunk is wanted.
        rows: of a Parquet file, which of its rows are wanted, counted from 0; None is all.
        options, notes: see there.
    """

    path: Path
    name: str
    ending: str
    needed: Sequence[str] = ()
    only: bool = False
    first: bool = False
    rows: range | None = None
    options: ReadOptions = ReadOptions()
    notes: Notes = field(default_factory=Notes)


def unique_names(names: Sequence[str], notes: Notes) -> list[str]:
    """Names of columns, composed and each once: a second "text" is "text.1", one without "Unnamed: 3"."""
    names = [composed(name) for name in names]
    unique: list[str] = []
    taken = set(names)
    for at, name in enumerate(names):
        column = name if name else f"Unnamed: {at}"
        number = 0
        while column in unique:
            number += 1
            if f"{name}.{number}" not in taken:
                column = f"{name}.{number}"
        if number:
            notes.add("same columns", name=column)
        unique.append(column)
    return unique


def first_line(error: BaseException) -> str:
    """What an exception of a library says, as a part of a sentence."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
