"""Labels that people corrected."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "corrections",
        sa.Column("text_id", ID, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("said", sa.Text),
        sa.Column("probability", sa.Double),
        sa.Column("model_id", sa.Text),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sqlite_with_rowid=False,
    )
