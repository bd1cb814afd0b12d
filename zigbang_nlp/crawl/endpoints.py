"""Which of a site's endpoints are asked: the next one, while the first says 404 to everything."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from zigbang_nlp.config.site import Endpoint, Endpoints
from zigbang_nlp.store import Task
from zigbang_nlp.store.fill_rates import Fills

#: Answers of 404 or 410 with no other between them, after which an endpoint is taken to be closed. Not
#: every apartment is known to a site, so that of apartments is longer than that of cells.
PATIENCE = {"cell": 3, "area": 3, "danji": 12, "reviews": 12}
#: Parts the key of a task from the place where its page begins.
_PAGE = "@"


class OpenEndpoints:
    """The endpoints of a site, and where it stands on them. Safe to use from several threads.

    Args:
        endpoints: of the site.
    """

    def __init__(self, endpoints: Endpoints) -> None:
        self._endpoints = endpoints
        self._lock = threading.Lock()
        self._taken: dict[str, int] = {}
        self._refused: dict[str, int] = {}
        self._open: set[str] = set()
        self._given_up: set[str] = set()

    def all(self, kind: str) -> Sequence[Endpoint]:
        """All endpoints for a kind of answer."""
        endpoints: Sequence[Endpoint] = getattr(self._endpoints, kind)
        return endpoints

    def endpoint(self, kind: str) -> Endpoint:
        """The endpoint that is taken now."""
        return self.all(kind)[self._taken.get(kind, 0)]

    def path(self, task: Task) -> tuple[str, dict[str, str]]:
        """Path and query of a task."""
        endpoint = self.endpoint(task.kind)
        key, offset = place_of(task)
        number = offset // endpoint.page + 1 if endpoint.page else 1

        def turned(text: str) -> str:
            return text.replace("{offset}", str(offset)).replace("{page}", str(number))

        filled = {
            name: turned(value.replace("{key}", key)) for name, value in endpoint.query.items()
        }
        return turned(endpoint.path).replace("{key}", quote(key, safe="")), filled

    def refused(self, kind: str) -> int:
        """How often the endpoint taken has said 404 or 410, where it has said nothing else."""
        with self._lock:
            return 0 if kind in self._open | self._given_up else self._refused.get(kind, 0)

    def note(self, kind: str, absent: bool) -> bool:
        """Learn from an answer of the endpoint taken; True where the endpoint is closed, as it seems now."""
        with self._lock:
            if kind in self._given_up:
                return False
            if not absent:
                self._open.add(kind)
                return False
            self._refused[kind] = self._refused.get(kind, 0) + 1
            return kind not in self._open and self._refused[kind] >= PATIENCE[kind]

    def give_up(self, kind: str) -> None:
        """No endpoint for a kind of answer is open any more, and something else is done instead."""
        with self._lock:
            self._given_up.add(kind)

    def given_up(self, kind: str) -> bool:
        """Whether there is no point in asking for such answers any more."""
        with self._lock:
            return kind in self._given_up

    def take_next(self, kind: str) -> Endpoint | None:
        """Go on to the next endpoint for a kind of answer, and give it; None where there is none."""
        with self._lock:
            index = self._taken.get(kind, 0) + 1
            if index >= len(self.all(kind)):
                return None
            self._taken[kind], self._refused[kind] = index, 0
            return self.all(kind)[index]


def place_of(task: Task) -> tuple[str, int]:
    """What a task asks for, and the entry at which its page begins."""
    key, _, offset = task.key.partition(_PAGE)
    return key, int(offset or 0)


def note_count(fills: Fills, count: int, entries: int) -> None:
    """Count what an answer says there is against what it has; one in ten may be hidden."""
    short = count - entries >= 2 and entries < 0.9 * count
    fills.note("count", total=count, filled=min(count, entries), unread=short)


class Pages:
    """Follows answers that come in pages. Safe to use from several threads."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], tuple[int, int]] = {}

    def after(
        self,
        task: Task,
        endpoint: Endpoint,
        entries: Sequence[Any],
        count: int | None,
        fills: Fills,
    ) -> list[Task]:
        """The task of the page after this one, where there may be one.

        A full page may have another after it, whatever the count says or doesn't. An empty one, and
        one that came before, have none: then the count, or the repeat, is noted.

        Args:
            task: what was asked.
            endpoint: says how many entries a page has.
            entries: of this page.
            count: how many the answer says there are in all.
            fills: takes the notes.
        """
        key, start = place_of(task)
        after = start + endpoint.page
        if entries and (len(entries) >= endpoint.page or after < (count or 0)):
            content = hash(repr(entries))
            offset, before = self._last.get((task.kind, key), (start, 0))
            self._last[task.kind, key] = (start, content)
            if offset == start or content != before:
                return [Task(task.kind, f"{key}{_PAGE}{after}")]
            fills.note("pages", unread=1)
        elif count is not None:
            note_count(fills, count, start + len(entries))
        return []
