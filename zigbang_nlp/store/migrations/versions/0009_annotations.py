"""Labels that several people gave to stored reviews."""

import sqlalchemy as sa
from alembic import op

from zigbang_nlp.store.migrations import REVIEW, key, of_review

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "annotations",
        *key(*REVIEW, "person"),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        of_review(),
        sqlite_with_rowid=False,
    )
