"""Reviews as rows: what is new, what changed, what was seen again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta, timezone
from operator import attrgetter, itemgetter
from typing import Any

import sqlalchemy as sa

from zigbang_nlp.records import Review
from zigbang_nlp.store.schema import KEY, answers, predictions, review_history, reviews
from zigbang_nlp.store.staging import same_key, stage, staged, upsert
from zigbang_nlp.tables.unicode import composed

ReviewKey = tuple[str, str, str, str]

_KOREA = timezone(timedelta(hours=9))
#: Of reviews, in the order of `Review`.
COLUMNS = tuple(field.name for field in fields(Review))
_VALUES = attrgetter(*COLUMNS)
_DIGESTED = itemgetter(*KEY, "text", "score", "label", "split")
#: Neither database can hold these: a NUL (PostgreSQL) and half a surrogate pair (UTF-8).
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of rows.

    Attributes:
        new, changed, seen: how many were new, had changed, or were seen again unchanged.
        kept_scores, kept_dates, kept_authors: seen again without what is known of them, so that
            the known one was kept.
        vanished: known rows that an answer no longer has; they stay.
        repeated: the same as an earlier row of the same call.
        conflicting: with the key of an earlier row of the same call, which they replaced.
    """

    new: int = 0
    changed: int = 0
    seen: int = 0
    kept_scores: int = 0
    kept_dates: int = 0
    kept_authors: int = 0
    vanished: int = 0
    repeated: int = 0
    conflicting: int = 0

    def __add__(self, other: Counts) -> Counts:
        names = (field.name for field in fields(self))
        return Counts(*(getattr(self, name) + getattr(other, name) for name in names))


def storable(text: str) -> str:
    """`text` composed (NFC), so that equal names are one, without the characters no database takes."""
    return _UNSTORABLE.sub("", composed(text))


def _digest(row: Mapping[str, Any]) -> int:
    """63 bits over all that a data set depends on; not over dates, author or when it was seen."""
    joined = "\x1f".join(["" if part is None else str(part) for part in _DIGESTED(row)])
    return int.from_bytes(hashlib.blake2b(joined.encode(), digest_size=8).digest()) >> 1


def _as_row(review: Review, now: datetime) -> dict[str, Any]:
    row: dict[str, Any] = dict(zip(COLUMNS, _VALUES(review), strict=True))
    for name in ("source", "apartment_id", "review_id", "text"):
        row[name] = storable(row[name])
    if review.score is not None:
        row["score"] = float(review.score)
    written = review.written_at
    if written is not None and written.tzinfo is not None:
        row["written_at"] = written.astimezone(_KOREA).replace(tzinfo=None)  # what its readers saw
    row["first_seen"] = review.first_seen or now
    row["last_seen"] = review.last_seen or now
    row["digest"] = _digest(row)
    return row


def _row_key(row: Mapping[str, Any]) -> ReviewKey:
    return (row["source"], row["apartment_id"], row["review_id"], row["category"])


_STAGED = staged(reviews)
_SAME = same_key(_STAGED, reviews, KEY)
_CHANGED = _STAGED.c.digest != reviews.c.digest
_BOTH = _STAGED.join(reviews, _SAME)
# A row whose `last_seen` is the call's own moment came earlier in the same call.
_AGAIN = reviews.c.last_seen == sa.bindparam("now", type_=reviews.c.last_seen.type)
_COUNT_REVIEWS = sa.select(
    sa.func.count(sa.case((_AGAIN, None), (_CHANGED, None), else_=1)),
    sa.func.count(sa.case((_AGAIN, None), (_CHANGED, 1))),
    sa.func.count(sa.case((_CHANGED, None), (_AGAIN, 1))),
    sa.func.count(sa.case((_CHANGED & _AGAIN, 1))),
).select_from(_BOTH)
#: Columns in which a NULL says nothing, so that it never erases what is known.
_KNOWN = ("score", "written_at", "author")
#: And those that a crawl without crawl.covariates doesn't bring.
_ABOUT = ("residence", "age", "sex", "married")
#: Rows seen again are written too: the author's hash follows a rotated key.
_UPDATED = tuple(c.name for c in reviews.c if c.name not in (*KEY, "first_seen"))
_LOST = tuple(_STAGED.c[name].is_(None) & reviews.c[name].is_not(None) for name in _KNOWN)
_OTHER_DATE = _STAGED.c.written_at != reviews.c.written_at
_COUNT_LOST = sa.select(
    *(sa.func.count(sa.case((condition, 1))) for condition in (*_LOST, _OTHER_DATE))
).select_from(_BOTH)
_BETTER = (
    sa.select(*(reviews.c[name] for name in (*KEY, "score", "written_at")))
    .select_from(_BOTH)
    .where(sa.or_(_LOST[0], _OTHER_DATE))
)
_DELETE_OUTDATED = sa.delete(predictions).where(
    sa.exists().where(same_key(predictions, _STAGED, KEY), _SAME, _CHANGED)
)


def add_reviews(connection: sa.Connection, batch: Sequence[Review], now: datetime) -> Counts:
    """Insert what is new, replace what changed (its old text goes to the history), touch the rest.

    Runs inside the caller's transaction. The last of several rows with one key wins. A missing
    score, date or author, and a date that says less, leave what is known.
    """
    fresh: dict[ReviewKey, dict[str, Any]] = {}
    repeated = conflicting = 0
    for row in (_as_row(review, now) for review in batch if review.text.strip()):
        earlier = fresh.get(_row_key(row))
        if earlier is not None:
            same = earlier["digest"] == row["digest"]
            repeated, conflicting = repeated + same, conflicting + (not same)
        fresh[_row_key(row)] = row
    if not fresh:
        return Counts()
    stage(connection, reviews, list(fresh.values()))
    *kept, other_dates = connection.execute(_COUNT_LOST).one()
    if kept[0] or other_dates:
        _keep_better(connection, fresh)
    seen, changed, seen_before, changed_before = connection.execute(
        _COUNT_REVIEWS, {"now": now}
    ).one()
    if changed or changed_before:
        _keep_history(connection, now)
        connection.execute(_DELETE_OUTDATED)
    connection.execute(
        upsert(connection.dialect.name, reviews, _UPDATED, keep_known=(*_KNOWN, *_ABOUT))
    )
    new = len(fresh) - seen - changed - seen_before - changed_before
    again = {"repeated": repeated + seen_before, "conflicting": conflicting + changed_before}
    return Counts(new, changed, seen, *kept, **again)


def _keep_better(connection: sa.Connection, fresh: Mapping[ReviewKey, dict[str, Any]]) -> None:
    """Stage the known score where the new row has none, and the known date where it says more."""
    for better in map(dict, connection.execute(_BETTER).mappings()):
        row, score, written = fresh[_row_key(better)], better["score"], better["written_at"]
        row["score"] = score if row["score"] is None else row["score"]
        if row["written_at"] is not None and written is not None:
            row["written_at"] = finer(written, row["written_at"])
        row["digest"] = _digest(row)
    stage(connection, reviews, list(fresh.values()))


def finer(known: datetime, new: datetime) -> datetime:
    """The known one of two dates where the new one only says less of the same; else the new one.

    A day without a time says less than the same day with one, and a first of a month (for which
    "March 2021" stands) less than another day of it.
    """
    midnight = new.time() == datetime.min.time()
    month = new.day == 1 and (known.year, known.month) == (new.year, new.month)
    return known if midnight and (month or known.date() == new.date()) else new


def count_vanished(
    connection: sa.Connection, source: str, apartments: Sequence[str], now: datetime
) -> int:
    """Rows that the last readable answer about these apartments had, and that were not seen now.

    To be asked after the new rows are there and before the new raw answers are.
    """
    if not apartments:
        return 0
    values = {"of_source": source, "of_apartments": list(apartments), "now": now}
    return int(connection.execute(_VANISHED, values).scalar_one())


_VANISHED = (
    sa.select(sa.func.count())
    .select_from(
        reviews.join(
            answers,
            (answers.c.source == reviews.c.source) & (answers.c.key == reviews.c.apartment_id),
        )
    )
    .where(reviews.c.source == sa.bindparam("of_source"))
    .where(reviews.c.apartment_id.in_(sa.bindparam("of_apartments", expanding=True)))
    .where(answers.c.kind == "reviews", reviews.c.last_seen == answers.c.fetched_at)
    .where(reviews.c.last_seen < sa.bindparam("now", type_=reviews.c.last_seen.type))
)


def _keep_history(connection: sa.Connection, now: datetime) -> None:
    content = ("text", "score", "label")
    edited = sa.or_(*(_STAGED.c[name].is_distinct_from(reviews.c[name]) for name in content))
    columns = [reviews.c[name] for name in (*KEY, *content)]
    moment = sa.literal(now, review_history.c.replaced_at.type)
    old = sa.select(*columns, moment).where(_SAME, _CHANGED, edited).order_by(*columns[:4])
    connection.execute(sa.insert(review_history).from_select([*KEY, *content, "replaced_at"], old))
