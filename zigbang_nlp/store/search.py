"""Full-text search over the reviews: SQLite's FTS5, PostgreSQL's tsvector.

Korean is written with and without spaces and full of compounds, so neither database's word
splitting serves. What is indexed are the pairs of neighbouring letters of each text without its
spaces and signs (`text.letters`), at their positions: any run of letters is found, exactly, as a
phrase of its pairs. The index is derived from the reviews and may be dropped at any time; `refresh`
brings it up to date, taking up only what is new or changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import sqlalchemy as sa

from zigbang_nlp.store.database import Database
from zigbang_nlp.store.schema import ID, KEY, reviews
from zigbang_nlp.store.staging import batched, same_key

#: Splits a text into the tokens that are indexed, in order.
Tokens = Callable[[str], list[str]]
#: All of these groups, of each any one of its runs of letters.
Wanted = Sequence[Sequence[str]]

_metadata = sa.MetaData()
#: Which text each number of the index means. Numbers are never used twice, since FTS5 without its
#: own copy of the texts can't forget one; what points nowhere is passed over.
_numbered = sa.Table(
    "search_texts",
    _metadata,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    *(sa.Column(name, ID, nullable=False) for name in KEY),
    sa.Column("digest", sa.BigInteger, nullable=False),
    sa.UniqueConstraint(*KEY),
)
_state = sa.Table(
    "search_state",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("seen", sa.Text, nullable=False),
    sa.Column("next", sa.BigInteger, nullable=False),
)
_BATCH = 5_000
#: From this share of numbers that point nowhere on, the index is built anew.
_WASTE = 0.5


class Search:
    """The index of a store's texts.

    Args:
        database: of the store.
        tokens: splits a text into what is indexed; the same function must serve for as long as
            the index lives.
    """

    def __init__(self, database: Database, tokens: Tokens) -> None:
        self.database = database
        self.tokens = tokens

    def refresh(self, note: Callable[[int], None] = lambda _: None) -> int:
        """Bring the index up to date.

        Args:
            note: is told the number of texts after each part of the work.

        Returns:
            Texts that were indexed; 0 where nothing had changed.
        """
        with self.database.write() as connection:
            self._prepare(connection)
            seen, following = connection.execute(sa.select(_state.c.seen, _state.c.next)).one()
            present = _fingerprint(connection)
            if seen == present:
                return 0
            there = sa.exists().where(same_key(_numbered, reviews, (*KEY, "digest")))
            connection.execute(sa.delete(_numbered).where(~there))
            counted = sa.select(sa.func.count()).select_from(_numbered)
            live = connection.execute(counted).scalar_one()
            if following > 1_000 and live < _WASTE * following:
                self._drop(connection)
                self._prepare(connection)
        added = 0
        while batch := self._add_batch():
            added += batch
            note(added)
        self.database.run(sa.update(_state).values(seen=present))
        return added

    def numbers(self, sources: Iterable[str]) -> np.ndarray:
        """The number of each text in the order of `Store.judged_reviews`: int64 (texts,).

        Args:
            sources: as there; none means all.
        """
        query = (
            sa.select(sa.func.coalesce(_numbered.c.number, -1))
            .select_from(reviews.outerjoin(_numbered, same_key(_numbered, reviews, KEY)))
            .order_by(*reviews.primary_key)
        )
        chosen = list(sources)
        if chosen:
            query = query.where(reviews.c.source.in_(chosen))
        with self.database.read() as connection:
            rows = connection.execute(query)
            return np.fromiter((row[0] for row in rows), np.int64)

    def find(self, runs: Wanted) -> np.ndarray:
        """Numbers of the texts that hold one run of letters of each group: int64, ascending.

        Args:
            runs: runs of letters as `text.letters.squeezed` gives them; blank ones are no runs.

        Raises:
            StoreError: the database fails.
        """
        groups = [[run for run in group if run] for group in runs]
        if not groups or not all(groups):
            return np.empty(0, np.int64)
        if self.database.is_sqlite:
            all_of, any_of, phrase = " AND ", " OR ", self._fts5
            query = sa.text(
                "SELECT group_concat(rowid) FROM search_grams WHERE search_grams MATCH :expression"
            )
        else:
            all_of, any_of, phrase = " & ", " | ", self._tsquery
            query = sa.text(
                "SELECT string_agg(CAST(number AS text), ',') FROM search_texts "
                "WHERE grams @@ CAST(:expression AS tsquery)"
            )
        expression = all_of.join(f"({any_of.join(map(phrase, group))})" for group in groups)
        with self.database.read() as connection:
            # One text of all numbers: ten thousand rows take longer to fetch than to find.
            joined: str | None = connection.execute(query, {"expression": expression}).scalar_one()
        return np.sort(np.array(joined.split(",") if joined else [], np.int64))

    def _fts5(self, run: str) -> str:
        if len(run) == 1:
            return f'"{run}" *'
        return '"' + " ".join(self.tokens(run)[:-1]) + '"'

    def _tsquery(self, run: str) -> str:
        if len(run) == 1:
            return f"'{run}':*"
        return "(" + " <-> ".join(f"'{token}'" for token in self.tokens(run)[:-1]) + ")"

    def _prepare(self, connection: sa.Connection) -> None:
        if sa.inspect(connection).has_table(_state.name):
            return
        _metadata.create_all(connection)
        connection.execute(sa.insert(_state), {"id": 1, "seen": "", "next": 1})
        if self.database.is_sqlite:
            connection.exec_driver_sql(
                "CREATE VIRTUAL TABLE search_grams USING fts5("
                "grams, content='', columnsize=0, tokenize='unicode61 remove_diacritics 0')"
            )
        else:
            connection.exec_driver_sql("ALTER TABLE search_texts ADD COLUMN grams tsvector")
            connection.exec_driver_sql("CREATE INDEX ON search_texts USING gin (grams)")

    def _drop(self, connection: sa.Connection) -> None:
        if self.database.is_sqlite:
            connection.exec_driver_sql("DROP TABLE search_grams")
        _metadata.drop_all(connection)

    def _add_batch(self) -> int:
        """Index some of the texts that aren't; a kill loses one batch at most."""
        missing = (
            sa.select(*(reviews.c[name] for name in (*KEY, "digest", "text")))
            .select_from(reviews.outerjoin(_numbered, same_key(_numbered, reviews, KEY)))
            .where(_numbered.c.number.is_(None))
            .limit(_BATCH)
        )
        with self.database.write() as connection:
            following = connection.execute(sa.select(_state.c.next)).scalar_one()
            rows = connection.execute(missing).all()
            if not rows:
                return 0
            numbered = [
                dict(zip((*KEY, "digest"), row[:5], strict=True)) | {"number": number}
                for number, row in enumerate(rows, start=following)
            ]
            connection.execute(sa.insert(_numbered), numbered)
            for part in batched(zip(numbered, rows, strict=True), 1_000):
                tokens = [(one["number"], self.tokens(row[5])) for one, row in part]
                self._add_tokens(connection, tokens)
            connection.execute(sa.update(_state).values(next=following + len(rows)))
        return len(rows)

    def _add_tokens(self, connection: sa.Connection, numbered: list[tuple[int, list[str]]]) -> None:
        if self.database.is_sqlite:
            query = sa.text("INSERT INTO search_grams (rowid, grams) VALUES (:number, :grams)")
            rows = [{"number": number, "grams": " ".join(tokens)} for number, tokens in numbered]
        else:
            query = sa.text(
                "UPDATE search_texts SET grams = CAST(:grams AS tsvector) WHERE number = :number"
            )
            rows = [{"number": number, "grams": _tsvector(tokens)} for number, tokens in numbered]
        connection.execute(query, rows)


def _tsvector(tokens: list[str]) -> str:
    """Tokens with their positions; PostgreSQL keeps positions up to 16383, and 256 of one token."""
    places: dict[str, list[int]] = {}
    for place, token in enumerate(tokens[:16_383], start=1):
        held = places.setdefault(token, [])
        if len(held) < 256:
            held.append(place)
    return " ".join(f"'{token}':{','.join(map(str, at))}" for token, at in places.items())


def _fingerprint(connection: sa.Connection) -> str:
    """Changes whenever a text is added, changed or removed."""
    low = sa.func.sum(reviews.c.digest.op("&")(sa.literal_column(f"{0xFFFFFFFF}")))
    count, total = connection.execute(sa.select(sa.func.count(), low).select_from(reviews)).one()
    return f"{count:x}-{int(total or 0):x}"
