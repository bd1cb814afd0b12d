"""The tables. Reads: nothing. Everything else in `store` speaks of them through this module."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

#: Ids compare byte by byte on every database, so that the order of rows is the same everywhere.
ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


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

#: Small facts about the store itself, such as the key of the nickname hash.
meta = sa.Table(
    "meta",
    metadata,
    sa.Column("name", ID, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

apartments = sa.Table(
    "apartments",
    metadata,
    sa.Column("source", ID, primary_key=True),
    sa.Column("apartment_id", ID, primary_key=True),
    sa.Column("name", sa.Text),
    sa.Column("address", sa.Text),
    sa.Column("latitude", sa.Double),
    sa.Column("longitude", sa.Double),
    sa.Column("households", sa.Integer),
    sa.Column("first_seen", UtcDateTime, nullable=False),
    sa.Column("last_seen", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)

#: One text a row. `digest` is 63 bits over what training depends on (see rows._digest).
reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("source", ID, primary_key=True),
    sa.Column("apartment_id", ID, primary_key=True),
    sa.Column("review_id", ID, primary_key=True),
    sa.Column("category", ID, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("score", sa.Double),
    sa.Column("author", sa.Text),
    sa.Column("written_at", sa.DateTime),
    sa.Column("label", sa.Text),
    sa.Column("split", sa.Text),
    sa.Column("digest", sa.BigInteger, nullable=False),
    sa.Column("first_seen", UtcDateTime, nullable=False),
    sa.Column("last_seen", UtcDateTime, nullable=False),
    *(sa.Column(name, sa.Text) for name in ("residence", "age", "sex", "married")),
    sqlite_with_rowid=False,
)

#: What an edited review said before.
review_history = sa.Table(
    "review_history",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("source", ID, nullable=False),
    sa.Column("apartment_id", ID, nullable=False),
    sa.Column("review_id", ID, nullable=False),
    sa.Column("category", ID, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("score", sa.Double),
    sa.Column("label", sa.Text),
    sa.Column("replaced_at", UtcDateTime, nullable=False),
    sa.Index("review_history_of", "source", "apartment_id", "review_id", "category"),
)

#: The newest prediction of a review's present text. `words` and `topics` are lists, parted by tabs;
#: NULL means never looked for. `about` is the category that the text itself speaks of; `aspects` are
#: its opinions, see `records.pack_aspects`.
predictions = sa.Table(
    "predictions",
    metadata,
    sa.Column("source", ID, primary_key=True),
    sa.Column("apartment_id", ID, primary_key=True),
    sa.Column("review_id", ID, primary_key=True),
    sa.Column("category", ID, primary_key=True),
    sa.Column("model_id", sa.Text, nullable=False),
    sa.Column("label", sa.Text),
    sa.Column("probability", sa.Double, nullable=False),
    sa.Column("unsure", sa.Boolean, nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("words", sa.Text),
    sa.Column("topics", sa.Text),
    sa.Column("about", sa.Text),
    sa.Column("aspects", sa.Text),
    sa.ForeignKeyConstraint(
        ["source", "apartment_id", "review_id", "category"],
        [f"reviews.{name}" for name in ("source", "apartment_id", "review_id", "category")],
        ondelete="CASCADE",
    ),
    sqlite_with_rowid=False,
)

#: What people say of texts that the model labelled wrongly; `text_id` is a hash of the text.
corrections = sa.Table(
    "corrections",
    metadata,
    sa.Column("text_id", ID, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("said", sa.Text),
    sa.Column("probability", sa.Double),
    sa.Column("model_id", sa.Text),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)

#: The last answer to each question, zlib-compressed, with nicknames already hashed. `validators`
#: say which version of it that is (JSON, see `crawl.conditional_requests`), where the site does.
answers = sa.Table(
    "answers",
    metadata,
    sa.Column("source", ID, primary_key=True),
    sa.Column("kind", ID, primary_key=True),
    sa.Column("key", ID, primary_key=True),
    sa.Column("fetched_at", UtcDateTime, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("validators", sa.Text),
)

#: Answers that could not be read, beside the last ones that could: --reparse may still read them.
unread_answers = sa.Table(
    "unread_answers",
    metadata,
    *(column._copy() for column in answers.c),
)

#: Every task of every crawl: state is todo, leased, done or failed. Lower ranks go first.
frontier = sa.Table(
    "frontier",
    metadata,
    sa.Column("source", ID, primary_key=True),
    sa.Column("kind", ID, primary_key=True),
    sa.Column("key", ID, primary_key=True),
    sa.Column("scope", ID, nullable=False),
    sa.Column("state", ID, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("worker", sa.Text),
    sa.Column("lease_until", sa.Double),
    sa.Column("done_at", UtcDateTime),
    sa.Column("failure_kind", sa.Text),
    sa.Column("failure", sa.Text),
    sa.Column("failure_body", sa.LargeBinary),
    sa.Index("frontier_next", "source", "scope", "state", "rank", "key", "kind"),
    sqlite_with_rowid=False,
)

#: Which task led to which key; a region's share of the frontier is found through it.
links = sa.Table(
    "links",
    metadata,
    sa.Column("source", ID, primary_key=True),
    sa.Column("parent", ID, primary_key=True),
    sa.Column("child", ID, primary_key=True),
    sqlite_with_rowid=False,
)

#: One row a run of the crawl command; what it counted.
runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("source", ID, nullable=False),
    sa.Column("scope", ID, nullable=False),
    sa.Column("worker", sa.Text, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    *(
        sa.Column(name, sa.BigInteger, nullable=False, server_default="0")
        for name in ("requests", "bytes", "done", "failed", "new", "changed", "seen")
    ),
)

run_errors = sa.Table(
    "run_errors",
    metadata,
    sa.Column("run", sa.Integer, sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("kind", ID, primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

#: How often each field of an endpoint's answers was filled in a run, and how often unreadable.
run_fills = sa.Table(
    "run_fills",
    metadata,
    sa.Column("run", sa.Integer, sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("endpoint", ID, primary_key=True),
    sa.Column("field", ID, primary_key=True),
    *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("total", "filled", "unread")),
    sqlite_with_rowid=False,
)

#: The moment (Unix seconds) from which a site may be asked again, and how often it was today.
pacing = sa.Table(
    "pacing",
    metadata,
    sa.Column("source", ID, primary_key=True),
    sa.Column("next_at", sa.Double, nullable=False),
    sa.Column("day", sa.Integer, nullable=False),
    sa.Column("requests", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

#: Labels that people gave to stored reviews, one a person and review.
annotated = sa.Table(
    "annotations",
    metadata,
    sa.Column("source", ID, primary_key=True),
    sa.Column("apartment_id", ID, primary_key=True),
    sa.Column("review_id", ID, primary_key=True),
    sa.Column("category", ID, primary_key=True),
    sa.Column("person", ID, primary_key=True),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("queue", sa.Text, nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.ForeignKeyConstraint(
        ["source", "apartment_id", "review_id", "category"],
        [f"reviews.{name}" for name in ("source", "apartment_id", "review_id", "category")],
        ondelete="CASCADE",
    ),
    sqlite_with_rowid=False,
)
