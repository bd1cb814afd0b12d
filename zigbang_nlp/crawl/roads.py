"""Which of a site's endpoints are asked: the next one, while the first says 404 to everything."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from urllib.parse import quote

from zigbang_nlp.config.site import Road, Roads
from zigbang_nlp.store import Task

#: Answers of 404 or 410 with no other between them, after which a road is taken to be closed. Not
#: every apartment is known to a site, so that of apartments is longer than that of cells.
PATIENCE = {"cell": 3, "area": 3, "danji": 12, "reviews": 12}
#: Parts the key of a task from the place where its page begins.
_PAGE = "@"


class OpenRoads:
    """The roads of a site, and where it stands on them. Safe to use from several threads.

    Args:
        roads: of the site.
    """

    def __init__(self, roads: Roads) -> None:
        self._roads = roads
        self._lock = threading.Lock()
        self._taken: dict[str, int] = {}
        self._refused: dict[str, int] = {}
        self._open: set[str] = set()
        self._given_up: set[str] = set()

    def all(self, kind: str) -> Sequence[Road]:
        """All roads to a kind of answer."""
        roads = getattr(self._roads, kind)
        assert isinstance(roads, tuple)
        return roads

    def road(self, kind: str) -> Road:
        """The road that is taken now."""
        return self.all(kind)[self._taken.get(kind, 0)]

    def path(self, task: Task) -> tuple[str, dict[str, str]]:
        """Path and query of a task."""
        road = self.road(task.kind)
        key, _, offset = task.key.partition(_PAGE)
        filled = {
            name: value.replace("{key}", key).replace("{offset}", offset or "0")
            for name, value in road.query.items()
        }
        return road.path.replace("{key}", quote(key, safe="")), filled

    def refused(self, kind: str) -> int:
        """How often the road taken has said 404 or 410, where it has said nothing else."""
        with self._lock:
            return 0 if kind in self._open | self._given_up else self._refused.get(kind, 0)

    def note(self, kind: str, absent: bool) -> bool:
        """Learn from an answer of the road taken; True where the road is closed, as it seems now."""
        with self._lock:
            if kind in self._given_up:
                return False
            if not absent:
                self._open.add(kind)
                return False
            self._refused[kind] = self._refused.get(kind, 0) + 1
            return kind not in self._open and self._refused[kind] >= PATIENCE[kind]

    def give_up(self, kind: str) -> None:
        """No road to a kind of answer is open any more, and something else is done instead."""
        with self._lock:
            self._given_up.add(kind)

    def given_up(self, kind: str) -> bool:
        """Whether there is no point in asking for such answers any more."""
        with self._lock:
            return kind in self._given_up

    def take_next(self, kind: str) -> Road | None:
        """Go on to the next road to a kind of answer, and give it; None where there is none."""
        with self._lock:
            index = self._taken.get(kind, 0) + 1
            if index >= len(self.all(kind)):
                return None
            self._taken[kind], self._refused[kind] = index, 0
            return self.all(kind)[index]


def next_page(task: Task, road: Road, count: int | None) -> list[Task]:
    """The task of the page after this one, where there is one."""
    key, _, offset = task.key.partition(_PAGE)
    after = int(offset or 0) + road.page
    if not road.page or count is None or after >= count:
        return []
    return [Task(task.kind, f"{key}{_PAGE}{after}")]
