"""The encoding of a text file, found by reading it whole."""

from __future__ import annotations

import codecs
from pathlib import Path

from zigbang_nlp.errors import InputError


def text_encoding(path: Path) -> str:
    """Name "utf-8-sig" or "cp949", whichever the whole file decodes with.

    Raises:
        InputError: neither; names the first bytes that don't fit and their line.
    """
    trouble = _first_trouble(path, "utf-8")
    if trouble is None:
        return "utf-8-sig"
    if _first_trouble(path, "cp949") is None:
        return "cp949"
    line, wrong = trouble
    raise InputError(
        f"{path} is neither UTF-8 nor CP949: line {line} holds the bytes {wrong.hex(' ')}.",
        "Save the file as UTF-8 and try again.",
    )


def _first_trouble(path: Path, encoding: str) -> tuple[int, bytes] | None:
    """Line and bytes of the first place that `encoding` can't decode, reading in pieces."""
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
