"""What a review speaks of, beside its prediction: its words, its topics, its category."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for name in ("words", "topics", "about"):
        op.add_column("predictions", sa.Column(name, sa.Text))
