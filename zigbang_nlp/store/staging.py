"""Bulk work the databases are good at: rows go to a temporary table, then one statement does all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

Item = TypeVar("Item")


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """`items` in lists of `size`, the last one shorter (itertools has it from Python 3.12 on)."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


@cache
def _staging(table: sa.Table) -> sa.Table:
    # No index: the few staged rows are read in full and the real table is searched by its key.
    columns = [sa.Column(column.name, column.type) for column in table.c]
    return sa.Table(f"staged_{table.name}", sa.MetaData(), *columns, prefixes=["TEMPORARY"])


def stage(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> sa.Table:
    """A temporary table with the columns of `table` that holds `rows` and nothing else."""
    staged = _staging(table)
    connection.execute(CreateTable(staged, if_not_exists=True))
    connection.execute(sa.delete(staged))
    connection.execute(sa.insert(staged), list(rows))
    return staged


def same_key(one: sa.Table, other: sa.Table, key: Sequence[str]) -> sa.ColumnElement[bool]:
    """The rows of both tables that have the same key."""
    return sa.and_(*(one.c[name] == other.c[name] for name in key))


def upsert(
    connection: sa.Connection,
    table: sa.Table,
    source: sa.Select[Any],
    update: Sequence[str],
    keep_known: bool = False,
) -> None:
    """INSERT the rows of `source`, in the order of the table's columns, or UPDATE where the key is.

    Args:
        update: columns to set where the key exists.
        keep_known: a NULL in the new row leaves the old value.
    """
    key = [column.name for column in table.primary_key]
    # Ordered, so that two writers on one PostgreSQL take their row locks in the same order.
    source = source.order_by(*(source.selected_columns[name] for name in key))
    insert = insert_into(connection, table).from_select([c.name for c in table.c], source)
    new = insert.excluded
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=key,
            set_={
                name: sa.func.coalesce(new[name], table.c[name]) if keep_known else new[name]
                for name in update
            },
        )
    )


def insert_into(connection: sa.Connection, table: sa.Table) -> Any:
    """The dialect's own INSERT, which knows ON CONFLICT."""
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    return insert(table)
