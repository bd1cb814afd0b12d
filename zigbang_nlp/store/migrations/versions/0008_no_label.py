"""Texts that no label is given for."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("predictions", table_kwargs={"sqlite_with_rowid": False}) as table:
        table.alter_column("label", existing_type=sa.Text, nullable=True)
