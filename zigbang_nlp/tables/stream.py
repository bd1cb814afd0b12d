"""Lines that come through a pipe: one encoding for all of them."""

from __future__ import annotations

import io
from collections.abc import Iterator

from zigbang_nlp.errors import InputError
from zigbang_nlp.language.file_errors import example
from zigbang_nlp.tables.encoding import looks_like_utf_8, marked_encoding
from zigbang_nlp.tables.mojibake import mended
from zigbang_nlp.tables.source import Notes, ReadOptions


def lines_of(stream: io.BufferedReader, options: ReadOptions, notes: Notes) -> Iterator[str]:
    """The lines of a byte stream, without their ends, as they come.

    The encoding is `options.encoding`, or what a byte order mark says, or UTF-8; or CP949 if the
    first line beyond ASCII is that. It stays the same to the end.

    Args:
        stream: e.g. of standard input.
        options: the encoding, and whether to mend what was decoded wrongly before.
        notes: an encoding other than UTF-8, and mojibake, are noted.

    Raises:
        InputError: a line doesn't fit; it names the bytes.
    """
    marked = options.encoding or marked_encoding(stream.peek(4)[:4])
    lines = _whole(stream, marked, notes) if marked else _unmarked(stream, notes)
    for number, line in enumerate(lines, start=1):
        whole = mended(line)
        if whole is not None:
            kind = "mended" if options.fix_encoding else "mojibake"
            notes.add(kind, example("line", line=number))
        yield whole if whole is not None and options.fix_encoding else line


def _whole(stream: io.BufferedReader, encoding: str, notes: Notes) -> Iterator[str]:
    if encoding not in ("utf-8", "utf-8-sig"):
        notes.add("encoding", encoding=encoding.upper())
    try:
        with io.TextIOWrapper(stream, encoding=encoding) as text:
            for line in text:
                yield line.rstrip("\r\n")
    except LookupError as error:
        raise InputError(
            f"The input can't be read in the encoding {encoding!r}.",
            "Give one such as utf-8, cp949, utf-16 or cp1252.",
        ) from error
    except UnicodeError as error:
        raise InputError(
            f"The input is not {encoding}: {error}.", "Name its encoding with --encoding."
        ) from error


def _unmarked(stream: io.BufferedReader, notes: Notes) -> Iterator[str]:
    encoding = "utf-8"
    ascii_so_far = True
    for number, line in enumerate(stream, start=1):
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError as error:
            text = "" if not ascii_so_far or looks_like_utf_8(line) else _cp949(line)
            if not text:
                wrong = line[error.start : error.start + 4].hex(" ")
                known = "CP949" if encoding == "cp949" else "UTF-8"
                other = " nor CP949" if ascii_so_far else ", as the lines before are"
                raise InputError(
                    f"Line {number} of the input is {'neither' if ascii_so_far else 'not'} "
                    f"{known}{other}: it holds the bytes {wrong}.",
                    "Convert the input to UTF-8, or name its encoding with --encoding.",
                ) from error
            encoding = "cp949"
            notes.add("encoding", encoding="CP949 (EUC-KR)")
        ascii_so_far = ascii_so_far and line.isascii()
        yield text.rstrip("\r\n")


def _cp949(line: bytes) -> str:
    try:
        return line.decode("cp949")
    except UnicodeDecodeError:
        return ""
