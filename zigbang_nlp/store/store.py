"""The store: apartments, reviews, raw answers and predictions, on SQLite or PostgreSQL."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from zigbang_nlp.errors import StoreError
from zigbang_nlp.records import CATEGORIES, Apartment, Review
from zigbang_nlp.store import rows
from zigbang_nlp.store.annotations import Annotations
from zigbang_nlp.store.answers import Answers
from zigbang_nlp.store.apartments import add_apartments
from zigbang_nlp.store.corrections import Corrections
from zigbang_nlp.store.database import Database, sqlite_file, store_errors
from zigbang_nlp.store.fill_rates import RunFills
from zigbang_nlp.store.frontier import Frontier
from zigbang_nlp.store.judged import JUDGED, Judged, save_predictions, shown_aspects, shown_topics
from zigbang_nlp.store.migrate import prepare
from zigbang_nlp.store.pacing import Pacing
from zigbang_nlp.store.rows import Counts, ReviewKey
from zigbang_nlp.store.runs import Runs
from zigbang_nlp.store.schema import KEY, apartments, predictions, review_history, reviews
from zigbang_nlp.store.staging import batched, same_key

#: Rows a transaction in bulk work; a kill loses at most these, and they are simply added again.
BULK = 10_000


def open_store(url: str, note: Callable[[str], None] = lambda _: None) -> Store:
    """Open the database at `url`: a new one gets its tables, an older one is upgraded.

    Args:
        url: `sqlite:///reviews.db`, `postgresql+psycopg://user@host/name`, or any other SQLAlchemy
            URL of these two.
        note: is told, in one sentence, when an older store was upgraded.

    Raises:
        StoreError: it can't be reached, read or written, or is newer than this package.
    """
    database = Database(url)
    try:
        prepare(database, note)
    except BaseException:
        database.engine.dispose()
        raise
    return Store(database)


def store_exists(url: str) -> bool:
    """Whether there is something to open at `url`; False only for an SQLite file not made yet."""
    with store_errors(url):
        file = sqlite_file(sa.make_url(url))
    return file is None or _is_there(file)


def _is_there(file: Path) -> bool:
    try:
        file.stat()  # where a folder above it is a file or closed to us, `exists` says no or raises
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError(
            f"The store {file} can't be looked for: {error.strerror}.",
            "Choose another location with --db or store.url.",
        ) from error
    return True


@contextlib.contextmanager
def open_or_undo(url: str) -> Iterator[Store]:
    """`open_store`, but an empty file that it made is taken away again when the block fails.

    A mistake in a first command should not leave a database behind.
    """
    try:
        file = sqlite_file(sa.make_url(url))
    except sa.exc.ArgumentError:
        file = None  # which is `open_store`'s to tell
    if file is None or _is_there(file):
        with open_store(url) as store:
            yield store
        return
    # Looked at before opening makes them, the innermost first.
    folders = [folder for folder in file.parents if not folder.exists()]
    empty = False
    try:
        with open_store(url) as store:
            try:
                yield store
            except BaseException:
                empty = store.count_reviews() == store.count_apartments() == 0
                raise
    except BaseException:
        if empty:
            for name in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
                name.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # somebody else uses them by now
                for folder in folders:
                    folder.rmdir()
        raise


class Store(contextlib.AbstractContextManager["Store"]):
    """Rows that survive anything. Use it as a context manager.

    Every method is one or more whole transactions; every database error is a `StoreError`.
    What only the crawl needs hangs on it: `answers`, `frontier`, `pacing`, `runs`, `fills`; and people's
    `corrections` of labels, and the `annotations` with which they measure.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.answers = Answers(database)
        self.frontier = Frontier(database)
        self.pacing = Pacing(database)
        self.runs = Runs(database)
        self.fills = RunFills(database)
        self.corrections = Corrections(database)
        self.annotations = Annotations(database)

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the database back; the store can't be used after that."""
        self.database.close()

    def add_reviews(self, reviews: Iterable[Review], all_or_nothing: bool = False) -> Counts:
        """Add reviews in bounded memory. The same review twice is one row; blank texts are left out.

        Args:
            reviews: any number of them; the last of several with one key wins.
            all_or_nothing: in one transaction, which an exception of `reviews` takes back.
        """
        total, now = Counts(), _now()
        if all_or_nothing:
            with self.database.write() as connection:
                for batch in batched(reviews, BULK):
                    total += rows.add_reviews(connection, batch, now)
            return total
        for batch in batched(reviews, BULK):
            with self.database.write() as connection:
                total += rows.add_reviews(connection, batch, now)
        return total

    def add_apartments(self, apartments: Iterable[Apartment]) -> Counts:
        """Add apartments; details that a row leaves out keep what is known."""
        total = Counts()
        for batch in batched(apartments, BULK):
            with self.database.write() as connection:
                total += add_apartments(connection, batch, _now())
        return total

    def reviews(
        self, sources: Iterable[str] | None = None, categories: Iterable[str] | None = None
    ) -> Iterator[Review]:
        """Reviews, streamed, in the order source, apartment, review, category. None means all."""
        query = sa.select(*(reviews.c[name] for name in rows.COLUMNS))
        query = query.where(_among(reviews.c.source, sources))
        query = query.where(_among(reviews.c.category, categories)).order_by(*reviews.primary_key)
        with self.database.read() as connection:
            for row in connection.execute(query):
                yield Review(*row)

    def ping(self) -> None:
        """Raise `StoreError` unless the database answers."""
        self.database.value(sa.select(sa.literal(1)))

    def version(self) -> str:
        """A word that changes whenever reviews, apartments or predictions do."""
        moments = (reviews.c.last_seen, apartments.c.last_seen, predictions.c.made_at)
        with self.database.read() as connection:
            rows = [
                connection.execute(sa.select(sa.func.count(), sa.func.max(moment))).one()
                for moment in moments
            ]
        return "-".join(f"{n:x}.{when.timestamp() if when else 0:.6f}" for n, when in rows)

    def count_reviews(self) -> int:
        """Rows of reviews: texts, not residents."""
        return self.database.count(reviews)

    def count_apartments(self) -> int:
        """Rows of apartments."""
        return self.database.count(apartments)

    def sources(self) -> dict[str, int]:
        """{source: rows of reviews}."""
        query = sa.select(reviews.c.source, sa.func.count()).group_by(reviews.c.source)
        return {row[0]: row[1] for row in self.database.rows(query.order_by("source"))}

    def apartments(self) -> Iterator[Apartment]:
        """Apartments, streamed, in the order of source and id."""
        columns = [c for c in apartments.c if c.name not in ("first_seen", "last_seen")]
        query = sa.select(*columns).order_by(apartments.c.source, apartments.c.apartment_id)
        with self.database.read() as connection:
            for row in connection.execute(query):
                yield Apartment(*row)

    def fingerprint(self) -> str:
        """A hash of what training depends on; equal for equal reviews, in whatever store they are.

        It is a count and two sums over the rows' digests, so neither the order of the rows nor
        the time they were seen matters.
        """
        bits = reviews.c.digest
        query = sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(bits.op("&")(sa.literal_column(f"{0xFFFFFFFF}"))), 0),
            sa.func.coalesce(sa.func.sum(bits.op(">>")(sa.literal_column("32"))), 0),
        )
        ((count, low, high),) = self.database.rows(query)
        return f"{count:x}-{int(low):x}-{int(high):x}"

    def save_predictions(
        self, model_id: str, predicted: Iterable[Judged | tuple[ReviewKey, str, float, bool]]
    ) -> int:
        """Keep a model's newest word on reviews: (key, label, probability of positive, unsure, ...).

        Keys of reviews that the store doesn't hold are left out. Returns the rows that were kept.
        """
        kept = 0
        for batch in batched(predicted, BULK):
            with self.database.write() as connection:
                judged = [Judged(*values) for values in batch]
                kept += save_predictions(connection, model_id, judged, _now())
        return kept

    def judged_reviews(self, sources: Iterable[str] | None = None) -> Iterator[tuple[Any, ...]]:
        """Rows of `judged.JUDGED_COLUMNS`, streamed, in stable order. None means all sources."""
        query = JUDGED.where(_among(reviews.c.source, sources))
        with self.database.read() as connection:
            for part in connection.execute(query).partitions():
                yield from map(tuple, part)

    def export_rows(self, since: datetime | None = None) -> Iterator[dict[str, Any]]:
        """Reviews with their apartment and their newest prediction, streamed, in stable order.

        Args:
            since: only what was first seen, or changed, at this moment or later.
        """
        r, a, p, h = reviews, apartments, predictions, review_history
        query = (
            sa.select(
                *(column for column in r.c if column.name != "digest"),
                a.c.name.label("apartment_name"),
                *(a.c[name] for name in ("address", "latitude", "longitude", "households")),
                *(p.c[n].label(f"predicted_{n}") for n in ("label", "probability", "unsure")),
                p.c.topics,
                p.c.aspects,
                p.c.model_id.label("model"),
            )
            .select_from(
                r.outerjoin(
                    a, (a.c.source == r.c.source) & (a.c.apartment_id == r.c.apartment_id)
                ).outerjoin(p, same_key(p, r, KEY))
            )
            .order_by(*r.primary_key)
        )
        if since is not None:
            changed = sa.exists().where(same_key(h, r, KEY), h.c.replaced_at >= since)
            query = query.where((r.c.first_seen >= since) | changed)
        with self.database.read() as connection:
            for row in connection.execute(query).mappings():
                shown = dict(row)
                shown["topics"] = shown_topics(shown["topics"])
                shown["aspects"] = shown_aspects(shown["aspects"], shown["text"])
                shown["category_label"] = CATEGORIES.get(shown["category"], shown["category"])
                yield shown


def _among(column: sa.ColumnElement[str], values: Iterable[str] | None) -> sa.ColumnElement[bool]:
    chosen = tuple(values or ())
    return column.in_(chosen) if chosen else sa.true()


def _now() -> datetime:
    return datetime.now(UTC)
