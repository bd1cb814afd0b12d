"""Raw answers, kept beside the rows that were read from them, and the key of the nickname hash."""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

import sqlalchemy as sa

from zigbang_nlp.store.database import Database
from zigbang_nlp.store.schema import answers, frontier, meta, reviews
from zigbang_nlp.store.staging import insert_missing, insert_or_set

_KEY_NAME = "nickname_key"


def save_answers(
    connection: sa.Connection, source: str, bodies: Mapping[tuple[str, str], bytes], now: datetime
) -> None:
    """Keep each (kind, key)'s raw answer in place of the earlier one."""
    if not bodies:
        return
    connection.execute(
        insert_or_set(connection.dialect.name, answers, "fetched_at", "body"),
        [
            {"source": source, "kind": kind, "key": key, "fetched_at": now}
            | {"body": zlib.compress(body, 6)}
            for (kind, key), body in sorted(bodies.items())
        ],
    )


class Answers:
    """What the sites said, word for word but for nicknames."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def save(self, source: str, kind: str, key: str, body: bytes) -> None:
        """Keep the answer to one question."""
        with self.database.write() as connection:
            save_answers(connection, source, {(kind, key): body}, datetime.now(UTC))

    def get(self, source: str, kind: str, key: str) -> tuple[bytes, datetime] | None:
        """An answer and when it came, or None."""
        query = sa.select(answers.c.body, answers.c.fetched_at).where(
            answers.c.source == source, answers.c.kind == kind, answers.c.key == key
        )
        with self.database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else (zlib.decompress(row.body), row.fetched_at)

    def all(
        self, source: str, kinds: tuple[str, ...]
    ) -> Iterator[tuple[str, str, bytes, datetime]]:
        """(kind, key, answer, when), streamed in stable order."""
        query = (
            sa.select(answers.c.kind, answers.c.key, answers.c.body, answers.c.fetched_at)
            .where(answers.c.source == source, answers.c.kind.in_(kinds))
            .order_by(answers.c.kind, answers.c.key)
        )
        with self.database.read() as connection:
            for row in connection.execute(query):
                yield row.kind, row.key, zlib.decompress(row.body), row.fetched_at

    def nickname_key(self) -> str:
        """The secret of this store's nickname hash, made at its first use."""
        with self.database.write() as connection:
            key = {"name": _KEY_NAME, "value": secrets.token_hex(32)}
            connection.execute(insert_missing(connection.dialect.name, meta), key)
            query = sa.select(meta.c.value).where(meta.c.name == _KEY_NAME)
            return str(connection.execute(query).scalar_one())

    def rotate_nickname_key(
        self,
        rehash: Callable[[str, str], str],
        rescrub: Callable[[str, str, bytes], bytes],
    ) -> int:
        """Change the key, and every hash made with the old one, in one transaction.

        The old hashes are hashed again with the new key, so the same person stays the same within
        what is stored, and nothing made with the old key remains.

        Args:
            rehash: (new key, old hash) -> new hash.
            rescrub: (new key, source, raw answer) -> raw answer with new hashes.

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
            for table, column in ((answers, answers.c.body), (frontier, frontier.c.failure_body)):
                names = ("source", "kind", "key")
                query = sa.select(*(table.c[name] for name in names)).where(column.is_not(None))
                for found in connection.execute(query).all():
                    same = sa.and_(*(table.c[name] == getattr(found, name) for name in names))
                    body = connection.execute(sa.select(column).where(same)).scalar_one()
                    fresh = rescrub(key, found.source, zlib.decompress(body))
                    connection.execute(
                        sa.update(table).where(same).values({column: zlib.compress(fresh, 6)})
                    )
            connection.execute(
                insert_or_set(connection.dialect.name, meta, "value"),
                {"name": _KEY_NAME, "value": key},
            )
        if self.database.is_sqlite:
            self.database.bare("PRAGMA wal_checkpoint(TRUNCATE)")
        return len(pairs)


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
