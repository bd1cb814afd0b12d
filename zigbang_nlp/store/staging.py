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
def staged(table: sa.Table) -> sa.Table:
    """The temporary twin of `table`."""
    # No index: the few staged rows are read in full and the real table is searched by its key.
    columns = [sa.Column(column.name, column.type) for column in table.c]
    return sa.Table(f"staged_{table.name}", sa.MetaData(), *columns, prefixes=["TEMPORARY"])


def stage(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Make the temporary twin of `table` hold `rows` and nothing else."""
    create, empty, fill = _staging(table, connection.dialect.name)
    connection.exec_driver_sql(create)
    connection.execute(empty)
    connection.execute(fill, list(rows))


@cache
def _staging(table: sa.Table, dialect: str) -> tuple[str, sa.Delete, sa.Insert]:
    """What makes, empties and fills the twin. Building it anew costs more than running it."""
    create = CreateTable(staged(table), if_not_exists=True)
    create_text = str(create.compile(dialect=sa.create_mock_engine(f"{dialect}://", print).dialect))
    return create_text, sa.delete(staged(table)), sa.insert(staged(table))


def same_key(one: sa.Table, other: sa.Table, key: Sequence[str]) -> sa.ColumnElement[bool]:
    """The rows of both tables that have the same key."""
    return sa.and_(*(one.c[name] == other.c[name] for name in key))


@cache
def upsert(
    dialect: str,
    table: sa.Table,
    update: tuple[str, ...],
    keep_known: tuple[str, ...] = (),
    where: sa.ColumnElement[bool] | None = None,
) -> Any:
    """A statement that inserts the staged rows of `table`, or updates those whose key exists.

    Args:
        dialect: "sqlite" or "postgresql".
        table: whose staged rows are meant, see `stage`.
        update: columns to set where the key exists.
        keep_known: those of them where a NULL in the new row leaves the old value.
        where: which staged rows; None means all.
    """
    key = [column.name for column in table.primary_key]
    twin = staged(table)
    # Ordered, so that two writers on one PostgreSQL take their row locks in the same order.
    # SQLite needs some WHERE to tell ON CONFLICT from a join's ON.
    source = sa.select(twin).where(sa.true() if where is None else where)
    source = source.order_by(*(twin.c[name] for name in key))
    insert = insert_into(dialect, table).from_select([c.name for c in table.c], source)
    new = insert.excluded
    return insert.on_conflict_do_update(
        index_elements=key,
        set_={
            name: sa.func.coalesce(new[name], table.c[name]) if name in keep_known else new[name]
            for name in update
        },
    )


def insert_into(dialect: str, table: sa.Table) -> Any:
    """The dialect's own INSERT, which knows ON CONFLICT."""
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    return insert(table)


def keyed(table: sa.Table) -> tuple[sa.ColumnElement[bool], ...]:
    """The row of `table` whose key is bound: {"of_source": ..., "of_kind": ...}."""
    return tuple(column == sa.bindparam(f"of_{column.name}") for column in table.primary_key)


@cache
def insert_missing(dialect: str, table: sa.Table) -> Any:
    """A statement that inserts rows, and leaves those alone whose key exists."""
    return insert_into(dialect, table).on_conflict_do_nothing()


@cache
def insert_or_set(dialect: str, table: sa.Table, *names: str) -> Any:
    """A statement that inserts rows, and sets these columns where the key exists."""
    insert = insert_into(dialect, table)
    return insert.on_conflict_do_update(
        index_elements=list(table.primary_key), set_={name: insert.excluded[name] for name in names}
    )


@cache
def insert_or_add(dialect: str, table: sa.Table, *names: str) -> Any:
    """A statement that inserts rows, and adds to these columns where the key exists."""
    insert = insert_into(dialect, table)
    return insert.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={name: table.c[name] + insert.excluded[name] for name in names},
    )
