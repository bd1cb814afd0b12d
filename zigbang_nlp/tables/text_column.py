"""Which column of a file holds the reviews: the same answer for import, predict, Dask and the web."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from zigbang_nlp.language.file_errors import file_error
from zigbang_nlp.tables.columns import Guess, guess_roles
from zigbang_nlp.tables.mojibake import known_columns
from zigbang_nlp.tables.read import Notes, ReadOptions, first_chunk

#: The name that needs no looking.
PLAIN = "text"


def text_column(path: Path, options: ReadOptions | None = None, notes: Notes | None = None) -> str:
    """The column of a file that holds the reviews, where nobody has named it.

    It is the one called "text", else the only one, else the one that `columns.guess_roles` finds by
    name or content. One that is called otherwise is noted.

    Args:
        path: see `read_table`.
        options: how to read it.
        notes: where the column is noted.

    Raises:
        InputError: the file can't be read, or no column seems to hold reviews.
    """
    chunk = first_chunk(path, options)
    column = column_of_texts(chunk, guess_roles(chunk), path.name)
    if notes is not None and column != PLAIN:
        notes.add("text column", column=column)
    return column


def column_of_texts(chunk: pd.DataFrame, guesses: Sequence[Guess], name: str) -> str:
    """The column of a table that holds the reviews; see `text_column`.

    Args:
        chunk: its first rows.
        guesses: what its columns seem to hold.
        name: of the file, for messages.

    Raises:
        InputError: none seems to.
    """
    columns = [str(column) for column in chunk.columns]
    if PLAIN in columns:
        return PLAIN
    guessed = next((guess.column for guess in guesses if guess.role == "text"), None)
    if guessed is None and len(columns) == 1:
        return columns[0]
    if guessed is None:
        raise file_error("no texts", name=name, known=known_columns(columns))
    return guessed
