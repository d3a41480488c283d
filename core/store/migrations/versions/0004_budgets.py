"""What a task may cost and was expected to cost, and by how much a question about money raises the first."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nothing has a budget or an estimate so far."""
    # whole picodollars
    op.add_column("tasks", sa.Column("budget_usd", sa.BigInteger(), nullable=True))
    op.add_column("tasks", sa.Column("estimate", sa.Text(), nullable=True))
    op.add_column("approvals", sa.Column("raise_usd", sa.BigInteger(), nullable=True))
