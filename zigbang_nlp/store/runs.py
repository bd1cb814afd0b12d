"""What each run of the crawl did, for `crawl --status`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from zigbang_nlp.errors import InputError
from zigbang_nlp.store.database import Part
from zigbang_nlp.store.rows import Counts
from zigbang_nlp.store.schema import FIGURES, run_errors, runs
from zigbang_nlp.store.staging import insert_or_add
from zigbang_nlp.store.task import Scope, Tally


@dataclass(frozen=True, slots=True)
class Run:
    """One run. `new`, `changed` and `seen` count rows of reviews; `bytes` are of answers."""

    id: int
    source: str
    scope: str
    started_at: datetime
    updated_at: datetime
    outcome: str
    requests: int
    bytes: int
    done: int
    failed: int
    new: int
    changed: int
    seen: int
    errors: dict[str, int]


class Runs(Part):
    """The book of runs."""

    def begin(self, scope: Scope, worker: str) -> int:
        """Open a run. It is "running or killed" until `end`.

        Args:
            scope: the site and the region.
            worker: who crawls: a name that no other living crawl has.

        Returns:
            Its number.
        """
        now = datetime.now(UTC)
        row: dict[str, Any] = {"source": scope.source, "scope": scope.region, "worker": worker}
        row |= {"started_at": now, "updated_at": now, "outcome": "running or killed"}
        with self.database.write() as connection:
            insert = sa.insert(runs).returning(runs.c.id)
            number: int = connection.execute(insert, row).scalar_one()
        return number

    def end(self, run: int, outcome: str) -> None:
        """Say how it ended.

        Args:
            run: its number.
            outcome: as `crawl --status` shows it.
        """
        ended = sa.update(runs).where(runs.c.id == run)
        self.database.run(ended.values(outcome=outcome, updated_at=datetime.now(UTC)))

    def add(self, run: int, reviews: Counts, done: int, failed: int) -> None:
        """Count what was read without a request.

        Args:
            run: its number.
            reviews: rows that were new, changed or seen again.
            done: tasks that were read.
            failed: tasks that could not be read.
        """
        with self.database.write() as connection:
            count(connection, run, Tally(), reviews, done, failed)

    def forgive(self, run: int, failed: int) -> None:
        """Take back failures, since the tasks are tried once more.

        Args:
            run: its number.
            failed: how many.
        """
        fewer = sa.update(runs).where(runs.c.id == run)
        self.database.run(fewer.values(failed=runs.c.failed - failed))

    def began(self, run: int) -> datetime:
        """When a run began; or when the last one before it ended, if that was earlier.

        What is read again between two runs (`--reparse`, an upgrade) is new with the second.

        Raises:
            InputError: there is no such run.
        """
        before = sa.select(sa.func.max(runs.c.updated_at)).where(runs.c.id < run)
        query = sa.select(runs.c.started_at, before.scalar_subquery()).where(runs.c.id == run)
        rows = self.database.rows(query)
        if not rows:
            raise InputError(
                f"There is no run {run} in this store.", "`zigbang-nlp crawl --status` lists them."
            )
        began: datetime = min(moment for moment in rows[0] if moment is not None)
        return began

    def recent(self, source: str, limit: int = 10) -> list[Run]:
        """The last runs, newest first.

        Args:
            source: the site.
            limit: how many at most.
        """
        names = [field.name for field in fields(Run) if field.name != "errors"]
        query = sa.select(*(runs.c[name] for name in names)).where(runs.c.source == source)
        errors = sa.select(run_errors.c.kind, run_errors.c.count).order_by(run_errors.c.kind)
        recent: list[Run] = []
        with self.database.read() as connection:
            rows = connection.execute(query.order_by(runs.c.id.desc()).limit(limit)).mappings()
            for row in rows.all():
                of_run = connection.execute(errors.where(run_errors.c.run == row["id"]))
                recent.append(Run(**row, errors={error[0]: error[1] for error in of_run}))
        return recent


_COUNT = (
    sa.update(runs)
    .where(runs.c.id == sa.bindparam("run"))
    .values(
        {name: runs.c[name] + sa.bindparam(f"more_{name}") for name in FIGURES}
        | {"updated_at": sa.bindparam("now")}
    )
)


def count(
    connection: sa.Connection, run: int, tally: Tally, reviews: Counts, done: int, failed: int
) -> None:
    """Add to a run's figures, inside the caller's transaction.

    Args:
        connection: of the caller.
        run: its number.
        tally: requests, bytes and errors of the network.
        reviews: rows that were new, changed or seen again.
        done: tasks that were answered.
        failed: tasks that failed.
    """
    asked = (tally.requests, tally.bytes, done, failed)
    figures = (*asked, reviews.new, reviews.changed, reviews.seen)
    more = {f"more_{name}": value for name, value in zip(FIGURES, figures, strict=True)}
    connection.execute(_COUNT, more | {"run": run, "now": datetime.now(UTC)})
    if tally.errors:
        connection.execute(
            insert_or_add(connection.dialect.name, run_errors, "count"),
            [{"run": run, "kind": kind, "count": n} for kind, n in sorted(tally.errors.items())],
        )
