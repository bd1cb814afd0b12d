"""Alembic's scripts: each brings a store from one schema version to the next.

What they share is as it was when they were written, and stays so: `schema.py` may go on.
"""

import sqlalchemy as sa

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
REVIEW = ("source", "apartment_id", "review_id", "category")


def key(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, ID, primary_key=True) for name in names]


def of_run() -> sa.Column[int]:
    owner = sa.ForeignKey("runs.id", ondelete="CASCADE")
    return sa.Column("run", sa.Integer, owner, primary_key=True)


def of_review() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        REVIEW, [f"reviews.{name}" for name in REVIEW], ondelete="CASCADE"
    )
