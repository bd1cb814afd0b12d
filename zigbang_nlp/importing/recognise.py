"""A look at a file before it is imported: what its columns seem to hold, and what would be run."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from zigbang_nlp.errors import InputError
from zigbang_nlp.importing.rows import ImportColumns
from zigbang_nlp.records import content_id
from zigbang_nlp.tables.cells import as_text, is_missing, restored
from zigbang_nlp.tables.columns import Guess, guess_roles
from zigbang_nlp.tables.dates import DateColumn
from zigbang_nlp.tables.ratings import read_rating
from zigbang_nlp.tables.read import Notes, ReadOptions, read_table
from zigbang_nlp.tables.zigbang_layout import Layout, apartment_column, find_layout, lengthened
from zigbang_nlp.text.clean import clean, duplicate_key

#: Scales that ratings have, the smallest that holds them all is suggested.
_SCALES = (5.0, 10.0, 100.0)
#: Texts whose repeats are counted; more would take too much memory.
_COUNTED = 1_000_000
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
        defused: whether an export made its cells safe for spreadsheets, see `tables.cells`.
    """

    columns: ImportColumns
    layout: Layout | None
    guesses: tuple[Guess, ...]
    defused: bool = False

    @property
    def needed(self) -> list[str]:
        """The columns of the file that must be there."""
        if self.layout is None:
            return self.columns.named()
        made = {"text", "rating", "category", _SHARED_ID}
        pairs = [column for pair in self.layout.pairs.values() for column in pair if column]
        return [*pairs, *(c for c in self.columns.named() if c not in made)]

    @property
    def unused(self) -> list[Guess]:
        """Columns that seem to have a role and aren't read."""
        if self.layout is not None:
            return []
        used = set(self.columns.named())
        return [guess for guess in self.guesses if guess.column not in used]

    def rows(self, piece: pd.DataFrame) -> pd.DataFrame:
        """The rows of a piece, one a text."""
        if self.defused:
            return piece.map(lambda cell: restored(cell) if isinstance(cell, str) else cell)
        if self.layout is None:
            return piece
        if self.columns.id == _SHARED_ID:
            rows = piece.astype(object).itertuples(index=False, name=None)
            piece = piece.assign(**{_SHARED_ID: [content_id(*map(as_text, row)) for row in rows]})
        return lengthened(piece, self.layout)


def recognise(
    path: Path, given: ImportColumns | None = None, options: ReadOptions | None = None
) -> Recognised:
    """Decide what the columns of a file hold.

    A column that is given is taken as given. The text is found by name or content where the file
    has no column "text"; ratings, dates and so on are read only when they are named, since a
    wrong scale or order would be stored silently. The five-pair layout, and what `zigbang-nlp export`
    wrote, are read as they are.

    Args:
        path: see `tables.read_table`.
        given: the columns that were named; None for none.
        options: how to read the file.

    Raises:
        InputError: the file can't be read, or no column holds texts.
    """
    given = given or ImportColumns()
    notes = Notes()
    piece = next(read_table(path, options=options, notes=notes))
    guesses = tuple(guess_roles(piece))
    default = given == ImportColumns()
    if default and {*_EXPORTED.named(), "first_seen"} <= set(map(str, piece.columns)):
        member = next((note.values["member"] for note in notes if note.kind == "unpacked"), path)
        return Recognised(_EXPORTED, None, guesses, Path(member).suffix.lower() in _DEFUSED)
    layout = find_layout(piece) if default else None
    if layout is not None:
        known = {guess.role: guess.column for guess in guesses}
        left = set(layout.kept(piece))
        own_id = known.get("id") if known.get("id") in left else None
        columns = ImportColumns(
            text="text",
            rating="rating",
            category="category",
            apartment=apartment_column(piece),
            date=known.get("date") if known.get("date") in left else None,
            id=own_id or _SHARED_ID,
        )
        return Recognised(columns, layout, guesses)
    if given.text in piece.columns or given.text != ImportColumns().text:
        return Recognised(given, None, guesses)
    text = next((guess.column for guess in guesses if guess.role == "text"), None)
    if text is None:
        raise InputError(
            f"{path.name} has no column that holds reviews.",
            f"Name it with --text-column; its columns are: {', '.join(map(repr, piece.columns))}.",
        )
    return Recognised(replace(given, text=text), None, guesses)


def _quoted(word: str) -> str:
    """A word as every shell takes it; Hangul needs no quotes."""
    return word if re.fullmatch(r"[\w./:=-]+", word) else f'"{word}"'


@dataclass
class Look:
    """What was seen in a file.

    Attributes:
        file: its path, as it was given.
        recognised: its columns.
        rows: that it has; blank: of them without a text; repeated: whose text stood before.
        hangul: share of the texts that hold Hangul, 0 to 1.
        ratings: lowest and highest rating, None without any.
        dates: first and last date, None without any.
        doubt: why the order of the dates can't be told, "" where it can.
        notes: what the reader recognised and converted.
    """

    file: str
    recognised: Recognised
    rows: int = 0
    blank: int = 0
    repeated: int = 0
    hangul: float = 0.0
    ratings: tuple[float, float] | None = None
    dates: tuple[str, str] | None = None
    doubt: str = ""
    notes: Notes = field(default_factory=Notes)

    def columns(self) -> list[tuple[str, str, str]]:
        """(role, column, how it was found) of each column that seems to have one."""
        if self.recognised.layout is not None:
            return [
                (category, f"{score} + {text}", "five pairs")
                for category, (score, text) in self.recognised.layout.pairs.items()
            ]
        return [(guess.role, guess.column, guess.by) for guess in self.recognised.guesses]

    def command(self) -> str:
        """The import that reads all that was recognised."""
        words = ["zigbang-nlp", "import", self.file]
        if self.recognised.layout is None:
            for role, column, _ in self.columns():
                if not (role == "text" and column == "text"):
                    words += [f"--{role}-column", column]
            if self.ratings is not None and self.ratings[1] > _SCALES[0]:
                best = next((s for s in _SCALES if self.ratings[1] <= s), self.ratings[1])
                words += ["--rating-scale", f"{best:g}"]
        return " ".join(map(_quoted, words))


def look(path: Path, options: ReadOptions | None = None, date_format: str | None = None) -> Look:
    """Read a file to its end, store nothing, and tell what is in it.

    Args:
        path: see `tables.read_table`.
        options: how to read the file.
        date_format: see `tables.dates.DateColumn`.

    Raises:
        InputError: the file can't be read.
    """
    recognised = recognise(path, options=options)
    date_column = next((g.column for g in recognised.guesses if g.role == "date"), None)
    orders: dict[str, str] = {}
    while True:
        dates = DateColumn(date_column, date_format, orders) if date_column else None
        seen = _look(path, options, recognised, dates)
        if dates is None:
            return seen
        try:
            decided = dates.decided()
        except InputError as error:
            seen.doubt = str(error)
            return seen
        if all(dates.orders[form] == order for form, order in decided.items()):
            dates.note_orders(seen.notes)
            return seen
        orders = decided


def _look(
    path: Path, options: ReadOptions | None, recognised: Recognised, dates: DateColumn | None
) -> Look:
    seen = Look(str(path), recognised)
    roles = {guess.role: guess.column for guess in recognised.guesses}
    rating = "rating" if recognised.layout else roles.get("rating")
    keys: set[int] = set()
    korean = 0
    for row in _rows(path, options, recognised, seen.notes):
        seen.rows += 1
        text = as_text(row.get(recognised.columns.text))
        if not clean(text):
            seen.blank += 1
            continue
        korean += any("가" <= letter <= "힣" for letter in text)
        key = hash(duplicate_key(text))
        seen.repeated += key in keys
        if len(keys) < _COUNTED:
            keys.add(key)
        if rating is not None:
            seen.ratings = _wider(seen.ratings, _number(row.get(rating)))
        if dates is not None and not is_missing(row.get(dates.name)):
            moment, _ = dates.read(row[dates.name])
            if moment is not None:
                day = f"{moment:%Y-%m-%d}"
                first, last = seen.dates or (day, day)
                seen.dates = min(first, day), max(last, day)
    seen.hangul = korean / max(seen.rows - seen.blank, 1)
    return seen


def _rows(
    path: Path, options: ReadOptions | None, recognised: Recognised, notes: Notes
) -> Iterator[dict[Any, Any]]:
    for piece in read_table(path, options=options, notes=notes):
        yield from recognised.rows(piece).to_dict("records")


def _number(cell: Any) -> float | None:
    for scale in _SCALES:
        with contextlib.suppress(InputError):
            return read_rating(cell, scale)[0]
    return None


def _wider(reach: tuple[float, float] | None, number: float | None) -> tuple[float, float] | None:
    if number is None:
        return reach
    low, high = reach or (number, number)
    return min(low, number), max(high, number)
