"""Every scenario of a site that changes, fails or leaks, through the real command; see faults/."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import sys
import time
import urllib.parse
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.commands import Fork
from tests.crawl.faults import BY_NAME
from tests.crawl.faults.server import FaultServer
from tests.crawl.faults.shorthand import SCENARIOS
from tests.crawl.faults.terms import Bound, Expect, Fact, Phase, Scenario
from tests.crawl.faults.world import CATEGORIES
from zigbang_nlp.store import Store, open_store
from zigbang_nlp.store.schema import answers, apartments, frontier, reviews, unread_answers

#: A busy machine is this much slower than the scenarios reckon with; a slow answer holds on longer.
BUSY = 3
DRIFT = 4
CLASSES = {0: "ok", 2: "usage", DRIFT: "drift", 130: "interrupted", 143: "interrupted"}
#: How the summary and the errors tell that a site is not as it was.
TOLD = r"may have changed"
COLUMNS = {"date": "written_at", "residenceType": "residence"}
#: What is about the store is played on both databases.
ON = {
    "sqlite": ("value", "endpoint", "rules", "worse", "drift", "control"),
    "postgresql": ("worse",),
}
#: And values that one database holds and another doesn't.
ON_BOTH = ("households_1e20", "nul_in_a_text", "surrogate_in_a_text", "latitude_of_401_digits")


#: The exit code of a fork whose first command took too long.
LATE = 124
#: The arguments of a command, and the file for all that it prints.
Command = tuple[list[str], Path]


def run_commands(commands: list[Command], seconds: float) -> None:
    """One command after another in this process, each as `python -m zigbang_nlp` runs it.

    Ends with the code of the first, or with `LATE` where that took longer than the seconds.
    """
    from zigbang_nlp.cli import cli
    from zigbang_nlp.cli.run_safely import run_safely

    sys.stdout, sys.stderr = open(1, "w", encoding="utf-8"), open(2, "w", encoding="utf-8")  # noqa: SIM115
    codes, took, began = [], [], time.monotonic()
    for arguments, output in commands:
        with output.open("wb") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        codes.append(run_safely(cli, arguments))
        took.append(time.monotonic() - began)
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(codes[0] if took[0] < seconds else LATE)


def run_forked(
    commands: list[Command], seconds: float, term_when: Callable[[], bool] | None = None
) -> tuple[int, list[str]]:
    """Run commands in a fork; gives the first's exit code and all that each printed.

    The first has so many seconds, and each of the others a minute.
    """
    process = Fork(target=run_commands, args=(commands, seconds))
    process.start()
    end = time.monotonic() + seconds + 60 * (len(commands) - 1)
    while process.is_alive() and time.monotonic() < end:
        if term_when is not None and term_when():
            os.kill(int(process.pid or 0), signal.SIGTERM)
            term_when = None
        process.join(0.02 if term_when else end - time.monotonic())
    hangs = process.is_alive()
    process.kill()
    process.join()
    texts = [
        output.read_text("utf-8", "replace") if output.exists() else "" for _, output in commands
    ]
    assert not hangs, f"still running after {seconds:g} s:\n{texts[0]}"
    assert process.exitcode not in (None, LATE), f"not over after {seconds:g} s:\n{texts[0]}"
    return process.exitcode, texts


class Seen:
    """What a user can see after a run."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def rows(self) -> dict[str, int]:
        query = sa.select(reviews.c.category, sa.func.count()).group_by(reviews.c.category)
        with self.store.database.read() as connection:
            counted = {row[0]: row[1] for row in connection.execute(query)}
        return {category: counted.get(category, 0) for category in CATEGORIES}

    def failed(self) -> int:
        """Failures on record: of tasks that failed for good, and of such as are asked again."""
        return len(self.store.frontier.failures("zigbang", 10_000))

    def raw_of_failures(self) -> str:
        with self.store.database.read() as connection:
            bodies = connection.execute(sa.select(frontier.c.failure_body)).scalars().all()
            bodies = [*bodies, *connection.execute(sa.select(unread_answers.c.body)).scalars()]
        return "\n".join(
            zlib.decompress(body).decode("utf-8", "replace") for body in bodies if body
        )

    def everything(self) -> str:
        """All that the store holds, whatever is compressed in it."""
        texts: list[str] = []
        with self.store.database.read() as connection:
            for table in (answers, unread_answers, frontier, reviews, apartments):
                for row in connection.execute(sa.select(table)):
                    texts += [_plain(value) for value in row if value is not None]
        return "\n".join(texts)

    def fact(self, fact: Fact) -> list[Any]:
        """The values of a fact in the rows it is about."""
        if fact.category == "apartment":
            query = sa.select(apartments.c[fact.column])
            query = query.where(apartments.c.apartment_id == fact.marker)
        else:
            query = sa.select(reviews.c[COLUMNS.get(fact.column, fact.column)])
            query = query.where(reviews.c.text.contains(fact.marker))
            if fact.category:
                query = query.where(reviews.c.category == fact.category)
        with self.store.database.read() as connection:
            return list(connection.execute(query).scalars())


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        return zlib.decompress(value).decode("utf-8", "replace")
    return str(value)


def spellings(text: str) -> Iterator[str]:
    """A text, its JSON escapes and its percent-encoding."""
    yield text
    if not text.isascii():
        yield "".join(f"\\u{ord(letter):04x}" for letter in text)
        yield urllib.parse.quote(text)


def short_of(bounds: Mapping[str, Bound], counted: Mapping[str, int], what: str) -> list[str]:
    return [
        f"{counted.get(name, 0)} {what} {name}, not {bound.low} to {bound.high}"
        for name, bound in bounds.items()
        if not bound.holds(counted.get(name, 0))
    ]


def fits(value: Any, fact: Fact) -> bool:
    if fact.not_null:
        return value is not None
    if isinstance(value, datetime):
        value = value.isoformat()
    return any(
        str(value).startswith(expected)
        if isinstance(expected, str) and value is not None
        else value == expected
        for expected in fact.any_of
    )


def complaints(expect: Expect, code: int, output: str, status: str, store: Store) -> list[str]:
    """Where a run is not as its scenario has it."""
    seen = Seen(store)
    kind = CLASSES.get(code, "failed")
    complaints = [] if kind in expect.exit else [f"exit {code} ({kind}), not {sorted(expect.exit)}"]
    complaints += short_of(expect.rows, seen.rows(), "rows of")
    if kind == "ok":
        complaints += short_of(
            expect.rows_ok, seen.rows(), "rows, though all is said to be well, of"
        )
    if not expect.failed.holds(seen.failed()):
        complaints.append(f"{seen.failed()} failures, not {expect.failed}")
    warned = kind != "ok" or re.search(TOLD, output) is not None
    if expect.signal == "told" and not warned:
        complaints.append("nothing is told")
    if expect.signal == "none" and (kind == "drift" or re.search(TOLD, output)):
        complaints.append("a drift is told where there is none")
    for text, groups in ((output, expect.say), (status, expect.status_say)):
        for group in groups:
            if not any(re.search(pattern, text, re.IGNORECASE) for pattern in group):
                complaints.append(f"none of {group} is said")
    complaints += [f"{p} is said" for p in expect.not_say if re.search(p, output, re.IGNORECASE)]
    raw = seen.raw_of_failures()
    complaints += [f"{p} is not in what is kept" for p in expect.kept if not re.search(p, raw)]
    everything = "\n".join((output, status, seen.everything()))
    complaints += [
        f"{text} is somewhere"
        for secret in expect.never
        for text in spellings(secret)
        if text in everything
    ]
    for fact in expect.facts:
        values = seen.fact(fact)
        if not values and not fact.absent_ok:
            complaints.append(f"no row of {fact}")
        complaints += [f"{value!r}: {fact}" for value in values if not fits(value, fact)]
    return complaints


def asked_enough(server: FaultServer, requests: int | None) -> bool:
    return requests is not None and len(server.seen()) >= requests


def play(scenario: Scenario, work: Path, db: str = "", begun: bool = False) -> None:
    """Run a scenario's phases and hold what is seen against what is expected.

    Args:
        scenario: what is played.
        work: the directory to run it in.
        db: the URL of the store, where it is not in `work`.
        begun: its first phase has been played already, against another server.
    """
    where = ["--db", db] if db else []
    url = db or f"sqlite:///{work}/zigbang.db"
    with FaultServer(scenario) as server:
        if begun:
            with open_store(url) as store, store.database.write() as connection:
                at = sa.update(answers).where(answers.c.kind == "robots.txt")
                connection.execute(at.values(key=server.names["base"]))
        for number in range(int(begun), len(scenario.phases)):
            phase = server.begin(number)
            for name, text in phase.files.items():
                (work / name).write_text(text, "utf-8")
            enough = partial(asked_enough, server, phase.sigterm_after)
            asked = ["crawl", "--status", "--source", "zigbang", "--work", str(work)]
            commands = [server.arguments(str(work)), asked]
            if phase.then:
                commands.append([server.fill(word, str(work)) for word in phase.then])
            code, (output, status, *_) = run_forked(
                [([*each, *where], work / f"said-{i}.txt") for i, each in enumerate(commands)],
                BUSY * phase.expect.seconds,
                None if phase.sigterm_after is None else enough,
            )
            with open_store(url) as store:
                faults = complaints(phase.expect, code, output, status, store)
            exported = "".join(file.read_text("utf-8") for file in work.glob("*.csv"))
            faults += [f"{s} is exported" for s in phase.expect.never_in_export if s in exported]
            if phase.expect.never_in_export:
                assert exported
            faults += server.complaints()
            detail = "\n".join([f"phase {number}: {scenario.site}", *faults, output[-4_000:]])
            assert not faults, detail


def copy_of(database: str) -> str:
    """The URL of a copy of a PostgreSQL database that nobody is connected to."""
    url = sa.make_url(database)
    name = f"{url.database}_{secrets.token_hex(4)}"
    engine = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {url.database}")
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


#: Where a scenario was played, and the URL of its PostgreSQL.
Played = tuple[Path, str]
#: Scenarios under way at once: most of what they do is to wait.
AT_ONCE = 6


class Plays:
    """Plays scenarios ahead of the tests that ask how they went.

    Several begin with the same run against a sound site: it is played once, and its store copied.

    Args:
        place: a directory of its own for each is made in it.
        make_database: gives the URL of an empty PostgreSQL database.
    """

    def __init__(self, place: Path, make_database: Callable[[], str]) -> None:
        self.place, self.make_database = place, make_database
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._firsts: list[tuple[Phase, str, Future[Played]]] = []
        self._futures: dict[tuple[str, str], Future[Played]] = {}

    def begin(self, scenario: Scenario, database: str) -> None:
        first, phase = None, scenario.phases[0]
        if len(scenario.phases) > 1 and phase == Phase(phase.expect, world=phase.world):
            known = (one for *key, one in self._firsts if key == [phase, database])
            first = next(known, None)
            if first is None:
                alone = replace(scenario, name=f"first-{scenario.name}", phases=(phase,))
                first = self._begin(alone, database)
                self._firsts.append((phase, database, first))
        self._futures[scenario.name, database] = self._begin(scenario, database, first)

    def _begin(
        self, scenario: Scenario, database: str, first: Future[Played] | None = None
    ) -> Future[Played]:
        work = self.place / f"{scenario.name}-{database}"
        db = self.make_database() if database == "postgresql" and first is None else ""
        return self._pool.submit(self._play, scenario, work, db, first)

    def _play(
        self, scenario: Scenario, work: Path, db: str, first: Future[Played] | None
    ) -> Played:
        if first is None:
            work.mkdir()
        else:  # it was begun before, so it is under way if it is not over
            place, url = first.result()
            shutil.copytree(place, work)
            db = copy_of(url) if url else ""
        play(scenario, work, db, begun=first is not None)
        return work, db

    def result(self, scenario: Scenario, database: str) -> None:
        """Return when it was as it should be.

        Raises:
            AssertionError: it was not.
        """
        self._futures[scenario.name, database].result()

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="module")
def plays(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Plays]:
    """All that the session asks for is under way from the first test on."""
    parameters = [
        item.callspec.params  # type: ignore[attr-defined]
        for item in request.session.items
        if "plays" in getattr(item, "fixturenames", ())
    ]
    make: Callable[[], str] = lambda: ""  # noqa: E731 - nobody may need a PostgreSQL
    if any(one["database"] == "postgresql" for one in parameters):
        make = request.getfixturevalue("postgres")
    started = Plays(tmp_path_factory.mktemp("plays"), make)
    for one in parameters:
        started.begin(one["scenario"], one["database"])
    yield started
    started.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scenario", "database"),
    [
        pytest.param(scenario, database, id=f"{scenario.kind}-{scenario.name}-{database}")
        for database, kinds in ON.items()
        for scenario in SCENARIOS
        if scenario.kind in kinds or scenario.name in ON_BOTH
    ],
)
def test_scenario(scenario: Scenario, database: str, plays: Plays) -> None:
    plays.result(scenario, database)


def test_there_are_scenarios_of_every_kind() -> None:
    kinds = Counter(scenario.kind for scenario in SCENARIOS)
    assert set(kinds) == set(ON["sqlite"])
    assert sum(kinds.values()) - kinds["control"] >= 60
    assert len(BY_NAME) == len(SCENARIOS)
