"""How long tasks and agents waited for people or were paused, and a way to the newest tasks of a kind."""

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
    op.create_index("ix_tasks_project_type_state_number", "tasks", ["project", "type", "state", "number"])
