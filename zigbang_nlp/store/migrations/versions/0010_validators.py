"""What a site said of an answer's version, to ask whether it has changed since."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    for table in ("answers", "unread_answers"):
        op.add_column(table, sa.Column("validators", sa.Text))
