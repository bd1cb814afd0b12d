"""A review's opinions, topic by topic, beside its prediction."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("predictions", sa.Column("aspects", sa.Text))
