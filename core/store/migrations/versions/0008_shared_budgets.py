"""Budgets that people set, what was done about each in its periods, and which one a question about money is about."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and the columns; so far every question was about a task's own budget."""
    op.create_table(
        "budgets",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        # whole picodollars, like every amount
        sa.Column("usd", sa.BigInteger(), nullable=True),
        sa.Column("warn_at", sa.Text(), nullable=False),
        sa.Column("owners", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_budgets"),
    )
    op.create_table(
        "budget_tallies",
        sa.Column("budget", sa.Text(), nullable=False),
        sa.Column("begin", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extra_usd", sa.BigInteger(), nullable=False),
        sa.Column("told_percent", sa.Integer(), nullable=False),
        sa.Column("told_limit_usd", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("budget", "begin", name="pk_budget_tallies"),
    )
    op.add_column("approvals", sa.Column("budget", sa.Text(), nullable=False, server_default=""))
    op.add_column("approvals", sa.Column("limit_usd", sa.BigInteger(), nullable=True))
