"""Sums over the ledger by quarters of an hour; model calls that belong to no agent, and tokens of thinking."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_WHO = ("task", "step", "role", "project", "person")
_SUMS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cost_usd")


def upgrade() -> None:
    """Add the table with what the ledger holds so far."""
    op.create_table(
        "spending",
        sa.Column("quarter", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("agent_run", "model", *_WHO)),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("calls", *_SUMS)),
        sa.PrimaryKeyConstraint("quarter", "agent_run", "model", name="pk_spending"),
        sqlite_with_rowid=False,
    )
    on_postgres = op.get_bind().dialect.name == "postgresql"
    seconds = "floor(extract(epoch FROM at))::bigint" if on_postgres else "CAST(strftime('%s', at) AS INTEGER)"
    who, sums = ", ".join(f"min({name})" for name in _WHO), ", ".join(f"sum({name})" for name in _SUMS)
    op.execute(
        f"INSERT INTO spending (quarter, agent_run, model, {', '.join(_WHO)}, calls, {', '.join(_SUMS)}) "  # noqa: S608  # names of columns only
        f"SELECT {seconds} / 900, agent_run, model, {who}, count(*), {sums} "
        f"FROM model_calls GROUP BY {seconds} / 900, agent_run, model"
    )
    op.create_index("ix_spending_task", "spending", ["task"])
    op.add_column("model_calls", sa.Column("thinking_tokens", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("model_calls") as calls:
        calls.alter_column("agent_run", existing_type=sa.Text(), nullable=True)
    op.create_index("ix_model_calls_at", "model_calls", ["at"])
