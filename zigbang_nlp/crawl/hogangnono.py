"""Saved Hogangnono answers. Offline only: the site shows reviews to logged-in users alone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from zigbang_nlp.config.site import SiteFile, known_site
from zigbang_nlp.crawl.reader import SiteReader
from zigbang_nlp.errors import InputError
from zigbang_nlp.records import Apartment
from zigbang_nlp.store import Contents, Task


class Hogangnono(SiteReader):
    """Reader of `{"data": {"data": [{"name", "content", "countUp", "date", "comments"}]}}`.

    Most of its reviews have no score, so they stay unlabelled; the replies in `comments` are not
    reviews and stay in the raw answer.

    Args:
        ids: apartments whose answers are there; the cells of a region say nothing here.
        data: what is known of the site; None means the file that ships with the package.
    """

    def __init__(self, ids: Iterable[str] = (), data: SiteFile | None = None) -> None:
        super().__init__(data or known_site("hogangnono"))
        self.ids = tuple(ids)

    @classmethod
    def of(cls, directory: Path, data: SiteFile | None = None) -> Hogangnono:
        """The reader for a directory of answers named {apartment id}.json."""
        ids = sorted(file.stem for file in directory.glob("*.json"))
        if not ids:
            raise InputError(
                f"{directory} has no file that ends in .json.",
                "Give a directory of saved answers, each named by its apartment's id.",
            )
        return cls(ids, data)

    def first_tasks(self, _cells: Iterable[str]) -> Iterable[Task]:
        """One task an apartment that has a file; cells don't matter."""
        return (Task("reviews", identity) for identity in self.ids)

    def read(self, task: Task, answer: Any) -> Contents:
        """The reviews, and the apartment that the file is named after; see `SiteReader.read`."""
        contents = super().read(task, answer)
        contents.apartments.append(Apartment(self.source, task.key))
        return contents
