"""What is left to ask. It lives beside the rows, so that rows and "done" are one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from zigbang_nlp.store import runs
from zigbang_nlp.store.database import Part
from zigbang_nlp.store.outcomes import UPDATE_TASK, add_tasks, bound, save_outcomes, task_row
from zigbang_nlp.store.rows import Counts
from zigbang_nlp.store.schema import frontier, links
from zigbang_nlp.store.staging import stage, staged
from zigbang_nlp.store.task import Failure, Outcome, Scope, Tally, Task


class Frontier(Part):
    """The tasks of all crawls on one store, shared by every worker and every machine."""

    def start(
        self,
        scope: Scope,
        first: Iterable[Task],
        refresh_before: datetime | None = None,
        retry_failed: bool = False,
    ) -> None:
        """Make sure that a region's tasks are there, and belong to this scope.

        Args:
            scope: source and region of the crawl.
            first: the region's first tasks; those already known keep their state.
            refresh_before: what was done before this moment is to be asked again.
            retry_failed: what failed is to be asked again.
        """
        tasks = [task_row(scope, task, rank=0) for task in first]
        region = staged(frontier)
        with self.database.write() as connection:
            stage(connection, frontier, tasks)
            add_tasks(connection, tasks)
            # Another region's crawl may have found some of this region's apartments already.
            below = (
                sa.select(links.c.child)
                .join(region, region.c.key == links.c.parent)
                .where(links.c.source == scope.source)
            )
            connection.execute(
                sa.update(frontier)
                .where(frontier.c.source == scope.source, frontier.c.rank > 0)
                .where(frontier.c.scope != scope.region, frontier.c.key.in_(below))
                .values(scope=scope.region)
            )
            again = _due(refresh_before, retry_failed)
            connection.execute(sa.update(frontier).where(_of(scope), again).values(state="todo"))

    def again(self, scope: Scope, refresh_before: datetime | None, retry_failed: bool) -> int:
        """How many tasks `start` would make tasks again.

        Args:
            scope: the site and the region.
            refresh_before: tasks that were answered before this moment; None = none of them.
            retry_failed: also those that failed.
        """
        return self.database.count(frontier, _of(scope), _due(refresh_before, retry_failed))

    def forget(self, source: str) -> None:
        """Drop a source's tasks, where all of them are made anew from files."""
        with self.database.write() as connection:
            for table in (frontier, links):
                connection.execute(sa.delete(table).where(table.c.source == source))

    def claim(self, scope: Scope, worker: str, count: int, lease: float) -> list[Task]:
        """Take tasks for one worker alone; a task whose lease has lapsed is up again.

        Args:
            scope: the site and the region.
            worker: who takes them.
            count: how many at most.
            lease: seconds until others may have them.

        Returns:
            In the order in which they are to be asked; none when nothing is free.
        """
        with self.database.write(alone=False) as connection:
            now = self.database.clock(connection)
            free = (frontier.c.state == "todo") | (
                (frontier.c.state == "leased") & (frontier.c.lease_until < now)
            )
            # Two queries, so that the common one runs along the index.
            picked = self._pick(connection, scope, frontier.c.state == "todo", count)
            if len(picked) < count:
                picked = self._pick(connection, scope, free, count)
            if picked:
                connection.execute(
                    UPDATE_TASK.values(state="leased", worker=worker, lease_until=now + lease),
                    [bound(scope.source, task) for task in picked],
                )
        return picked

    def _pick(
        self, connection: sa.Connection, scope: Scope, free: sa.ColumnElement[bool], count: int
    ) -> list[Task]:
        query = (
            sa.select(frontier.c.kind, frontier.c.key)
            .where(_of(scope), free)
            .order_by(frontier.c.rank, frontier.c.key, frontier.c.kind)
            .limit(count)
            .with_for_update(skip_locked=True)
        )
        return [Task(*row) for row in connection.execute(query)]

    def renew(self, worker: str, lease: float) -> None:
        """Keep a living worker's leases."""
        with self.database.write() as connection:
            until = self.database.clock(connection) + lease
            connection.execute(_leased_by(worker).values(lease_until=until))

    def release(self, worker: str) -> None:
        """Give back what a worker holds."""
        self.database.run(_leased_by(worker).values(_TODO))

    def release_all(self) -> None:
        """Give back what anybody holds: right only where no other crawl can be alive."""
        self.database.run(sa.update(frontier).where(frontier.c.state == "leased").values(_TODO))

    def put_back(self, source: str, tasks: Iterable[Task]) -> None:
        """Make failed tasks tasks again, where the failure was not theirs."""
        values = [bound(source, task) for task in tasks]
        if values:
            again = UPDATE_TASK.where(frontier.c.state == "failed").values(_TODO)
            self.database.run(again, values)

    def reopen(self, scope: Scope, kind: str, why: Sequence[str]) -> None:
        """Make tasks of a kind tasks again that ended for one of these reasons."""
        ended = (frontier.c.kind == kind) & frontier.c.failure_kind.in_(why)
        self.database.run(sa.update(frontier).where(_of(scope), ended).values(_TODO))

    def drop(self, scope: Scope, kind: str) -> None:
        """Forget a region's tasks of a kind that were not answered."""
        unanswered = (frontier.c.kind == kind) & (frontier.c.state != "done")
        self.database.run(sa.delete(frontier).where(_of(scope), unanswered))

    def failed_as(self, scope: Scope, why: Sequence[str]) -> int:
        """How many tasks of a region failed for one of these reasons."""
        failed = (frontier.c.state == "failed") & frontier.c.failure_kind.in_(why)
        return self.database.count(frontier, _of(scope), failed)

    def keys(self, scope: Scope, kind: str) -> list[str]:
        """The keys of a kind of task in a region, in order."""
        query = sa.select(frontier.c.key).where(_of(scope), frontier.c.kind == kind)
        return [row.key for row in self.database.rows(query.order_by(frontier.c.key))]

    def save(
        self, scope: Scope, run: int, outcomes: Sequence[Outcome], tally: Tally
    ) -> tuple[Counts, Counts]:
        """Keep answers, their rows, the marks that they are done and the run's figures, all at once.

        Args:
            scope: the site and the region.
            run: number of the run.
            outcomes: what was made of each task.
            tally: what the network did for them.

        Returns:
            Counts of apartments and of reviews.
        """
        with self.database.write() as connection:
            apartments, reviews = save_outcomes(connection, scope, outcomes, datetime.now(UTC))
            failed = sum(outcome.failure is not None for outcome in outcomes)
            runs.count(connection, run, tally, reviews, len(outcomes) - failed, failed)
        return apartments, reviews

    def open_tasks(self, scope: Scope) -> int:
        """Tasks that are neither done nor failed, whoever holds them."""
        return self.database.count(frontier, _of(scope), _OPEN)

    def states(self, source: str, region: str | None = None) -> dict[tuple[str, str], int]:
        """How many tasks of each kind are in each state.

        Args:
            source: the site.
            region: None = of all regions.

        Returns:
            {(kind, state): tasks}; a state is "todo", "leased", "done" or "failed".
        """
        query = sa.select(frontier.c.kind, frontier.c.state, sa.func.count())
        query = query.where(frontier.c.source == source)
        if region is not None:
            query = query.where(frontier.c.scope == region)
        query = query.group_by(frontier.c.kind, frontier.c.state)
        return {(kind, state): tasks for kind, state, tasks in self.database.rows(query)}

    def done(self, source: str, kind: str) -> set[str]:
        """Keys of one kind that were answered."""
        query = sa.select(frontier.c.key).where(
            frontier.c.source == source, frontier.c.kind == kind, frontier.c.state == "done"
        )
        return {row.key for row in self.database.rows(query)}

    def to_ask_again(self, scope: Scope) -> int:
        """How many tasks of a region failed, and are tasks again (see `put_back`)."""
        return self.database.count(frontier, _of(scope), _AGAIN)

    def failures(self, source: str, limit: int) -> list[tuple[Task, Failure]]:
        """Tasks that failed and were not answered since, with the reasons.

        Args:
            source: the site.
            limit: how many at most, in the order of kind and key.
        """
        query = (
            sa.select(frontier.c.kind, frontier.c.key, frontier.c.failure_kind, frontier.c.failure)
            .where(frontier.c.source == source, (frontier.c.state == "failed") | _AGAIN)
            .order_by(frontier.c.kind, frontier.c.key)
            .limit(limit)
        )
        rows = self.database.rows(query)
        return [(Task(kind, key), Failure(why, fact)) for kind, key, why, fact in rows]


def _of(scope: Scope) -> sa.ColumnElement[bool]:
    return (frontier.c.source == scope.source) & (frontier.c.scope == scope.region)


def _due(refresh_before: datetime | None, retry_failed: bool) -> sa.ColumnElement[bool]:
    """Tasks that are to be asked again; see `Frontier.start`."""
    failed = (frontier.c.state == "failed") if retry_failed else sa.false()
    if refresh_before is None:
        return failed
    return failed | ((frontier.c.state == "done") & (frontier.c.done_at < refresh_before))


#: The reason of a failure stays on record until there is an answer.
_TODO: dict[str, Any] = {"state": "todo", "worker": None, "lease_until": None}
_OPEN = frontier.c.state.in_(("todo", "leased"))
_AGAIN = _OPEN & frontier.c.failure.is_not(None)


def _leased_by(worker: str) -> sa.Update:
    return sa.update(frontier).where(frontier.c.state == "leased", frontier.c.worker == worker)
