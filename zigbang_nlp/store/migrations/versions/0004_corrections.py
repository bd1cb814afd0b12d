"""Labels that people corrected."""

import sqlalchemy as sa
from alembic import op

from zigbang_nlp.store.migrations import key

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "corrections",
        *key("text_id"),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("said", sa.Text),
        sa.Column("probability", sa.Double),
        sa.Column("model_id", sa.Text),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sqlite_with_rowid=False,
    )
