"""Tables of other people, read chunk by chunk: the one way in for every file."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from zigbang_nlp.errors import InputError, ZigbangError
from zigbang_nlp.language.bilingual import Bilingual
from zigbang_nlp.language.file_errors import file_error, name, quoted
from zigbang_nlp.tables.excel import read_excel
from zigbang_nlp.tables.json_lines import read_json
from zigbang_nlp.tables.mojibake import known_columns, mend_chunk
from zigbang_nlp.tables.parquet import read_parquet
from zigbang_nlp.tables.real_format import real_ending
from zigbang_nlp.tables.separated import read_lines, read_separated
from zigbang_nlp.tables.source import CHUNK, Notes, ReadOptions, Source, first_line
from zigbang_nlp.tables.unicode import composed
from zigbang_nlp.tables.unpack import PACKED, unpacked

__all__ = [
    "CHUNK",
    "ENDINGS",
    "Notes",
    "ReadOptions",
    "first_chunk",
    "read_table",
    "readable_files",
]

#: ending -> what reads such a file. A new format is a module and a line here.
READERS: dict[str, Callable[[Source], Iterator[pd.DataFrame]]] = {
    ".csv": read_separated,
    ".tsv": read_separated,
    ".txt": read_lines,
    ".json": read_json,
    ".jsonl": read_json,
    ".ndjson": read_json,
    ".parquet": read_parquet,
    ".xlsx": read_excel,
    ".xlsm": read_excel,
    ".xlsb": read_excel,
    ".xls": read_excel,
    ".ods": read_excel,
}
ENDINGS = tuple(READERS)


def first_chunk(
    path: Path, options: ReadOptions | None = None, notes: Notes | None = None
) -> pd.DataFrame:
    """The first rows of a file, at most 20,000: what `read_table` gives first, and no more.

    Its columns are those that these rows have; JSON may have further ones further on.

    Raises:
        InputError: see `read_table`.
    """
    with contextlib.closing(read_table(path, (), options, notes, first=True)) as chunks:
        return next(chunks)


def read_table(
    path: Path,
    needed: Sequence[str] = (),
    options: ReadOptions | None = None,
    notes: Notes | None = None,
    only: bool = False,
    first: bool = False,
    rows: range | None = None,
) -> Generator[pd.DataFrame, None, None]:
    """The rows of a file in chunks of at most 20,000, every value of a text format as text.

    Args:
        path: its ending says the format; .gz and .zip are unpacked. Encoding, delimiter and what
            quotation marks do are told by the content, see `encoding`, `dialect`, `quotes`.
        needed: columns that must be there.
        options: what the file doesn't say itself.
        notes: where what was recognised, converted and left out is noted.
        only: leave all other columns out.
        first: the caller takes no more than the first chunk, see `first_chunk`.
        rows: only these of a Parquet file, counted from 0: a part that a cluster's worker reads.

    Raises:
        InputError: no such file, an ending or encoding that can't be read (it names the bytes
            and the line), an empty file, a missing column (it names those there are), or whatever
            else a library finds wrong with the file.
    """
    if path.is_dir():
        raise file_error("directory", path=path)
    if not path.is_file():
        raise file_error("no file", path=path)
    noted = Notes() if notes is None else notes
    with _in_words(path), unpacked(path, ENDINGS, noted) as file:
        source = Source(
            path=file,
            name=path.name,
            ending=file.suffix.lower(),
            needed=[composed(name) for name in needed],
            only=only,
            first=first,
            rows=rows,
            options=options or ReadOptions(),
            notes=noted,
        )
        yield from _checked(source)


def readable_files(paths: Sequence[Path], notes: Notes) -> list[Path]:
    """Files as they are, and for a directory those of its files that can be read, by name.

    Args:
        paths: of files and directories.
        notes: what a directory holds beside them is noted; hidden files are none.

    Raises:
        InputError: a directory holds none that can be read.
    """
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        held = sorted(one for one in path.iterdir() if not one.name.startswith((".", "~$")))
        read = [one for one in held if one.is_file() and one.suffix.lower() in (*ENDINGS, *PACKED)]
        if not read:
            raise InputError(
                f"The directory {path} holds no file that can be read.",
                f"Give files that end with one of {', '.join((*ENDINGS, *PACKED))}.",
            )
        for other in (one for one in held if one not in read):
            notes.add("other files", other.name, directory=path)
        files += read
    return files


def _checked(source: Source) -> Iterator[pd.DataFrame]:
    """The chunks of a file, once it is clear that it can be read and has the columns."""
    if source.ending not in READERS:
        ending, known = source.ending or name("none"), ", ".join((*ENDINGS, *PACKED))
        raise file_error("extension", name=source.name, ending=ending, known=known)
    if source.path.stat().st_size == 0:
        raise file_error("empty", name=source.name)
    ending = real_ending(source)
    source = replace(source, ending=ending)
    source.notes.facts["format"] = ending[1:]
    before = source.rows.start if source.rows else 0
    rows = 0
    for chunk in READERS[source.ending](source):
        whole = mend_chunk(chunk, source.options.fix_encoding, before + rows, source.notes)
        missing = [column for column in source.needed if column not in whole.columns]
        if missing:
            known = known_columns(whole.columns)
            raise file_error("no column", name=source.name, columns=quoted(missing), known=known)
        rows += len(whole)
        yield whole[list(dict.fromkeys(source.needed))] if source.only else whole
    if not rows:
        raise file_error("no rows", name=source.name)


@contextlib.contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Whatever a library raises about a file, as one sentence: the boundary of all readers."""
    try:
        yield
    except (ZigbangError, MemoryError):
        raise
    except BaseException as error:  # each library has its own, and some have bugs
        # A panic of calamine, which is written in Rust, is no Exception.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        what = path.suffix[1:].lower()
        why = Bilingual(f": {first_line(error)[:200]}", "")
        raise file_error("unreadable", name=path.name, what=what, why=why) from error
