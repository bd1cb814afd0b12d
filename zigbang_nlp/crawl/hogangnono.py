"""Saved Hogangnono answers. Offline only: the site shows reviews to logged-in users alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from zigbang_nlp.crawl.zigbang import moment
from zigbang_nlp.errors import InputError, SchemaError
from zigbang_nlp.records import Apartment, Review, content_id
from zigbang_nlp.store import Found, Task

_NEXT = "The raw answer is kept in the store; mend zigbang_nlp/crawl/hogangnono.py, then --reparse."


class Hogangnono:
    """Reader of `{"data": {"data": [{"name", "content", "countUp", "date", "comments"}]}}`.

    Its reviews have no score, so they stay unlabelled; the replies in `comments` are not reviews
    and stay in the raw answer.

    Args:
        ids: apartments whose answers are there; the cells of a region say nothing here.
    """

    source = "hogangnono"
    personal = re.compile(r"name|\w*(?:nick|writer|author|user)\w*", re.IGNORECASE)

    def __init__(self, ids: Iterable[str] = ()) -> None:
        self.ids = tuple(ids)

    @classmethod
    def of(cls, directory: Path) -> Hogangnono:
        """The reader for a directory of answers named {apartment id}.json."""
        ids = sorted(file.stem for file in directory.glob("*.json"))
        if not ids:
            raise InputError(
                f"{directory} has no file that ends in .json.",
                "Give a directory of saved answers, each named by its apartment's id.",
            )
        return cls(ids)

    def first_tasks(self, cells: Iterable[str]) -> Iterable[Task]:
        return (Task("reviews", identity) for identity in self.ids)

    def path(self, task: Task) -> tuple[str, dict[str, str]]:
        raise NotImplementedError("Hogangnono is read from files only")

    def read(self, task: Task, answer: Any) -> Found:
        entries = answer.get("data") if isinstance(answer, dict) else None
        entries = entries.get("data") if isinstance(entries, dict) else None
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise SchemaError(f"The answer for {task} has no list in data.data.", _NEXT)
        if entries and not any("content" in entry for entry in entries):
            keys = ", ".join(sorted(entries[0])[:20])
            raise SchemaError(f"No review of {task} has a content; keys found: {keys}.", _NEXT)
        reviews = [
            self._review(task, entry)
            for entry in entries
            if str(entry.get("content") or "").strip()
        ]
        return Found([Apartment(self.source, task.key)], reviews)

    def _review(self, task: Task, entry: Mapping[str, Any]) -> Review:
        text, date = str(entry["content"]), entry.get("date")
        said = entry.get("id")
        return Review(
            source=self.source,
            apartment_id=task.key,
            review_id=content_id(task.key, date, text) if said is None else str(said),
            category="total",
            text=text,
            author=entry.get("name") or None,
            written_at=moment(date if isinstance(date, str) else None),
        )
