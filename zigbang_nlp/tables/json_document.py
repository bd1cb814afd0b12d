"""JSON that is no object a line: its list of objects, chunk by chunk, in bounded memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TextIO

from zigbang_nlp.language.file_errors import file_error
from zigbang_nlp.tables.column_names import NAMES, folded
from zigbang_nlp.tables.source import Notes

_BLOCK = 1 << 20
_SPACE = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


def is_document(stream: TextIO) -> bool:
    """Whether a file is one array or object, not one object a line; the stream is rewound."""
    start = stream.read(_BLOCK)
    stream.seek(0)
    first, _, rest = start.lstrip("\ufeff \t\r\n").partition("\n")
    if first.startswith("["):
        # Lines that are lists are the other format, and an error there.
        return not _is_json(first) or not rest.strip()
    if not first.startswith("{") or (rest.strip() and _is_json(first)):
        return False
    if len(start) < _BLOCK and _is_json(first):
        return _holds_list(json.loads(first))
    # The beginning of an object, rather than a broken one.
    return not rest.lstrip().startswith("{") and bool(re.match(r'\{\s*(?:"|$)', first))


def document_rows(stream: TextIO, name: str, notes: Notes | None) -> Iterator[dict[str, Any]]:
    """The objects of an array, of the one list that an object holds, or of one after the other.

    Args:
        stream: at its beginning.
        name: of the file, for messages.
        notes: where the list is noted.

    Raises:
        InputError: there is no such list, or several.
    """
    text = _Text(stream)
    if text.peek() == "[":
        yield from _objects(text)
        return
    # A list within an inner object counts where the outer one holds none.
    for deep in (False, True):
        lists: list[str] = []
        yield from _of_lists(text, deep, lists, notes)
        if lists:
            break
        if text.has_more():
            yield from _one_after_the_other(text.again())
            return
        text = text.again()
    if len(lists) != 1:
        named = ", ".join(map(repr, lists))
        raise file_error("several lists" if named else "no list", name=name, lists=named)


def _of_lists(
    text: _Text, deep: bool, lists: list[str], notes: Notes | None, within: str = ""
) -> Iterator[dict[str, Any]]:
    """The rows of the first list of objects in an object; all such lists are added to `lists`."""
    text.take("{")
    while text.peek() != "}":
        key = f"{within}{text.value()}"
        text.take(":")
        if deep and text.peek() == "{":
            yield from _of_lists(text, deep, lists, notes, f"{key}.")
            continue
        if text.peek() != "[" or text.peek_second() != "{":
            text.value()
            continue
        lists.append(key)
        if len(lists) > 1:
            text.value()
            continue
        if notes is not None:
            notes.add("json list", where=repr(key))
        yield from _objects(text)
    text.take("}")


def _one_after_the_other(text: _Text) -> Iterator[dict[str, Any]]:
    while text.has_more():
        row = text.value()
        if not isinstance(row, dict):
            raise ValueError(f"{str(row)[:20]!r} stands between its objects")
        yield row


class _Text:
    """A stream of JSON that is decoded value by value."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._held = ""
        self._at = 0
        self._ended = False

    def again(self) -> _Text:
        """The same from its beginning."""
        self._stream.seek(0)
        return _Text(self._stream)

    def has_more(self) -> bool:
        """Whether anything but white space and commas follows."""
        while True:
            match = _SPACE.match(self._held, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._held):
                return True
            if not self._more():
                return False

    def peek(self) -> str:
        """The next character that is no white space or comma."""
        if not self.has_more():
            raise ValueError("it ends in the middle")
        return self._held[self._at]

    def peek_second(self) -> str:
        """The character after the next, past white space."""
        while True:
            match = _SPACE.match(self._held, self._at + 1)
            if match and match.end() < len(self._held):
                return self._held[match.end()]
            if not self._more():
                return ""

    def take(self, character: str) -> None:
        if self.peek() != character:
            raise ValueError(f"{character!r} is missing before {self._held[self._at :][:20]!r}")
        self._at += 1

    def value(self) -> Any:
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._held, self._at)
            except ValueError:
                if not self._more():
                    raise
                continue
            # A number may go on in what is not read yet.
            if end == len(self._held) and self._more():
                continue
            self._at = end
            return value

    def _more(self) -> bool:
        # As much again as is held, so that a long value isn't decoded too often.
        block = self._stream.read(max(_BLOCK, len(self._held) - self._at))
        self._held, self._at = self._held[self._at :] + block, 0
        return bool(block)


def _objects(text: _Text) -> Iterator[dict[str, Any]]:
    text.take("[")
    number = 0
    while text.peek() != "]":
        number += 1
        row = text.value()
        if not isinstance(row, dict):
            raise ValueError(f"item {number} of its list is not a JSON object")
        yield row
    text.take("]")


def _holds_list(row: dict[str, Any]) -> bool:
    """Whether an object is a document with a list of objects, not a row that is alone in its file."""
    if any(folded(key) in NAMES["text"] and isinstance(row[key], str) for key in row):
        return False
    inner = [value for value in row.values() if isinstance(value, dict)]
    return any(map(_of_objects, row.values())) or any(map(_holds_list, inner))


def _of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
