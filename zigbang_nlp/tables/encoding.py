"""The encoding of a text file: one for all of it, found by reading it whole."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from zigbang_nlp.language.file_errors import file_error, part
from zigbang_nlp.tables.source import Source

#: What a file may begin with, the longest first: the encoding that takes it away.
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Encodings as people know them.
_NAMES = {"utf-8-sig": "UTF-8", "cp949": "CP949 (EUC-KR)", "utf-16": "UTF-16", "utf-32": "UTF-32"}
_HANGUL_IN_UTF_8 = re.compile(rb"[\xea-\xed][\x80-\xbf]{2}")
_HIGH = re.compile(rb"[\x80-\xff]+")


def encoding_of(source: Source) -> str:
    """The encoding of a file, noted where it is not UTF-8.

    Raises:
        InputError: see `text_encoding`.
    """
    encoding = text_encoding(source.path, source.options.encoding, source.name)
    shown = _NAMES.get(encoding, encoding)
    source.notes.facts["encoding"] = shown
    if encoding != "utf-8-sig":
        source.notes.add("encoding", encoding=shown)
    return encoding


def text_encoding(path: Path, chosen: str | None = None, name: str = "") -> str:
    """Python's name for the encoding that the whole file decodes with.

    A byte order mark says it; without one it is UTF-8 ("utf-8-sig") or CP949.

    Args:
        path: the file.
        chosen: the encoding that the user named, which is only checked.
        name: what messages call the file.

    Raises:
        InputError: none of them fits; names the first bytes that don't, and their line.
    """
    name = name or str(path)
    if chosen is not None:
        return _checked(path, chosen, name)
    with path.open("rb") as stream:
        start = stream.read(1 << 22)
    encoding = marked_encoding(start)
    if encoding is not None and encoding != "utf-8-sig":
        return _checked(path, encoding, name)
    trouble = _first_trouble(path, "utf-8")
    if trouble is None:
        return "utf-8-sig"
    line, wrong = trouble
    if looks_like_utf_8(start):
        raise file_error("partly UTF-8", name=name, line=line, bytes=wrong.hex(" "))
    if _first_trouble(path, "cp949") is None:
        return "cp949"
    shown = wrong.hex(" ")
    raise file_error("no encoding", name=name, line=line, bytes=shown, likely=_likely(start))


def marked_encoding(start: bytes) -> str | None:
    """The encoding that the first bytes of a file tell: by a mark, or UTF-16 by its zeros."""
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding
    zeros = start.count(0)
    if len(start) > 3 and zeros >= len(start) / 20:
        for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
            if start[offset::2].count(0) >= 0.8 * zeros and start[:2].count(0) == 1:
                return encoding
    return None


def looks_like_utf_8(raw: bytes) -> bool:
    """Whether most of the bytes beyond ASCII are Hangul in UTF-8, though not all may be."""
    high = sum(map(len, _HIGH.findall(raw)))
    return 3 * len(_HANGUL_IN_UTF_8.findall(raw)) > high / 2 > 0


def _checked(path: Path, encoding: str, name: str) -> str:
    try:
        "".encode(encoding)  # refuses hex, zlib and their like too
        trouble = _first_trouble(path, encoding)
    except (LookupError, ValueError, TypeError) as error:
        raise file_error("unknown encoding", encoding=repr(encoding)) from error
    if trouble is not None:
        line, wrong = trouble
        shown = _NAMES.get(encoding, encoding)
        raise file_error(
            "other encoding", name=name, encoding=shown, line=line, bytes=wrong.hex(" ")
        )
    # A mark at the beginning is no text.
    return "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding


def _likely(start: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(start[: 1 << 16]).best()
    return "" if best is None else part("likely", encoding=best.encoding)


def _first_trouble(path: Path, encoding: str) -> tuple[int, bytes] | None:
    """Line and bytes of the first place that `encoding` can't decode, reading in chunks."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as stream:
        while True:
            block = stream.read(1 << 20)
            pending = decoder.getstate()[0]
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                before = error.object[: error.start]
                return (
                    line + before.count(b"\n") - pending.count(b"\n"),
                    error.object[error.start : error.start + 4],
                )
            if not block:
                return None
            line += block.count(b"\n")
