"""Apartments, reviews and their history, raw answers, predictions."""

import sqlalchemy as sa
from alembic import op

from zigbang_nlp.store.migrations import ID, REVIEW, key, of_review

revision = "0001"
down_revision = None


def _seen() -> list[sa.Column[object]]:
    return [sa.Column(name, sa.DateTime, nullable=False) for name in ("first_seen", "last_seen")]


def upgrade() -> None:
    op.create_table("meta", *key("name"), sa.Column("value", sa.Text, nullable=False))
    op.create_table(
        "apartments",
        *key("source", "apartment_id"),
        sa.Column("name", sa.Text),
        sa.Column("address", sa.Text),
        sa.Column("latitude", sa.Double),
        sa.Column("longitude", sa.Double),
        sa.Column("households", sa.Integer),
        *_seen(),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reviews",
        *key(*REVIEW),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("score", sa.Double),
        sa.Column("author", sa.Text),
        sa.Column("written_at", sa.DateTime),
        sa.Column("label", sa.Text),
        sa.Column("split", sa.Text),
        sa.Column("digest", sa.BigInteger, nullable=False),
        *_seen(),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "review_history",
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, ID, nullable=False) for name in REVIEW),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("score", sa.Double),
        sa.Column("label", sa.Text),
        sa.Column("replaced_at", sa.DateTime, nullable=False),
    )
    op.create_index("review_history_of", "review_history", [*REVIEW])
    op.create_table(
        "predictions",
        *key(*REVIEW),
        sa.Column("model_id", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("probability", sa.Double, nullable=False),
        sa.Column("unsure", sa.Boolean, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        of_review(),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "answers",
        *key("source", "kind", "key"),
        sa.Column("fetched_at", sa.DateTime, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
