"""Changes to a sound answer."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.crawl.faults.terms import (
    Change,
    Where,
)

RAW = re.compile('"\ue000(.*?)\ue001"')


def raw(text: str) -> str:
    """A value that stands in the JSON exactly so, whatever it is."""
    return f"\ue000{text}\ue001"


def encode(answer: Any) -> bytes:
    """JSON in UTF-8; a lone surrogate is left as the escape that a JSON writer would leave."""
    text = json.dumps(answer, ensure_ascii=False)
    text = RAW.sub(lambda match: str(json.loads(f'"{match[1]}"', strict=False)), text)
    return text.encode("utf-8", "backslashreplace")


def lists_of(answer: Any) -> Iterator[list[Any]]:
    """The lists of entries of an answer, by the names in the notes."""
    for key in ("data", "filtered", "vrItems", "recommendItems", "items", "list"):
        if isinstance(answer, dict) and isinstance(answer.get(key), list):
            yield answer[key]


def each(change: Callable[[dict[str, Any], int], Any]) -> Change:
    """Change every entry; it is called with the entry and the review's number in the world."""

    def apply(answer: Any, where: Where) -> Any:
        for entries in lists_of(answer):
            base = (where.apartment or 0) * where.world.reviews
            entries[:] = [change(entry, base + index) for index, entry in enumerate(entries)]
        return answer

    return apply


def one(index: int, change: Callable[[Any], Any]) -> Change:
    """Change one entry of each list that has as many."""

    def apply(answer: Any, where: Where) -> Any:
        for entries in lists_of(answer):
            if len(entries) > index:
                entries[index] = change(entries[index])
        return answer

    return apply


def whole(change: Callable[[Any], Any]) -> Change:
    """Change the answer as a whole."""
    return lambda answer, where: change(answer)


def renamed(names: Mapping[str, str]) -> Callable[[Any], Any]:
    """A dict with some of its keys renamed, in place and order."""

    def apply(entry: Any) -> Any:
        return {names.get(key, key): value for key, value in entry.items()}

    return apply


def rename(names: Mapping[str, str], spare: int = 0) -> Change:
    """Rename keys of every entry; with `spare`, each so many-th one stays as it was."""
    turn = renamed(names)
    return each(lambda entry, n: entry if spare and n % spare == 0 else turn(entry))


def put(**fields: Any) -> Change:
    """Set fields of every entry; a function is called with the review's number."""

    def apply(entry: dict[str, Any], number: int) -> Any:
        for key, value in fields.items():
            entry[key] = value(number) if callable(value) else copy.deepcopy(value)
        return entry

    return each(apply)


def without(*keys: str) -> Change:
    """Leave keys of every entry out."""
    return each(lambda entry, n: {k: v for k, v in entry.items() if k not in keys})


def numbers_to(value: Any, *keys: str) -> Change:
    """Every number of a flat answer, or those under some keys, becomes another value."""

    def apply(answer: Any) -> Any:
        for key, old in answer.items():
            if key != "id" and isinstance(old, int | float) and (not keys or key in keys):
                answer[key] = value
        return answer

    return whole(apply)


def both(*changes: Change) -> Change:
    """One change after another."""

    def apply(answer: Any, where: Where) -> Any:
        for change in changes:
            answer = change(answer, where)
        return answer

    return apply
