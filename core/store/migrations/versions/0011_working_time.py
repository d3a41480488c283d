"""How long tasks and agents waited for people or were paused, so that what is left is the time they worked."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; of what is over nobody counted it, so it counts as work."""
    for table in ("tasks", "agent_runs"):
        op.add_column(table, sa.Column("resting_since", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("rested_s", sa.Float(), nullable=False, server_default="0"))
