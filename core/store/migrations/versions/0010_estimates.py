"""Estimates are bands of p50 and p90; those kept so far told other figures (extremes) and are forgotten."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forget the old ones: nothing but a card showed them, and the tasks they came from are still there."""
    op.execute("UPDATE tasks SET estimate = NULL")
