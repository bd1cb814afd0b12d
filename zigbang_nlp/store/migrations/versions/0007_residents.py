"""What is known of who wrote a review, where crawl.covariates asks for it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    for name in ("residence", "age", "sex", "married"):
        op.add_column("reviews", sa.Column(name, sa.Text))
