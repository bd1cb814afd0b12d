"""The tables. Reads: nothing. Everything else in `store` speaks of them through this module."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

#: Ids compare byte by byte on every database, so that the order of rows is the same everywhere.
ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
#: What makes a review the same review.
KEY = ("source", "apartment_id", "review_id", "category")
#: What makes a question to a site the same question.
TASK = ("source", "kind", "key")


class UtcDateTime(sa.TypeDecorator[datetime]):
    """A moment. Kept as UTC without an offset, since SQLite has no type with one."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Any) -> datetime | None:
        """The moment in UTC, as the column keeps it."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: Any) -> datetime | None:
        """The moment with its offset again."""
        return None if value is None else value.replace(tzinfo=UTC)


metadata = sa.MetaData()


def _table(name: str, *parts: Any, rowid: bool = False) -> sa.Table:
    """A table; on SQLite its primary key is the tree it is kept in, unless it has a rowid."""
    flat = [one for part in parts for one in (part if isinstance(part, list) else [part])]
    return sa.Table(name, metadata, *flat, sqlite_with_rowid=rowid)


def _columns(names: tuple[str, ...], kind: Any, **options: Any) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, **options) for name in names]


def _key(*names: str) -> list[sa.Column[Any]]:
    return _columns(names, ID, primary_key=True)


def _texts(*names: str, nullable: bool = True) -> list[sa.Column[Any]]:
    return _columns(names, sa.Text, nullable=nullable)


def _moments(*names: str) -> list[sa.Column[Any]]:
    return _columns(names, UtcDateTime, nullable=False)


def _of_run() -> sa.Column[Any]:
    return sa.Column(
        "run", sa.Integer, sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True
    )


def _of_review() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(KEY, [f"reviews.{name}" for name in KEY], ondelete="CASCADE")


#: Small facts about the store itself, such as the key of the nickname hash.
meta = _table("meta", _key("name"), _texts("value", nullable=False), rowid=True)

apartments = _table(
    "apartments",
    _key("source", "apartment_id"),
    _texts("name", "address"),
    _columns(("latitude", "longitude"), sa.Double),
    sa.Column("households", sa.Integer),
    _moments("first_seen", "last_seen"),
)

#: One text a row. `digest` is 63 bits over what training depends on (see rows._digest).
reviews = _table(
    "reviews",
    _key(*KEY),
    _texts("text", nullable=False),
    sa.Column("score", sa.Double),
    _texts("author"),
    sa.Column("written_at", sa.DateTime),
    _texts("label", "split"),
    sa.Column("digest", sa.BigInteger, nullable=False),
    _moments("first_seen", "last_seen"),
    _texts("residence", "age", "sex", "married"),
)

#: What an edited review said before.
review_history = _table(
    "review_history",
    sa.Column("id", sa.Integer, primary_key=True),
    _columns(KEY, ID, nullable=False),
    _texts("text", nullable=False),
    sa.Column("score", sa.Double),
    _texts("label"),
    _moments("replaced_at"),
    sa.Index("review_history_of", *KEY),
    rowid=True,
)

#: The newest prediction of a review's present text. `words` and `topics` are lists, parted by tabs;
#: NULL means never looked for. `about` is the category that the text itself speaks of; `aspects` are
#: its opinions, see `records.pack_aspects`.
predictions = _table(
    "predictions",
    _key(*KEY),
    _texts("model_id", nullable=False),
    _texts("label"),
    sa.Column("probability", sa.Double, nullable=False),
    sa.Column("unsure", sa.Boolean, nullable=False),
    _moments("made_at"),
    _texts("words", "topics", "about", "aspects"),
    _of_review(),
)

#: What people say of texts that the model labelled wrongly; `text_id` is a hash of the text.
corrections = _table(
    "corrections",
    _key("text_id"),
    _texts("text", "label", nullable=False),
    _texts("said"),
    sa.Column("probability", sa.Double),
    _texts("model_id"),
    _moments("made_at"),
)

#: The last answer to each question, zlib-compressed, with nicknames already hashed. `validators`
#: say which version of it that is (JSON, see `crawl.conditional_requests`), where the site does.
#: And answers that could not be read, beside the last ones that could: --reparse may still read
#: them.
answers, unread_answers = (
    _table(
        name,
        _key(*TASK),
        _moments("fetched_at"),
        sa.Column("body", sa.LargeBinary, nullable=False),
        _texts("validators"),
        rowid=True,
    )
    for name in ("answers", "unread_answers")
)

#: Every task of every crawl: state is todo, leased, done or failed. Lower ranks go first.
frontier = _table(
    "frontier",
    _key(*TASK),
    _columns(("scope", "state"), ID, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    _texts("worker"),
    sa.Column("lease_until", sa.Double),
    sa.Column("done_at", UtcDateTime),
    _texts("failure_kind", "failure"),
    sa.Column("failure_body", sa.LargeBinary),
    sa.Index("frontier_next", "source", "scope", "state", "rank", "key", "kind"),
)

#: Which task led to which key; a region's share of the frontier is found through it.
links = _table("links", _key("source", "parent", "child"))

#: What a run counts.
FIGURES = ("requests", "bytes", "done", "failed", "new", "changed", "seen")
#: One row a run of the crawl command.
runs = _table(
    "runs",
    sa.Column("id", sa.Integer, primary_key=True),
    _columns(("source", "scope"), ID, nullable=False),
    _texts("worker", nullable=False),
    _moments("started_at", "updated_at"),
    _texts("outcome", nullable=False),
    _columns(FIGURES, sa.BigInteger, nullable=False, server_default="0"),
    rowid=True,
)

run_errors = _table(
    "run_errors", _of_run(), _key("kind"), sa.Column("count", sa.BigInteger, nullable=False)
)

#: How often each field of an endpoint's answers was filled in a run, and how often unreadable.
run_fills = _table(
    "run_fills",
    _of_run(),
    _key("endpoint", "field"),
    _columns(("total", "filled", "unread"), sa.BigInteger, nullable=False),
)

#: The moment (Unix seconds) from which a site may be asked again, and how often it was today.
pacing = _table(
    "pacing",
    _key("source"),
    sa.Column("next_at", sa.Double, nullable=False),
    sa.Column("day", sa.Integer, nullable=False),
    sa.Column("requests", sa.BigInteger, nullable=False),
)

#: Labels that people gave to stored reviews, one a person and review.
annotated = _table(
    "annotations",
    _key(*KEY, "person"),
    _texts("label", "queue", nullable=False),
    _moments("made_at"),
    _of_review(),
)
