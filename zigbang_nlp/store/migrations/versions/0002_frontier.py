"""What is left to ask, the pace, and the book of runs."""

import sqlalchemy as sa
from alembic import op

from zigbang_nlp.store.migrations import ID, key, of_run

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "frontier",
        *key("source", "kind", "key"),
        sa.Column("scope", ID, nullable=False),
        sa.Column("state", ID, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("worker", sa.Text),
        sa.Column("lease_until", sa.Double),
        sa.Column("done_at", sa.DateTime),
        sa.Column("failure_kind", sa.Text),
        sa.Column("failure", sa.Text),
        sa.Column("failure_body", sa.LargeBinary),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "frontier_next", "frontier", ["source", "scope", "state", "rank", "key", "kind"]
    )
    op.create_table("links", *key("source", "parent", "child"), sqlite_with_rowid=False)
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("source", ID, nullable=False),
        sa.Column("scope", ID, nullable=False),
        sa.Column("worker", sa.Text, nullable=False),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("updated_at", sa.DateTime, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        *(
            sa.Column(name, sa.BigInteger, nullable=False, server_default="0")
            for name in ("requests", "bytes", "done", "failed", "new", "changed", "seen")
        ),
    )
    op.create_table(
        "run_errors",
        of_run(),
        *key("kind"),
        sa.Column("count", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pacing",
        *key("source"),
        sa.Column("next_at", sa.Double, nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
