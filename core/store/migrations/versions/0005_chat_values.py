"""What chat adapters remember across restarts, and the groups people are in."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the column."""
    op.add_column("people", sa.Column("groups", sa.Text(), nullable=False, server_default="[]"))
    op.create_table(
        "chat_values",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("platform", "key"),
    )
    op.create_index("ix_chat_values_expires_at", "chat_values", ["expires_at"])
