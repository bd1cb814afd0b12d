"""Rows rebuilt from raw answers, after the reading of them was mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from zigbang_nlp.store import rows
from zigbang_nlp.store.apartments import add_apartments
from zigbang_nlp.store.database import Database
from zigbang_nlp.store.outcomes import finish, keep_raw, link, task_row
from zigbang_nlp.store.rows import Counts
from zigbang_nlp.store.schema import KEY, frontier, review_history, reviews
from zigbang_nlp.store.staging import insert_missing, keyed
from zigbang_nlp.store.task import Outcome, Scope


def save_reparsed(
    database: Database,
    source: str,
    batch: Sequence[tuple[Outcome, datetime]],
    was_read: bool = True,
    region: str = "",
) -> tuple[Counts, int]:
    """Replace what earlier readings of these answers said, in one transaction.

    A row that came from one of these answers and that its new reading lacks was misread, so it
    goes to the history. Reviews that vanished from the site are older than the answer and stay,
    and so does everything about an apartment whose answer can't be read wholly.

    Args:
        database: the store's.
        source: the site that gave the answers.
        batch: answers as they are read now, and when they came.
        was_read: False for those that could not be read before; where they can be now, they take
            the place of the last readable ones.
        region: that tasks found in them are of, where it is known.

    Returns:
        Counts of reviews, and how many were removed.
    """
    now = datetime.now(UTC)
    # A row that an earlier reading lacked is new from now on: whoever reads what is new gets it.
    current = [
        replace(review, first_seen=now, last_seen=moment)
        for outcome, moment in batch
        for review in outcome.contents.reviews
    ]
    times = {outcome.task.key: moment for outcome, moment in batch if outcome.whole}
    with database.write() as connection:
        stale = _misread(connection, source, times, {review.key for review in current})
        _remove(connection, stale, now)
        apartments = [row for outcome, _ in batch for row in outcome.contents.apartments]
        add_apartments(connection, apartments, now)
        counts = rows.add_reviews(connection, current, now)
        link(connection, source, [outcome for outcome, _ in batch])
        # The next crawl whose region holds them finds them through the links.
        tasks = sorted({task for outcome, _ in batch for task in outcome.contents.tasks})
        if tasks:
            connection.execute(
                insert_missing(connection.dialect.name, frontier),
                [task_row(Scope(source, region), task, rank=1) for task in tasks],
            )
        for outcome, moment in batch:
            if not was_read and outcome.contents.readable:
                keep_raw(connection, source, [outcome], moment)
            finish(connection, source, [outcome], moment, reread=True)
    return counts, len(stale)


def _misread(
    connection: sa.Connection, source: str, times: dict[str, datetime], kept: set[rows.ReviewKey]
) -> list[Any]:
    query = sa.select(reviews).where(
        reviews.c.source == source, reviews.c.apartment_id.in_(list(times))
    )
    return [
        row
        for row in connection.execute(query).mappings()
        if row["last_seen"] == times[row["apartment_id"]]
        and tuple(row[name] for name in KEY) not in kept
    ]


def _remove(connection: sa.Connection, stale: Sequence[Any], now: datetime) -> None:
    if not stale:
        return
    names = (*KEY, "text", "score", "label")
    connection.execute(
        sa.insert(review_history),
        [{name: row[name] for name in names} | {"replaced_at": now} for row in stale],
    )
    connection.execute(
        sa.delete(reviews).where(*keyed(reviews)),
        [{f"of_{name}": row[name] for name in KEY} for row in stale],
    )
