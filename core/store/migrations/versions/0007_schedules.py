"""Work and reports that begin by the clock."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TEXTS = ("project", "by", "when", "what", "missed", "state", "reason", "last_run", "key")


def upgrade() -> None:
    """Add the table, and the counter of its numbers."""
    op.create_table(
        "schedules",
        sa.Column("id", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        sa.Column("place", sa.Text()),
        sa.Column("counted_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_schedules_state", "schedules", ["state"])
    named = sa.text("key != ''")
    op.create_index("uq_schedules_key", "schedules", ["key"], unique=True, sqlite_where=named, postgresql_where=named)
    op.execute("insert into counters (name, value) values ('schedules', 0)")
