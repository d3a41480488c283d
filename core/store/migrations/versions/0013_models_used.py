"""Which models were ever used is known without reading all sums."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index; each model is then one step in it."""
    op.create_index("ix_spending_model", "spending", ["model"])
