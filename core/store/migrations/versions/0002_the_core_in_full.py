"""What parallel work, retries, steering, forks and archived projects need."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns with the values that tasks of the first version have, and three tables."""
    _extend_tasks()
    _extend_steps()
    _extend_agent_runs()
    _create_messages()
    _create_models()
    _create_archived_projects()
    op.execute("insert into counters (name, value) values ('messages', 0), ('places', 0)")
    op.create_index("ix_tasks_forked_from", "tasks", ["forked_from"])
    op.create_index("ix_events_type_seq", "events", ["type", "seq"])


def _extend_tasks() -> None:
    for name, default in (
        ("type", "custom"),
        ("complexity", "moderate"),
        ("priority", "normal"),
        ("mode", "sequential"),
        ("plan_gate", "always"),
        ("model", ""),
        ("template", ""),
        ("restore_commit", ""),
    ):
        op.add_column("tasks", _text(name, default=default))
    op.add_column("tasks", sa.Column("forked_from", sa.Text(), nullable=True))
    op.add_column("tasks", _integer("life", default="1"))


def _extend_steps() -> None:
    op.add_column("steps", _text("base_commit", default=""))


def _extend_agent_runs() -> None:
    op.add_column("agent_runs", _text("purpose", default="work"))
    for name in ("forked_session", "forked_message"):
        op.add_column("agent_runs", _text(name, default=""))
    op.add_column("agent_runs", sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
    for name in ("transient_failures", "interruptions", "restarts"):
        op.add_column("agent_runs", _integer(name, default="0"))
    op.add_column("agent_runs", sa.Column("peak_memory_bytes", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("agent_runs", sa.Column("cpu_s", sa.Float(), nullable=False, server_default="0"))


def _create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("to", sa.Text(), nullable=True),
        sa.Column("heard_by", sa.Text(), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.ForeignKeyConstraint(["task"], ["tasks.id"], name="fk_messages_task_tasks"),
    )
    op.create_index("ix_messages_task", "messages", ["task"])


def _create_models() -> None:
    op.create_table(
        "models",
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("limited_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("broken_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("model", name="pk_models"),
    )


def _create_archived_projects() -> None:
    op.create_table(
        "archived_projects",
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("project", name="pk_archived_projects"),
    )


def _text(name: str, *, default: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def _integer(name: str, *, default: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default=default)
