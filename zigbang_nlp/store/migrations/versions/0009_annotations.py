"""Labels that several people gave to stored reviews."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
KEY = ("source", "apartment_id", "review_id", "category")


def upgrade() -> None:
    op.create_table(
        "annotations",
        *(sa.Column(name, ID, primary_key=True) for name in (*KEY, "person")),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.ForeignKeyConstraint(KEY, [f"reviews.{name}" for name in KEY], ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
