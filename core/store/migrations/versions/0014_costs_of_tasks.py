"""What tasks and their roles cost, and which agents ended in a period, are known without reading everything."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The index of sums by task holds what is summed, too; agents are found by their end."""
    op.drop_index("ix_spending_task", "spending")
    op.create_index("ix_spending_task_role_cost_usd_calls", "spending", ["task", "role", "cost_usd", "calls"])
    op.create_index("ix_agent_runs_finished_at", "agent_runs", ["finished_at"])
