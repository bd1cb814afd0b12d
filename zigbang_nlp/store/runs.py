"""What each run of the crawl did, for `crawl --status`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from zigbang_nlp.errors import InputError
from zigbang_nlp.store.database import Database
from zigbang_nlp.store.rows import Counts
from zigbang_nlp.store.schema import run_errors, runs
from zigbang_nlp.store.staging import insert_into
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


class Runs:
    """The book of runs."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def begin(self, scope: Scope, worker: str) -> int:
        """Open a run. It is "running or killed" until `end`.

        Args:
            scope: the site and the region.
            worker: who crawls: a name that no other living crawl has.

        Returns:
            Its number.
        """
        now = datetime.now(UTC)
        with self.database.write() as connection:
            insert = sa.insert(runs).returning(runs.c.id)
            row = {
                "source": scope.source,
                "scope": scope.region,
                "worker": worker,
                "started_at": now,
                "updated_at": now,
                "outcome": "running or killed",
            }
            number: int = connection.execute(insert, row).scalar_one()
        return number

    def end(self, run: int, outcome: str) -> None:
        """Say how it ended.

        Args:
            run: its number.
            outcome: as `crawl --status` shows it.
        """
        with self.database.write() as connection:
            connection.execute(
                sa.update(runs)
                .where(runs.c.id == run)
                .values(outcome=outcome, updated_at=datetime.now(UTC))
            )

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
        with self.database.write() as connection:
            connection.execute(
                sa.update(runs).where(runs.c.id == run).values(failed=runs.c.failed - failed)
            )

    def began(self, run: int) -> datetime:
        """When a run began; or when the last one before it ended, if that was earlier.

        What is read again between two runs (`--reparse`, an upgrade) is new with the second.

        Raises:
            InputError: there is no such run.
        """
        before = sa.select(sa.func.max(runs.c.updated_at)).where(runs.c.id < run)
        query = sa.select(runs.c.started_at, before.scalar_subquery()).where(runs.c.id == run)
        with self.database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise InputError(
                f"There is no run {run} in this store.", "`zigbang-nlp crawl --status` lists them."
            )
        moments: list[datetime] = [moment for moment in row if moment is not None]
        return min(moments)

    def recent(self, source: str, limit: int = 10) -> list[Run]:
        """The last runs, newest first.

        Args:
            source: the site.
            limit: how many at most.
        """
        names = [field.name for field in fields(Run) if field.name != "errors"]
        query = sa.select(*(runs.c[name] for name in names)).where(runs.c.source == source)
        recent: list[Run] = []
        with self.database.read() as connection:
            for row in (
                connection.execute(query.order_by(runs.c.id.desc()).limit(limit)).mappings().all()
            ):
                errors = connection.execute(
                    sa.select(run_errors.c.kind, run_errors.c.count)
                    .where(run_errors.c.run == row["id"])
                    .order_by(run_errors.c.kind)
                )
                recent.append(Run(**row, errors={row[0]: row[1] for row in errors}))
        return recent


_FIGURES = ("requests", "bytes", "done", "failed", "new", "changed", "seen")
_COUNT = (
    sa.update(runs)
    .where(runs.c.id == sa.bindparam("run"))
    .values(
        {name: runs.c[name] + sa.bindparam(f"more_{name}") for name in _FIGURES}
        | {"updated_at": sa.bindparam("now")}
    )
)


@cache
def _count_errors(dialect: str) -> Any:
    insert = insert_into(dialect, run_errors)
    return insert.on_conflict_do_update(
        index_elements=["run", "kind"],
        set_={"count": run_errors.c.count + insert.excluded.count},
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
    figures = (
        tally.requests,
        tally.bytes,
        done,
        failed,
        reviews.new,
        reviews.changed,
        reviews.seen,
    )
    more = {f"more_{name}": value for name, value in zip(_FIGURES, figures, strict=True)}
    connection.execute(_COUNT, more | {"run": run, "now": datetime.now(UTC)})
    if tally.errors:
        connection.execute(
            _count_errors(connection.dialect.name),
            [{"run": run, "kind": kind, "count": n} for kind, n in sorted(tally.errors.items())],
        )
