"""What an answer changes: rows, raw answers, further tasks, marks; all inside one transaction."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from zigbang_nlp.store import rows
from zigbang_nlp.store.answers import save_answers
from zigbang_nlp.store.apartments import add_apartments
from zigbang_nlp.store.rows import Counts
from zigbang_nlp.store.schema import frontier, links
from zigbang_nlp.store.staging import insert_missing, insert_or_set, keyed
from zigbang_nlp.store.task import Failure, Outcome, Scope, Task

#: Bytes of a failed answer that are kept as evidence.
EVIDENCE = 1 << 16


def save_outcomes(
    connection: sa.Connection, scope: Scope, outcomes: Sequence[Outcome], now: datetime
) -> tuple[Counts, Counts]:
    """Keep rows, raw answers, further tasks and marks, inside the caller's transaction.

    Args:
        connection: of the caller.
        scope: the site and the region that the tasks belong to.
        outcomes: what was made of each task.
        now: when their answers came.

    Returns:
        Counts of apartments and of reviews.
    """
    apartments = add_apartments(
        connection, [row for outcome in outcomes for row in outcome.contents.apartments], now
    )
    reviews = rows.add_reviews(
        connection, [row for outcome in outcomes for row in outcome.contents.reviews], now
    )
    # An answer of which an entry is lost may lack what is still there.
    whole = [outcome.task.key for outcome in outcomes if outcome.whole]
    vanished = rows.count_vanished(connection, scope.source, whole, now)
    children = {task for outcome in outcomes for task in outcome.contents.tasks}
    add_tasks(connection, [task_row(scope, task, rank=1) for task in sorted(children)])
    link(connection, scope.source, outcomes)
    keep_raw(connection, scope.source, outcomes, now)
    finish(connection, scope.source, outcomes, now)
    return apartments, replace(reviews, vanished=vanished)


def keep_raw(
    connection: sa.Connection, source: str, outcomes: Sequence[Outcome], now: datetime
) -> None:
    """Keep raw answers: those that can be read, and beside them those that a mended reader may.

    What is no JSON is only evidence, see `finish`.

    Args:
        connection: of the caller's transaction.
        source: the site.
        outcomes: what was made of each task.
        now: when their answers came.
    """
    readable = [one for one in outcomes if one.contents.readable]
    others = [one for one in outcomes if not one.contents.readable]
    beside = [one for one in others if one.failure is not None and one.failure.readable_later]
    for kept, read in ((readable, True), (beside, False)):
        bodies = {(one.task.kind, one.task.key): (one.body, one.validators) for one in kept}
        save_answers(connection, source, bodies, now, read)


def link(connection: sa.Connection, source: str, outcomes: Sequence[Outcome]) -> None:
    """Remember which answers led to which keys.

    Args:
        connection: of the caller's transaction.
        source: the site.
        outcomes: of the answers, with the tasks that were found in them.
    """
    edges = {(o.task.key, task.key) for o in outcomes for task in o.contents.tasks}
    if edges:
        connection.execute(
            insert_missing(connection.dialect.name, links),
            [{"source": source, "parent": p, "child": c} for p, c in sorted(edges)],
        )


def finish(
    connection: sa.Connection,
    source: str,
    outcomes: Sequence[Outcome],
    moment: datetime,
    reread: bool = False,
) -> None:
    """Mark tasks as done, or as failed for good.

    Args:
        connection: inside the caller's transaction.
        source: the site.
        outcomes: what was made of each task.
        moment: when its answer came.
        reread: nothing was asked; what the site has refused since is still refused.
    """
    if outcomes:
        statement = _FINISH.where(_REREADABLE) if reread else _FINISH
        connection.execute(statement, [_finished(source, outcome, moment) for outcome in outcomes])


def _finished(source: str, outcome: Outcome, now: datetime) -> dict[str, Any]:
    failure = outcome.failure
    evidence = b""
    if failure is not None:  # the raw JSON of what is bad, or all that is no JSON
        evidence = b"\n".join(bad.raw for bad in outcome.contents.bad)
        evidence = evidence or (b"" if failure.readable_later else outcome.body)
    why = f"http {outcome.absent}" if outcome.absent else None
    return bound(source, outcome.task) | {
        "new_state": "done" if failure is None else "failed",
        "at": now,
        "why": failure.kind if failure else why,
        "fact": rows.storable(failure.fact) if failure else None,
        "evidence": zlib.compress(evidence[:EVIDENCE]) if evidence else None,
    }


def task_row(scope: Scope, task: Task, rank: int) -> dict[str, Any]:
    """The row of a new task.

    Args:
        scope: the site and the region that it belongs to.
        task: its kind and key.
        rank: lower ones are asked first: 0 what a region begins with, 1 what answers led to.
    """
    row = {"source": scope.source, "kind": task.kind, "key": task.key}
    return row | {"scope": scope.region, "state": "todo", "rank": rank}


def add_tasks(connection: sa.Connection, tasks: Sequence[dict[str, Any]]) -> None:
    """Insert tasks (see `task_row`); those that are known only change hands to this region."""
    if tasks:
        add = insert_or_set(connection.dialect.name, frontier, "scope")
        connection.execute(add, list(tasks))


def bound(source: str, task: Task) -> dict[str, Any]:
    """The values for `UPDATE_TASK`."""
    return {"of_source": source, "of_kind": task.kind, "of_key": task.key}


#: An UPDATE of one task.
UPDATE_TASK = sa.update(frontier).where(*keyed(frontier))
_REREADABLE = sa.or_(
    frontier.c.failure_kind.is_(None), frontier.c.failure_kind.in_(Failure.READABLE_LATER)
)
_FINISH = UPDATE_TASK.values(
    state=sa.bindparam("new_state"),
    done_at=sa.bindparam("at"),
    failure_kind=sa.bindparam("why"),
    failure=sa.bindparam("fact"),
    failure_body=sa.bindparam("evidence"),
    worker=None,
    lease_until=None,
)
