"""What a scenario is made of: the site's rules, and what a user must then see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.crawl.faults.world import COVARIATES, PREFIX, World


@dataclass(frozen=True)
class Where:
    """What an answer is about, for the change that is made to it."""

    endpoint: str
    world: World
    apartment: int | None = None
    cell: str | None = None
    page: int = 1  # whatever number stands behind page= (or offset=, from 1) in the query


Change = Callable[[Any, Where], Any]


@dataclass(frozen=True)
class Reply:
    """A fixed answer in place of the site's. `{base}` and its like are filled in."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)


@dataclass(frozen=True)
class Rule:
    """One thing the site does: to which requests, what, and a pattern that proves it."""

    on: tuple[str, ...]  # cells, danji, reviews, search, catalog, robots, other
    change: Change | None = None
    reply: Reply | None = None
    delivery: str = "plain"
    apartments: frozenset[int] | None = None  # indexes, not ids
    cells: frozenset[str] | None = None
    path: str | None = None  # a pattern that the path must match
    first: int = 0  # the n-th to m-th request to these endpoints in this phase, from 0
    last: int | None = None
    shows: str = ""  # must be found in "[state seconds]\n" + the raw answer
    lacks: str = ""  # must not be found there


@dataclass(frozen=True)
class Bound:
    """A number with both ends fixed, one, or none."""

    low: int = 0
    high: int | None = None

    def holds(self, number: int) -> bool:
        """Is the number inside?"""
        return self.low <= number and (self.high is None or number <= self.high)


ANY = Bound()
NONE = Bound(0, 0)


@dataclass(frozen=True)
class Fact:
    """A value in the store. `category` is one of the five, "" for all, or "apartment"."""

    marker: str  # words in the row's text, or the id of the apartment
    category: str
    column: str  # score, date, author, residenceType, age, sex, married, address, households
    any_of: tuple[str | int | float | None, ...]  # strings match as prefixes; None = not known
    absent_ok: bool = False  # the row may be missing
    not_null: bool = False  # any value will do


@dataclass(frozen=True)
class Expect:
    """What a user must be able to see after a run.

    `rows` holds whatever the exit is; `rows_ok` must hold too if the exit is "ok". `failed` is
    the number of failures on record (tasks or entries) after the run. `signal` is "none" (no
    drift may be claimed), "any", or "told" (a warning or a stop; the run may not look healthy).
    `say` are groups of patterns, of each group one must be found in the run's output, ignoring
    case. `never` may be found nowhere: output, log, store (with what is compressed in it), export.
    """

    rows: Mapping[str, Bound]
    rows_ok: Mapping[str, Bound] = field(default_factory=dict)
    failed: Bound = NONE
    exit: frozenset[str] = frozenset({"ok"})
    signal: str = "any"
    say: tuple[tuple[str, ...], ...] = ()
    status_say: tuple[tuple[str, ...], ...] = ()
    not_say: tuple[str, ...] = ("Traceback",)
    never: tuple[str, ...] = COVARIATES
    never_in_export: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()  # must be in a stored raw answer of a failure
    requests: Mapping[str, Bound] = field(default_factory=dict)  # by endpoint, in this phase
    elsewhere: Bound = NONE  # requests at the other host
    no_target: tuple[str, ...] = ()  # patterns that no request target may match
    facts: tuple[Fact, ...] = ()
    gap: float = 0.0  # least seconds between two requests other than robots.txt
    seconds: float = 60.0  # the run must have ended by then


@dataclass(frozen=True)
class Phase:
    """One run of the crawler against one state of the site."""

    expect: Expect
    rules: tuple[Rule, ...] = ()
    world: World | None = None  # as in the phase before
    region: str | None = PREFIX  # None: the flags name it
    flags: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()  # flags of COMMON that are left out
    base_url: str = "{base}"
    files: Mapping[str, str] = field(default_factory=dict)  # written to {dir}
    then: tuple[str, ...] = ()  # a command to run afterwards
    sigterm_after: int | None = None  # requests, after which the crawler gets SIGTERM


@dataclass(frozen=True)
class Scenario:
    """A story in one or more runs."""

    name: str
    kind: str  # drift, worse, value, endpoint, rules, or control (a healthy site)
    site: str  # what the site does, in a sentence
    phases: tuple[Phase, ...]
    unsure: str = ""


COMMON: tuple[str, ...] = (
    *("--source", "zigbang", "--rate", "0", "--i-have-permission", "--workers", "1"),
    *("--timeout", "2", "--retries", "1", "--backoff", "0.05", "--jitter", "0"),
    *("--retry-after-cap", "5", "--daily-budget", "0"),
)
