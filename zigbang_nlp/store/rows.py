"""Reviews and apartments as rows: what is new, what changed, what was seen again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from zigbang_nlp.records import Apartment, Review, pack_names
from zigbang_nlp.store.schema import apartments, predictions, review_history, reviews
from zigbang_nlp.store.staging import same_key, stage, staged, upsert

ReviewKey = tuple[str, str, str, str]

KEY = ("source", "apartment_id", "review_id", "category")
_KOREA = timezone(timedelta(hours=9))
_COLUMNS = tuple(field.name for field in fields(Review))
#: Neither database can hold these: a NUL (PostgreSQL) and half a surrogate pair (UTF-8).
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows were new, had changed, or were seen again unchanged."""

    new: int = 0
    changed: int = 0
    seen: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.new + other.new, self.changed + other.changed, self.seen + other.seen)


class Judged(NamedTuple):
    """What a model says of one stored review.

    Attributes:
        key: of the review.
        label, probability, unsure: as in `records.Prediction`.
        words: the words worth counting (`text.words`), or None where they weren't looked for.
        topics: the topics it is about, or None where the model has none.
        about: the category that the text speaks of, or None where the model can't tell.
    """

    key: ReviewKey
    label: str
    probability: float
    unsure: bool
    words: Sequence[str] | None = None
    topics: Sequence[str] | None = None
    about: str | None = None


def storable(text: str) -> str:
    """`text` without the characters that no database takes."""
    return _UNSTORABLE.sub("", text)


def digest(review: Review) -> int:
    """63 bits over all that a data set depends on; not over dates, author or when it was seen."""
    said = (*key_of(review), review.text, review.score, review.label, review.split)
    joined = "\x1f".join("" if part is None else str(part) for part in said)
    return int.from_bytes(hashlib.blake2b(joined.encode(), digest_size=8).digest()) >> 1


def key_of(review: Review) -> ReviewKey:
    return (review.source, review.apartment_id, review.review_id, review.category)


def _as_row(review: Review, now: datetime) -> dict[str, Any]:
    written = review.written_at
    if written is not None and written.tzinfo is not None:
        written = written.astimezone(_KOREA).replace(tzinfo=None)  # the date its readers saw
    clean = replace(
        review,
        source=storable(review.source),
        apartment_id=storable(review.apartment_id),
        review_id=storable(review.review_id),
        text=storable(review.text),
        score=None if review.score is None else float(review.score),
        written_at=written,
        first_seen=review.first_seen or now,
        last_seen=review.last_seen or now,
    )
    row = {name: getattr(clean, name) for name in _COLUMNS}
    return row | {"digest": digest(clean)}


def _row_key(row: Mapping[str, Any]) -> ReviewKey:
    return (row["source"], row["apartment_id"], row["review_id"], row["category"])


_STAGED = staged(reviews)
_SAME = same_key(_STAGED, reviews, KEY)
_CHANGED = _STAGED.c.digest != reviews.c.digest
_COUNT_REVIEWS = sa.select(sa.func.count(), sa.func.count(sa.case((_CHANGED, 1)))).select_from(
    _STAGED.join(reviews, _SAME)
)
_DELETE_OUTDATED = sa.delete(predictions).where(
    sa.exists().where(same_key(predictions, _STAGED, KEY), _SAME, _CHANGED)
)


@cache
def _upsert_reviews(dialect: str) -> Any:
    # Rows seen again are written too: the author's hash follows a rotated key.
    return upsert(
        dialect, reviews, [c.name for c in reviews.c if c.name not in (*KEY, "first_seen")]
    )


def add_reviews(connection: sa.Connection, batch: Sequence[Review], now: datetime) -> Counts:
    """Insert what is new, replace what changed (its old text goes to the history), touch the rest.

    Runs inside the caller's transaction. The last of several rows with one key wins.
    """
    rows = [_as_row(review, now) for review in batch if review.text.strip()]
    fresh = {_row_key(row): row for row in rows}
    if not fresh:
        return Counts()
    stage(connection, reviews, list(fresh.values()))
    seen, changed = connection.execute(_COUNT_REVIEWS).one()
    if changed:
        _keep_history(connection, now)
        connection.execute(_DELETE_OUTDATED)
    connection.execute(_upsert_reviews(connection.dialect.name))
    return Counts(len(fresh) - seen, changed, seen - changed)


def _keep_history(connection: sa.Connection, now: datetime) -> None:
    said = ("text", "score", "label")
    edited = sa.or_(*(_STAGED.c[name].is_distinct_from(reviews.c[name]) for name in said))
    columns = [reviews.c[name] for name in (*KEY, *said)]
    moment = sa.literal(now, review_history.c.replaced_at.type)
    old = sa.select(*columns, moment).where(_SAME, _CHANGED, edited).order_by(*columns[:4])
    connection.execute(sa.insert(review_history).from_select([*KEY, *said, "replaced_at"], old))


_DETAILS = ("name", "address", "latitude", "longitude", "households")
_NEW = staged(apartments)
_NEWS = sa.or_(
    *(
        _NEW.c[name].is_not(None) & _NEW.c[name].is_distinct_from(apartments.c[name])
        for name in _DETAILS
    )
)
_COUNT_APARTMENTS = sa.select(sa.func.count(), sa.func.count(sa.case((_NEWS, 1)))).select_from(
    _NEW.join(apartments, same_key(_NEW, apartments, ("source", "apartment_id")))
)


@cache
def _upsert_apartments(dialect: str) -> Any:
    return upsert(dialect, apartments, (*_DETAILS, "last_seen"), keep_known=True)


def add_apartments(connection: sa.Connection, batch: Sequence[Apartment], now: datetime) -> Counts:
    """Insert new apartments; what an answer leaves out (None) never erases what is known."""
    fresh: dict[tuple[str, str], dict[str, Any]] = {}
    for apartment in batch:
        key = (storable(apartment.source), storable(apartment.apartment_id))
        row = fresh.setdefault(key, dict.fromkeys(_DETAILS))
        for name in _DETAILS:
            value = getattr(apartment, name)
            if value is not None:
                row[name] = storable(value) if isinstance(value, str) else value
    if not fresh:
        return Counts()
    seen_at = {"first_seen": now, "last_seen": now}
    rows = [
        {"source": source, "apartment_id": apartment_id} | row | seen_at
        for (source, apartment_id), row in fresh.items()
    ]
    stage(connection, apartments, rows)
    seen, changed = connection.execute(_COUNT_APARTMENTS).one()
    connection.execute(_upsert_apartments(connection.dialect.name))
    return Counts(len(fresh) - seen, changed, seen - changed)


_MADE = staged(predictions)
_REVIEWED = sa.exists().where(same_key(reviews, _MADE, KEY))
_SAID = tuple(column.name for column in predictions.c if column.name not in KEY)


def save_predictions(
    connection: sa.Connection, model_id: str, batch: Sequence[Judged], now: datetime
) -> int:
    """Keep the newest prediction of each review; keys without a review are left out."""
    made = {said.key: _judged_row(said, model_id, now) for said in batch}
    if not made:
        return 0
    stage(connection, predictions, list(made.values()))
    connection.execute(upsert(connection.dialect.name, predictions, _SAID, where=_REVIEWED))
    counted = sa.select(sa.func.count()).select_from(_MADE).where(_REVIEWED)
    return connection.execute(counted).scalar_one()


def _judged_row(said: Judged, model_id: str, now: datetime) -> dict[str, Any]:
    return {
        **dict(zip(KEY, said.key, strict=True)),
        "model_id": model_id,
        "label": said.label,
        "probability": float(said.probability),
        "unsure": bool(said.unsure),
        "made_at": now,
        "words": _listed(said.words),
        "topics": _listed(said.topics),
        "about": said.about,
    }


def _listed(names: Sequence[str] | None) -> str | None:
    packed = pack_names(names)
    return None if packed is None else storable(packed)


def stream_reviews(
    connection: sa.Connection, sources: Sequence[str], categories: Sequence[str]
) -> Iterator[Review]:
    """Reviews in the stable order of their key; empty filters mean all."""
    query = sa.select(*(reviews.c[name] for name in _COLUMNS)).order_by(*reviews.primary_key)
    if sources:
        query = query.where(reviews.c.source.in_(sources))
    if categories:
        query = query.where(reviews.c.category.in_(categories))
    for row in connection.execute(query):
        yield Review(*row)
