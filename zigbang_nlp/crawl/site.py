"""All that the crawl loop needs to know of a site. Small on purpose: a new site is one class.

A site turns a region's cells into first tasks, names the path of a task, and reads an answer
into apartments, reviews and further tasks. It sends nothing: answers come from a `Fetcher`
(the HTTP client, or a directory of saved answers).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Protocol

from zigbang_nlp.store import Found, Task


class Site(Protocol):
    """One source of reviews."""

    #: Goes into every row: "zigbang", "sample", "hogangnono".
    source: str
    #: Keys of an answer whose values name a person; they are hashed before anything is kept.
    personal: re.Pattern[str]

    def first_tasks(self, cells: Iterable[str]) -> Iterable[Task]:
        """What to ask first for a region, given as level-5 geohashes."""

    def endpoint(self, task: Task) -> str:
        """Where such a task is asked, as fill rates and failures name it."""

    def path(self, task: Task) -> tuple[str, dict[str, str]]:
        """Path and query of a task's answer, under the site's base URL."""

    def read(self, task: Task, answer: Any) -> Found:
        """What a parsed answer says, and which of its entries can't be read.

        Raises:
            SchemaError: its shape as a whole is unknown.
        """


class Fetcher(Protocol):
    """Where answers come from."""

    #: True where asking costs nothing (saved answers), so that everything is asked again.
    offline: bool

    def fetch(self, task: Task) -> bytes:
        """The raw answer to a task.

        Raises:
            RequestFailed: there is none, after all retries.
            CrawlStopped: asking further makes no sense.
        """
