"""Fill rates of every run, and answers that could not be read."""

import sqlalchemy as sa
from alembic import op

from zigbang_nlp.store.migrations import key, of_run

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "unread_answers",
        *key("source", "kind", "key"),
        sa.Column("fetched_at", sa.DateTime, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "run_fills",
        of_run(),
        *key("endpoint", "field"),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("total", "filled", "unread")),
        sqlite_with_rowid=False,
    )
