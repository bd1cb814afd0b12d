"""Values out of an answer: each that can't be read is counted and told, and costs no other."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from zigbang_nlp.store.fill_rates import Fills
from zigbang_nlp.store.task import Bad

Value = TypeVar("Value")

#: Bytes of an unreadable entry that are kept with the failure; the whole answer is kept beside it.
MOST_RAW = 4_096
#: Ids go into paths, so they are letters and digits of any script, and what joins them.
_ID = re.compile(r"[\w.:~-]{1,64}")
#: What stands in a kept answer for a value that might have named a person (see privacy.py).
LEFT_OUT = "[left out]"
#: Names that an error lists.
_MOST_KEYS = 20


class UnreadableError(ValueError):
    """A value is not what it should be; says what it is."""


def parse(body: bytes) -> Any:
    """JSON, numbers of any length included: those too long for an int become (infinite) floats.

    Raises:
        ValueError, RecursionError: it is no JSON, or nested too deeply.
    """
    try:
        return json.loads(body)
    except ValueError as error:
        if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
            raise
        return json.loads(body, parse_int=float)  # Python refuses ints of more than 4,300 digits


def as_text(value: Any) -> str:
    """Text as it is, a number as its digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnreadableError(f"is {type(value).__name__}, not text")
    return str(value)


def as_number(low: float, high: float) -> Callable[[Any], float]:
    """A reader of numbers within these ends; text that is a number is one."""

    def read(value: Any) -> float:
        try:
            if isinstance(value, bool) or not isinstance(value, int | float | str):
                raise ValueError
            number = float(value)
        except (ValueError, OverflowError):
            raise UnreadableError(f"is {_short(value)}, not a number") from None
        if not low <= number <= high:  # NaN is not, either
            raise UnreadableError(f"is {_short(value)}, not within {low:g} to {high:g}")
        return number

    return read


def as_id(value: Any) -> str:
    """An id: letters and digits, spelled the same whether it came as a number or as text."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    text = str(value).strip() if isinstance(value, int | str) else ""
    if isinstance(value, bool) or not _ID.fullmatch(text) or set(text) <= {"."}:
        raise UnreadableError(f"is {_short(value)}, which is not an id")
    if text.strip("0") == "":
        raise UnreadableError(f"is {text}, which is not an id")
    return text


def at(answer: Any, path: str) -> Any:
    """What stands at a dotted path ("data.list"), or None."""
    for part in path.split("."):
        answer = answer.get(part) if isinstance(answer, dict) else None
    return answer


def first(entry: Mapping[str, Any], names: Sequence[str]) -> tuple[str, Any] | None:
    """The first of the names that is there, and neither null nor empty text, with its value."""
    return next(((name, entry[name]) for name in names if entry.get(name) not in (None, "")), None)


class Entry:
    """One entry of an answer, being read.

    Args:
        said: the entry.
        fills: is told how each field was found.

    Attributes:
        problems: what couldn't be read, in words.
        left_out: whether something is not in the kept answer, so that it has to be asked for again.
    """

    def __init__(self, fields: Mapping[str, Any], fills: Fills) -> None:
        self.fields, self.fills = fields, fills
        self.problems: list[str] = []
        self.left_out = False

    def get(
        self, field: str, names: Sequence[str], read: Callable[[Any], Value], blame: bool = True
    ) -> Value | None:
        """The value of a field, or None where there is none or it can't be read.

        Args:
            field: what the value is called when it is counted.
            names: keys that may hold it, the first that does.
            read: makes the value of what the key holds, or raises ValueError.
            blame: an unreadable value is a problem of the entry; else it is only counted.
        """
        filled = first(self.fields, names)
        if filled is None:
            self.fills.note(field)
            return None
        name, value = filled
        if value == LEFT_OUT:
            self.left_out = True
            self.fills.note(field, unread=1)
            self.problems.append(f"{field} ({name}) was left out, as it might have named a person")
            return None
        try:
            result = read(value)
        except ValueError as error:
            self.fills.note(field, unread=1)
            if blame:
                self.problems.append(f"{field} ({name}) {error}")
            return None
        blank = isinstance(result, str) and not result.strip()
        self.fills.note(field, filled=not blank)
        return result

    def bad(self) -> list[Bad]:
        """The one record of what couldn't be read, where there is something."""
        problems = "; ".join(self.problems)
        return [Bad(problems, raw(self.fields), self.left_out)] if problems else []


def raw(value: Any) -> bytes:
    """A value as JSON again, cut where it is long."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except RecursionError:
        text = f'"nested too deeply to be written: {type(value).__name__}"'
    return text.encode("utf-8", "backslashreplace")[:MOST_RAW]


def keys_of(value: Any, prefix: str = "", depth: int = 3) -> Iterator[str]:
    """Names of an answer's keys with those nested in them: "data[].content.desc"."""
    if isinstance(value, list):
        prefix += "[]"
        value = next((part for part in value if isinstance(part, dict)), None)
    if not isinstance(value, dict) or not value or depth == 0:
        if prefix:
            yield prefix
        return
    for key, part in value.items():
        yield from keys_of(part, f"{prefix}.{key}" if prefix else str(key), depth - 1)


def listed(value: Any) -> str:
    """The keys of an answer, for an error."""
    keys = sorted(set(keys_of(value)))
    if not keys:
        return "none"
    return ", ".join(keys[:_MOST_KEYS]) + (", ..." if len(keys) > _MOST_KEYS else "")


def _short(value: Any) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return "a number without end" if math.isinf(value) else "NaN"
    if isinstance(value, dict | list):
        return type(value).__name__
    text = repr(value) if not isinstance(value, int) or abs(value) < 10**30 else "a long number"
    return text if len(text) <= 40 else f"{text[:40]}..."
