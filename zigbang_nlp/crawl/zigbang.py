"""Zigbang's answers: the one table that maps its field names, and the readers that use it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from zigbang_nlp.errors import SchemaError
from zigbang_nlp.records import CATEGORIES, Apartment, Review, content_id
from zigbang_nlp.store import Found, Task

#: field -> names it is known by on the wire, first match wins. Mend this when the site changes,
#: then run `zigbang-nlp crawl --reparse`.
NAMES: dict[str, tuple[str, ...]] = {
    "cell.list": ("filtered", "items", "vrItems", "recommendItems"),
    "apartment.id": ("areaDanjiId", "area_danji_id", "id", "danjiId", "danji_id"),
    "apartment.name": ("name", "areaDanjiName", "danjiName", "danji_name"),
    "apartment.address": ("address", "roadAddress", "road_address", "jibunAddress"),
    "apartment.latitude": ("lat", "latitude"),
    "apartment.longitude": ("lng", "lon", "longitude"),
    "apartment.households": ("households", "총세대수", "totalHouseholds", "total_households"),
    "review.list": ("data",),
    "review.id": ("id", "reviewId", "review_id"),
    "review.author": ("nickname", "nickName", "nick_name", "userName", "writer"),
    "review.date": ("date", "createdAt", "created_at", "regDate", "reg_date"),
    **{f"{name}.score": (f"{name}Score", f"{name}_score") for name in CATEGORIES},
    **{f"{name}.text": (f"{name}Desc", f"{name}_desc") for name in CATEGORIES},
    # The overall pair had no prefix when it was last seen (March 2024).
    "total.score": ("score", "totalScore", "total_score"),
    "total.text": ("desc", "totalDesc", "total_desc"),
}

_TEXT_NAMES = frozenset(name for key in CATEGORIES for name in NAMES[f"{key}.text"])


class Zigbang:
    """The site's three questions: apartments in a cell, one apartment, its reviews.

    Args:
        source: what to write into the rows; the bundled sample has its own name.
        details: ask for each apartment's page too (address, households), one request each.
    """

    personal = re.compile(r"\w*(?:nick|writer|author|user)\w*", re.IGNORECASE)

    def __init__(self, source: str = "zigbang", details: bool = True) -> None:
        self.source = source
        self.details = details

    def first_tasks(self, cells: Iterable[str]) -> Iterable[Task]:
        return (Task("cell", cell) for cell in cells)

    def path(self, task: Task) -> tuple[str, dict[str, str]]:
        if task.kind == "cell":
            return "/apt/locals/prices/on-danjis", {
                "minPynArea": "10평이하",
                "maxPynArea": "60평대이상",
                "geohash": task.key,
            }
        if task.kind == "danji":
            return f"/apt/danjis/{task.key}", {}
        return f"/property/apartments/{task.key}/reviews/v1", {}

    def read(self, task: Task, answer: Any) -> Found:
        if task.kind == "cell":
            return self._read_cell(task, answer)
        if task.kind == "danji":
            return Found(apartments=[self._apartment(task, answer, task.key)])
        return Found(reviews=self._reviews(task, answer))

    def _read_cell(self, task: Task, answer: Any) -> Found:
        apartments = [self._apartment(task, entry) for entry in _entries("cell", task, answer)]
        kinds = ("danji", "reviews") if self.details else ("reviews",)
        ids = dict.fromkeys(apartment.apartment_id for apartment in apartments)
        return Found(
            apartments=apartments, tasks=[Task(kind, key) for key in ids for kind in kinds]
        )

    def _apartment(self, task: Task, entry: Any, known_id: str | None = None) -> Apartment:
        entry = _mapping(task, entry)
        said = _get(entry, "apartment.id")
        if said is None and known_id is None:
            raise _unknown(task, "an apartment without an id", entry)
        identity = _text(task, "apartment.id", said) or known_id or ""
        if known_id is not None and identity != known_id:
            raise _unknown(task, f"the answer is about apartment {identity}", entry)
        if known_id is not None and _get(entry, "apartment.name") is None:
            raise _unknown(task, "an apartment without a name", entry)
        households = _number(task, "apartment.households", entry)
        return Apartment(
            source=self.source,
            apartment_id=identity,
            name=_text(task, "apartment.name", _get(entry, "apartment.name")),
            address=_text(task, "apartment.address", _get(entry, "apartment.address")),
            latitude=_number(task, "apartment.latitude", entry),
            longitude=_number(task, "apartment.longitude", entry),
            households=None if households is None else int(households),
        )

    def _reviews(self, task: Task, answer: Any) -> list[Review]:
        entries = [_mapping(task, entry) for entry in _entries("review", task, answer)]
        if entries and not any(_TEXT_NAMES & entry.keys() for entry in entries):
            raise _unknown(task, "no known text field in any review", entries[0])
        return [review for entry in entries for review in self._review(task, entry)]

    def _review(self, task: Task, entry: Mapping[str, Any]) -> list[Review]:
        texts = {
            key: _text(task, f"{key}.text", _get(entry, f"{key}.text")) or "" for key in CATEGORIES
        }
        scores = {key: _score(task, f"{key}.score", entry) for key in CATEGORIES}
        date = _text(task, "review.date", _get(entry, "review.date"))
        identity = _text(task, "review.id", _get(entry, "review.id"))
        # Without the author: its hash changes with the key, the review doesn't.
        identity = identity or content_id(task.key, date, *texts.values(), *scores.values())
        return [
            Review(
                source=self.source,
                apartment_id=task.key,
                review_id=identity,
                category=key,
                text=text,
                score=scores[key],
                author=_text(task, "review.author", _get(entry, "review.author")),
                written_at=moment(date),
            )
            for key, text in texts.items()
            if text.strip()
        ]


def _get(entry: Mapping[str, Any], field: str) -> Any:
    """The first of the field's known names that is there and not null."""
    return next((entry[name] for name in NAMES[field] if entry.get(name) is not None), None)


def _entries(what: str, task: Task, answer: Any) -> list[Any]:
    """What stands in the answer's lists; an endpoint that has several is read in full."""
    answer, names = _mapping(task, answer), NAMES[f"{what}.list"]
    listed = {name: answer[name] for name in names if answer.get(name) is not None}
    wrong = [name for name, value in listed.items() if not isinstance(value, list)]
    if wrong or not listed:
        name = wrong[0] if wrong else names[0]
        kind = type(answer.get(name)).__name__
        raise _unknown(task, f"{name!r} is {kind}, not a list", answer)
    return [entry for entries in listed.values() for entry in entries]


def _mapping(task: Task, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _unknown(task, f"{type(value).__name__} where an object was due", value)
    return value


def _text(task: Task, field: str, value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _unknown(task, f"{field} is {type(value).__name__}, not text", value)
    return str(value)


def _number(task: Task, field: str, entry: Mapping[str, Any]) -> float | None:
    value = _get(entry, field)
    if value is None or value == "":
        return None
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError
        return float(value)
    except ValueError:
        raise _unknown(task, f"{field} is {value!r}, not a number", entry) from None


def _score(task: Task, field: str, entry: Mapping[str, Any]) -> float | None:
    value = _number(task, field, entry)
    if value is not None and not 0 <= value <= 5:
        raise _unknown(task, f"{field} is {value:g}, not within 0 to 5", entry)
    return value


def moment(value: str | None) -> datetime | None:
    """An ISO date or time; other spellings of a date are given up, never the review."""
    try:
        return None if value is None else datetime.fromisoformat(value.strip().replace(".", "-"))
    except ValueError:
        return None


def _unknown(task: Task, what: str, value: Any) -> SchemaError:
    keys = ", ".join(sorted(map(str, value))[:20]) if isinstance(value, dict) else "none"
    return SchemaError(
        f"The answer for {task} has an unknown shape: {what}; keys found: {keys}.",
        "The raw answer is kept in the store. Mend the names in zigbang_nlp/crawl/zigbang.py, "
        "then run `zigbang-nlp crawl --reparse`.",
    )
