"""What tasks know of their pull requests, and what came from forges about them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TEXTS = ("pull_request_url", "pull_request_state", "pull_request_commit", "unfinished", "forge_mark")
_JSON = ("forge_wait", "follow_up", "reviews")


def upgrade() -> None:
    """Add the columns and the table; no task has a pull request that somebody watches so far."""
    for name in _TEXTS:
        op.add_column("tasks", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    for name in _JSON:
        op.add_column("tasks", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("tasks", sa.Column("is_cleaned", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_tasks_project_pull_request", "tasks", ["project", "pull_request"])
    op.create_index("ix_tasks_pull_request_state", "tasks", ["pull_request_state"])
    op.create_table(
        "forge_news",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("news", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_forge_news_task", "forge_news", ["task"])
