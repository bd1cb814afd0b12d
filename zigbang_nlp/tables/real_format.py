"""What a file is by its content, where its name says something else: a CSV that is called .xlsx."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from zigbang_nlp.language.file_errors import file_error
from zigbang_nlp.tables.encoding import marked_encoding
from zigbang_nlp.tables.source import Source

#: How the files of Excel begin.
OLD_EXCEL, ZIP = b"\xd0\xcf\x11\xe0", b"PK\3\4"
_BINARY = (".parquet", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
#: A member of a zip -> the workbook that it makes of it.
_MEMBERS = {"xl/workbook.xml": ".xlsx", "xl/workbook.bin": ".xlsb", "content.xml": ".ods"}
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HTML = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body|table|meta|style)", re.I
)
_JSON = re.compile(rb'\s*(?:\xef\xbb\xbf)?\s*(?:\[\s*\{\s*"|\{\s*"[^"]*"\s*:)')


def real_ending(source: Source) -> str:
    """The ending that fits the content of a file; where that is not its own, it is noted.

    Raises:
        InputError: it is a web page, as some sites give out for Excel.
    """
    with source.path.open("rb") as stream:
        start = stream.read(4096)
    if _HTML.match(start):
        raise file_error("web page", name=source.name)
    ending = _of_binary(source.path, start) or _of_text(start, source.ending)
    if ending in (None, source.ending) or {ending, source.ending} == {".xlsx", ".xlsm"}:
        return source.ending
    assert ending is not None
    source.notes.add("other format", ending=source.ending, found=ending)
    return ending


def is_locked(path: Path) -> bool:
    """Whether a password locks an .xlsx, which makes it look like an .xls."""
    raw = path.read_bytes()
    return raw.startswith(OLD_EXCEL) and "EncryptedPackage".encode("utf-16-le") in raw


def _of_binary(path: Path, start: bytes) -> str | None:
    if start.startswith(b"PAR1"):
        return ".parquet"
    if start.startswith(OLD_EXCEL):
        return None if is_locked(path) else ".xls"
    if start.startswith(ZIP):
        try:
            with zipfile.ZipFile(path) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, OSError, ValueError):
            return None  # its reader says what is wrong
        return next((ending for member, ending in _MEMBERS.items() if member in names), None)
    return None


def _of_text(start: bytes, ending: str) -> str | None:
    """The ending of text: JSON by its first characters; else as it is named, or separated values."""
    marked = marked_encoding(start)
    if _CONTROL.search(start) and marked in (None, "utf-8-sig"):
        return None
    if ending in (".csv", ".tsv", ".txt", *_BINARY) and _JSON.match(start):
        return ".json"
    return ".csv" if ending in _BINARY else None
