"""What the columns of a file hold, decided before it is imported."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from zigbang_nlp.importing.rows import ImportColumns
from zigbang_nlp.records import content_id
from zigbang_nlp.tables.cells import as_text, restored
from zigbang_nlp.tables.columns import Guess, guess_roles
from zigbang_nlp.tables.read import Notes, ReadOptions, first_chunk
from zigbang_nlp.tables.text_column import column_of_texts
from zigbang_nlp.tables.zigbang_layout import Layout, apartment_column, find_layout, lengthened

#: The columns of an export that an import reads back, by what they hold.
_EXPORTED = ImportColumns(
    text="text",
    rating="score",
    label="label",
    date="written_at",
    apartment="apartment_id",
    category="category",
    id="review_id",
    split="split",
    source="source",
)
#: Formats whose cells an export defuses.
_DEFUSED = (".csv", ".tsv")
#: Name of the id that the five texts of one row share where the file has none.
_SHARED_ID = "id of the row"


@dataclass(frozen=True)
class Recognised:
    """How a file is read.

    Attributes:
        columns: what holds what.
        layout: the five pairs, where it is laid out so.
        guesses: columns that seem to have a role, by name or content.
        found_text: whether nobody has named the column of the texts.
        defused: whether an export made its cells safe for spreadsheets, see `tables.cells`.
    """

    columns: ImportColumns
    layout: Layout | None
    guesses: tuple[Guess, ...]
    defused: bool = False
    found_text: bool = False

    @property
    def needed(self) -> list[str]:
        """The columns of the file that must be there."""
        if self.layout is None:
            return self.columns.named()
        derived = {"text", "rating", "category", _SHARED_ID}
        pairs = [column for pair in self.layout.pairs.values() for column in pair if column]
        return [*pairs, *(c for c in self.columns.named() if c not in derived)]

    @property
    def unused(self) -> list[Guess]:
        """Columns that seem to have a role and aren't read."""
        if self.layout is not None:
            return []
        used = set(self.columns.named())
        known = vars(self.columns)
        return [g for g in self.guesses if g.column not in used and known[g.role] is None]

    def note(self, notes: Notes) -> None:
        """Note which column the texts are read from, and which others aren't read."""
        if self.found_text:
            notes.add("text column", column=self.columns.text)
        for guess in self.unused:
            notes.add("unused column", column=guess.column, role=guess.role)

    def rows(self, chunk: pd.DataFrame) -> pd.DataFrame:
        """The rows of a chunk, one a text."""
        if self.defused:
            return chunk.map(lambda cell: restored(cell) if isinstance(cell, str) else cell)
        if self.layout is None:
            return chunk
        if self.columns.id == _SHARED_ID:
            rows = chunk.astype(object).itertuples(index=False, name=None)
            chunk = chunk.assign(**{_SHARED_ID: [content_id(*map(as_text, row)) for row in rows]})
        return lengthened(chunk, self.layout)


def recognise(
    path: Path, named: ImportColumns | None = None, options: ReadOptions | None = None
) -> Recognised:
    """Decide what the columns of a file hold.

    A column that is given is taken as given. The text is found by name or content where the file
    has no column "text"; ratings, dates and so on are read only when they are named, since a
    wrong scale or order would be stored silently. The five-pair layout, and what `zigbang-nlp export`
    wrote, are read as they are.

    Args:
        path: see `tables.read_table`.
        named: the columns that were named; None for none.
        options: how to read the file.

    Raises:
        InputError: the file can't be read, or no column holds texts.
    """
    named = named or ImportColumns()
    notes = Notes()
    chunk = first_chunk(path, options, notes)
    guesses = tuple(guess_roles(chunk))
    default = named == ImportColumns()
    if default and {*_EXPORTED.named(), "first_seen"} <= set(map(str, chunk.columns)):
        member = next((note.values["member"] for note in notes if note.kind == "unpacked"), path)
        return Recognised(_EXPORTED, None, guesses, Path(member).suffix.lower() in _DEFUSED)
    layout = find_layout(chunk) if default else None
    if layout is not None:
        known = {guess.role: guess.column for guess in guesses}
        left = set(layout.kept(chunk))
        own_id = known.get("id") if known.get("id") in left else None
        columns = ImportColumns(
            text="text",
            rating="rating",
            category="category",
            apartment=apartment_column(chunk),
            date=known.get("date") if known.get("date") in left else None,
            id=own_id or _SHARED_ID,
        )
        return Recognised(columns, layout, guesses)
    if named.text in chunk.columns or named.text != ImportColumns().text:
        return Recognised(named, None, guesses)
    text = column_of_texts(chunk, guesses, path.name)
    return Recognised(replace(named, text=text), None, guesses, found_text=True)
