"""Fill rates of every run, and answers that could not be read."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _key(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, ID, primary_key=True) for name in names]


def upgrade() -> None:
    op.create_table(
        "unread_answers",
        *_key("source", "kind", "key"),
        sa.Column("fetched_at", sa.DateTime, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "run_fills",
        sa.Column(
            "run", sa.Integer, sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True
        ),
        *_key("endpoint", "field"),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("total", "filled", "unread")),
        sqlite_with_rowid=False,
    )
