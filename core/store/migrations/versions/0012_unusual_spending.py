"""What was seen of spending far from the usual, once for each thing."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; of what is over nothing is told any more."""
    op.create_table(
        "unusual_spending",
        sa.Column("key", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "project", "task", "about", "role")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("found", "usual")),
        sa.Column("over", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_unusual_spending"),
    )
    op.create_index("ix_unusual_spending_at", "unusual_spending", ["at"])
