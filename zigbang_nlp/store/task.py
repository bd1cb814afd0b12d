"""What a crawl has to ask for, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from zigbang_nlp.records import Apartment, Review


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
class Found:
    """What one answer says: rows, and further tasks."""

    apartments: list[Apartment] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task failed for good: a kind to count by, and a sentence."""

    kind: str
    fact: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A task that was asked: its raw answer, and what it says or why it says nothing."""

    task: Task
    body: bytes
    found: Found = field(default_factory=Found)
    failure: Failure | None = None


@dataclass(slots=True)
class Tally:
    """Requests since the last time they were written down."""

    requests: int = 0
    bytes: int = 0
    errors: dict[str, int] = field(default_factory=dict)
