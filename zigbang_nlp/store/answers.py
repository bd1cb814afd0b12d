"""Raw answers, kept beside the rows that were read from them, and the key of the nickname hash."""

from __future__ import annotations

import json
import secrets
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime

import sqlalchemy as sa

from zigbang_nlp.store.database import Part
from zigbang_nlp.store.schema import TASK, answers, frontier, meta, reviews, unread_answers
from zigbang_nlp.store.staging import insert_missing, insert_or_set, keyed, same_key
from zigbang_nlp.store.task import Task

_KEY_NAME = "nickname_key"


def save_answers(
    connection: sa.Connection,
    source: str,
    bodies: Mapping[tuple[str, str], tuple[bytes, str]],
    now: datetime,
    read: bool = True,
) -> None:
    """Keep each (kind, key)'s raw answer in place of the earlier one.

    Args:
        connection: inside the caller's transaction.
        source: the site.
        bodies: (kind, key) -> the answer's bytes, and what the site said of their version.
        now: when they came.
        read: False where it can't be read: it is kept beside the last one that can. One that can
            takes the place of both.
    """
    if not bodies:
        return
    if read:
        connection.execute(
            _FORGET_UNREAD,
            [{"of_source": source, "of_kind": kind, "of_key": key} for kind, key in sorted(bodies)],
        )
    table = answers if read else unread_answers
    connection.execute(
        insert_or_set(connection.dialect.name, table, "fetched_at", "body", "validators"),
        [
            {"source": source, "kind": kind, "key": key, "fetched_at": now}
            | {"body": zlib.compress(body, 6), "validators": validators or None}
            for (kind, key), (body, validators) in sorted(bodies.items())
        ],
    )


# Built once: building it anew for every answer costs more than running it.
_FORGET_UNREAD = sa.delete(unread_answers).where(*keyed(unread_answers))


class Answers(Part):
    """What the sites said, word for word but for nicknames."""

    def save(self, source: str, kind: str, key: str, body: bytes) -> None:
        """Keep the answer to one question."""
        with self.database.write() as connection:
            save_answers(connection, source, {(kind, key): (body, "")}, datetime.now(UTC))

    def get(self, source: str, kind: str, key: str) -> tuple[bytes, datetime] | None:
        """The newest answer, readable or not, and when it came; or None."""
        newest_of_each = [answer[1:3] for answer in self.both(source, [Task(kind, key)])]
        return max(newest_of_each, key=lambda answer: answer[1], default=None)

    def validated(self, source: str, kind: str, key: str) -> tuple[bytes, str] | None:
        """The newest answer and what the site said of its version; None where it said nothing.

        None too where that answer could not be read: it has to come anew.
        """
        query = sa.select(answers.c.body, answers.c.validators).where(
            _is(answers, source, kind, key),
            answers.c.validators.is_not(None),
            ~sa.exists().where(same_key(unread_answers, answers, TASK)),
        )
        rows = self.database.rows(query)
        return (zlib.decompress(rows[0].body), rows[0].validators) if rows else None

    def any_validated(self, source: str) -> bool:
        """Whether the site has said of any answer which version it is."""
        with_version = (answers.c.source == source) & answers.c.validators.is_not(None)
        return bool(self.database.rows(sa.select(answers.c.kind).where(with_version).limit(1)))

    def both(
        self, source: str, tasks: Iterable[Task]
    ) -> Iterator[tuple[Task, bytes, datetime, bool]]:
        """(task, answer, when, whether it could be read) of these tasks.

        One that could not be read comes after the last one that could.
        """
        with self.database.read() as connection:
            for task in tasks:
                for table in (answers, unread_answers):
                    query = sa.select(table.c.body, table.c.fetched_at)
                    same = _is(table, source, task.kind, task.key)
                    row = connection.execute(query.where(same)).one_or_none()
                    if row is not None:
                        yield task, zlib.decompress(row.body), row.fetched_at, table is answers

    def all(
        self, source: str, kinds: tuple[str, ...], since: datetime | None = None, read: bool = True
    ) -> Iterator[tuple[str, str, bytes, datetime]]:
        """(kind, key, answer, when) of answers that could be read, streamed in stable order.

        Args:
            source: the site.
            kinds: of tasks.
            since: only those that came at this moment or later.
            read: False gives those that could not be read.
        """
        table = answers if read else unread_answers
        query = (
            sa.select(table.c.kind, table.c.key, table.c.body, table.c.fetched_at)
            .where(table.c.source == source, table.c.kind.in_(kinds))
            .order_by(table.c.kind, table.c.key)
        )
        if since is not None:
            query = query.where(table.c.fetched_at >= since)
        with self.database.read() as connection:
            for row in connection.execute(query):
                yield row.kind, row.key, zlib.decompress(row.body), row.fetched_at

    def scales(self, source: str) -> list[tuple[datetime, float]]:
        """When a source was found to be on another scale of scores, and on which, in order."""
        known = json.loads(self._recall(f"scales {source}") or "[]")
        return [(datetime.fromisoformat(when), scale) for when, scale in known]

    def add_scale(self, source: str, since: datetime, scale: float) -> None:
        """Remember that the answers since a moment are on another scale."""
        known = [*self.scales(source), (since, scale)]
        value = json.dumps([(when.isoformat(), number) for when, number in known])
        self._remember(f"scales {source}", value)

    def reading(self) -> int:
        """The version of the reading by which the rows were made; 1 where none was noted."""
        return int(self._recall("reading") or 1)

    def set_reading(self, version: int) -> None:
        """Note by which version of the reading the rows are made from now on."""
        self._remember("reading", str(version))

    def rewrite(self, kind: str, change: Callable[[str, bytes], bytes | None]) -> None:
        """Change what is kept of all answers of one kind, of whatever site.

        Args:
            kind: of tasks.
            change: (key, raw answer) -> what is kept of it; None forgets it.
        """
        with self.database.write() as connection:
            if self.database.is_sqlite:  # what goes must not survive in free pages
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            query = sa.select(answers.c.source, answers.c.key, answers.c.body)
            for row in connection.execute(query.where(answers.c.kind == kind)).all():
                same = _is(answers, row.source, kind, row.key)
                kept = change(row.key, zlib.decompress(row.body))
                if kept is None:
                    connection.execute(sa.delete(answers).where(same))
                else:
                    body = zlib.compress(kept, 6)
                    connection.execute(sa.update(answers).where(same).values(body=body))

    def _recall(self, name: str) -> str | None:
        known: str | None = self.database.value(sa.select(meta.c.value).where(meta.c.name == name))
        return known

    def _remember(self, name: str, value: str) -> None:
        with self.database.write() as connection:
            _set_fact(connection, name, value)

    def nickname_key(self) -> str:
        """The secret of this store's nickname hash, made at its first use."""
        return self.remembered(_KEY_NAME, secrets.token_hex(32))

    def remembered(self, name: str, value: str) -> str:
        """A small fact about the store: what was first said of it, else `value`, from now on."""
        with self.database.write() as connection:
            fact = {"name": name, "value": value}
            connection.execute(insert_missing(connection.dialect.name, meta), fact)
            query = sa.select(meta.c.value).where(meta.c.name == name)
            return str(connection.execute(query).scalar_one())

    def rotate_nickname_key(
        self, rehash: Callable[[str, str], str], rescrub: Callable[[str, str, str, bytes], bytes]
    ) -> int:
        """Change the key, and every hash made with the old one, in one transaction.

        The old hashes are hashed again with the new key, so the same person stays the same within
        what is stored, and nothing made with the old key remains.

        Args:
            rehash: (new key, old hash) -> new hash.
            rescrub: (new key, source, kind, raw answer) -> raw answer with new hashes.

        Returns:
            The number of authors.
        """
        key = secrets.token_hex(32)
        with self.database.write() as connection:
            if self.database.is_sqlite:  # the old key must not survive in free pages
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            authors = connection.execute(
                sa.select(reviews.c.author).where(reviews.c.author.is_not(None)).distinct()
            ).scalars()
            pairs = [{"old": author, "new": rehash(key, author)} for author in authors]
            _rename_authors(connection, pairs)
            kept = ((answers, "body"), (unread_answers, "body"), (frontier, "failure_body"))
            for table, column in ((table, table.c[name]) for table, name in kept):
                query = sa.select(*(table.c[name] for name in TASK)).where(column.is_not(None))
                for row in connection.execute(query).all():
                    same = _is(table, *row)
                    body = connection.execute(sa.select(column).where(same)).scalar_one()
                    fresh = rescrub(key, row.source, row.kind, zlib.decompress(body))
                    connection.execute(
                        sa.update(table).where(same).values({column: zlib.compress(fresh, 6)})
                    )
            _set_fact(connection, _KEY_NAME, key)
        if self.database.is_sqlite:
            self.database.bare("PRAGMA wal_checkpoint(TRUNCATE)")
        return len(pairs)


def _is(table: sa.Table, source: str, kind: str, key: str) -> sa.ColumnElement[bool]:
    return (table.c.source == source) & (table.c.kind == kind) & (table.c.key == key)


def _set_fact(connection: sa.Connection, name: str, value: str) -> None:
    row = {"name": name, "value": value}
    connection.execute(insert_or_set(connection.dialect.name, meta, "value"), row)


def _rename_authors(connection: sa.Connection, pairs: list[dict[str, str]]) -> None:
    renamed = sa.Table(
        "renamed_authors",
        sa.MetaData(),
        sa.Column("old", sa.Text, primary_key=True),
        sa.Column("new", sa.Text),
        prefixes=["TEMPORARY"],
    )
    renamed.create(connection)
    if pairs:
        connection.execute(sa.insert(renamed), pairs)
    new = sa.select(renamed.c.new).where(renamed.c.old == reviews.c.author).scalar_subquery()
    connection.execute(sa.update(reviews).where(reviews.c.author.is_not(None)).values(author=new))
    renamed.drop(connection)
