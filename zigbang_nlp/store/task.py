"""What a crawl has to ask for, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from zigbang_nlp.records import Apartment, Review
from zigbang_nlp.store.fill_rates import Fills


@dataclass(frozen=True, slots=True, order=True)
class Task:
    """One question to a site.

    Attributes:
        kind: what is asked for, a word of the site's own: "cell", "danji", "reviews". The key of
            a "reviews" task is the apartment's id.
        key: of which one: a geohash, an apartment id.
    """

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


@dataclass(frozen=True, slots=True)
class Scope:
    """A crawl's part of the frontier: one source, one region."""

    source: str
    region: str


@dataclass(frozen=True, slots=True)
class Bad:
    """An entry of an answer that can't be read, or not wholly: a sentence, and its raw JSON.

    Attributes:
        left_out: what is missing is not in what was kept: only the site can say it again.
    """

    fact: str
    raw: bytes
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """What one answer says: rows, further tasks, and what of it can't be read.

    Attributes:
        endpoint: the endpoint it came by, as the fill rates name it.
        fills: how often each field was filled.
        bad: entries that can't be read; those beside them were.
        readable: the answer has the shape of one, and at least one of its entries (if it has any)
            could be read.
    """

    apartments: list[Apartment] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    endpoint: str = ""
    fills: Fills = field(default_factory=Fills)
    bad: list[Bad] = field(default_factory=list)
    readable: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task failed for good.

    Attributes:
        kind: to count by; "schema" for an answer that can't be read, "entry" for one of which
            some entries can't, "left out" for one of which what is kept lacks something, "value"
            for one that can't be stored.
        fact: a sentence.
    """

    #: Kinds of which the raw answer is kept, so that a mended reader may still read it.
    READABLE_LATER: ClassVar[tuple[str, ...]] = ("schema", "entry", "value")

    kind: str
    fact: str

    @property
    def readable_later(self) -> bool:
        """Whether a mended reader may still read it."""
        return self.kind in self.READABLE_LATER


@dataclass(frozen=True, slots=True)
class Outcome:
    """A task that was asked: its raw answer, and what it says or why it says nothing.

    Attributes:
        endpoint: the one by which it was asked, as `Site.endpoint` names it.
        absent: 404 or 410 where the site has nothing there, which is an answer; else 0.
        validators: what the site said of the answer's version, or nothing.
    """

    task: Task
    body: bytes
    contents: Contents = field(default_factory=Contents)
    failure: Failure | None = None
    absent: int = 0
    endpoint: str = ""
    validators: str = ""

    @property
    def whole(self) -> bool:
        """Whether it holds all reviews of an apartment: each could be read, and no page follows."""
        further = any(task.kind == self.task.kind for task in self.contents.tasks)
        return self.task.kind == "reviews" and self.failure is None and not further


@dataclass(slots=True)
class Tally:
    """Requests since the last time they were written down."""

    requests: int = 0
    bytes: int = 0
    errors: dict[str, int] = field(default_factory=dict)
