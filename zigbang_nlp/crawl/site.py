"""All that the crawl loop needs to know of a site. Small on purpose: a new site is one class.

A site turns a region's cells into first tasks, names the path of a task, and reads an answer
into apartments, reviews and further tasks. It sends nothing: answers come from a `Fetcher`
(the HTTP client, or a directory of saved answers).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from zigbang_nlp.config.site import SiteFile
from zigbang_nlp.crawl.endpoints import OpenEndpoints
from zigbang_nlp.store import Contents, Task


@dataclass(frozen=True, slots=True)
class Answer:
    """What came for a task.

    Attributes:
        body: as it came, in UTF-8.
        tree: the same, parsed; None where there is nothing, or it was not parsed yet.
        status: 404 or 410 where the site has nothing there, which is an answer.
        kept: it is the one that the store has already, without persons: the site says that it
            has not changed.
        validators: what the site said of its version, to be kept with it.
    """

    body: bytes
    tree: Any = None
    status: int = 200
    kept: bool = False
    validators: str = ""

    @property
    def absent(self) -> bool:
        """Whether the site has nothing there."""
        return self.status != 200


class Site(Protocol):
    """One source of reviews."""

    #: Goes into every row: "zigbang", "sample", "hogangnono".
    source: str
    #: All that is known of it; what is kept of its answers is in there too.
    data: SiteFile
    #: Which of its endpoints are asked.
    endpoints: OpenEndpoints
    #: The highest score that is expected; a crawl may learn another.
    scale: float
    #: Kinds of tasks whose answer may be that there is nothing (404, 410).
    may_be_absent: frozenset[str]

    def first_tasks(self, cells: Iterable[str]) -> Iterable[Task]:
        """What to ask first for a region, given as level-5 geohashes."""

    def endpoint(self, task: Task) -> str:
        """Where such a task is asked, as fill rates and failures name it."""

    def path(self, task: Task) -> tuple[str, dict[str, str]]:
        """Path and query of a task's answer, under the site's base URL."""

    def read(self, task: Task, answer: Any) -> Contents:
        """What a parsed answer says, and which of its entries can't be read.

        Raises:
            SchemaError: its shape as a whole is unknown.
        """


class Fetcher(Protocol):
    """Where answers come from."""

    #: True where asking costs nothing (saved answers), so that everything is asked again.
    offline: bool

    def fetch(self, task: Task) -> Answer:
        """The answer to a task, or word that there is none.

        Raises:
            RequestFailed: there is none, after all retries.
            CrawlStopped: asking further makes no sense.
        """
