"""The first tables: work, approvals, the ledger, the journal and agent transcripts."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything, and the counters at zero."""
    _create_counters()
    _create_tasks()
    _create_steps()
    _create_agent_runs()
    _create_approvals()
    _create_model_calls()
    _create_events()
    _create_transcripts()


def _create_counters() -> None:
    counters = op.create_table(
        "counters", _text("name"), _big("value"), sa.PrimaryKeyConstraint("name", name="pk_counters")
    )
    op.bulk_insert(counters, [{"name": name, "value": 0} for name in ("tasks", "approvals", "journal")])


def _create_tasks() -> None:
    op.create_table(
        "tasks",
        _text("id"),
        _big("number"),
        *_texts("project", "request", "title", "requested_by"),
        _text("place", nullable=True),
        *_texts(
            "state", "workflow", "issue", "issue_title", "issue_text", "base_branch", "base_commit", "branch", "commit"
        ),
        *_texts("pull_request", "failure"),
        _time("created_at"),
        _time("started_at", nullable=True),
        _time("finished_at", nullable=True),
        sa.Column("agent_run_count", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
        sa.UniqueConstraint("number", name="uq_tasks_number"),
    )
    _index("tasks", "project", "number")
    _index("tasks", "state", "number")


def _create_steps() -> None:
    op.create_table(
        "steps",
        *_texts("task", "name"),
        _integer("position"),
        *_texts("role", "state"),
        _integer("round"),
        _text("result", nullable=True),
        _text("summary"),
        _time("started_at", nullable=True),
        _time("finished_at", nullable=True),
        sa.PrimaryKeyConstraint("task", "name", name="pk_steps"),
        sa.ForeignKeyConstraint(["task"], ["tasks.id"], name="fk_steps_task_tasks"),
    )


def _create_agent_runs() -> None:
    op.create_table(
        "agent_runs",
        *_texts("id", "task", "step"),
        _integer("round"),
        *_texts("role", "model", "state"),
        _integer("attempts"),
        *_texts("session", "activity"),
        _text("result", nullable=True),
        *_texts("error", "reported_cost_usd"),
        _time("created_at"),
        _time("started_at", nullable=True),
        _time("finished_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_agent_runs"),
        sa.ForeignKeyConstraint(["task"], ["tasks.id"], name="fk_agent_runs_task_tasks"),
    )
    _index("agent_runs", "task", "step", "round")
    _index("agent_runs", "state")


def _create_approvals() -> None:
    op.create_table(
        "approvals",
        *_texts("id", "key", "task", "step"),
        _text("agent_run", nullable=True),
        *_texts("kind", "title", "detail", "reason", "risk", "tool", "tool_input", "tool_use_id", "questions", "state"),
        _text("decided_by", nullable=True),
        _time("decided_at", nullable=True),
        *_texts("decision_reason", "answers"),
        _time("used_at", nullable=True),
        _time("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_approvals"),
        sa.UniqueConstraint("key", name="uq_approvals_key"),
        sa.ForeignKeyConstraint(["task"], ["tasks.id"], name="fk_approvals_task_tasks"),
        sa.ForeignKeyConstraint(["agent_run"], ["agent_runs.id"], name="fk_approvals_agent_run_agent_runs"),
    )
    for column in ("task", "agent_run", "state"):
        _index("approvals", column)


def _create_model_calls() -> None:
    op.create_table(
        "model_calls",
        *_texts("message_id", "agent_run", "task", "step", "role", "project", "person", "model"),
        *(_big(name) for name in ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")),
        _big("cost_usd"),
        _time("at"),
        sa.PrimaryKeyConstraint("message_id", name="pk_model_calls"),
        sa.ForeignKeyConstraint(["agent_run"], ["agent_runs.id"], name="fk_model_calls_agent_run_agent_runs"),
    )
    _index("model_calls", "task", "step")
    _index("model_calls", "agent_run")
    _index("model_calls", "project", "at")
    _index("model_calls", "person", "at")


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("seq", _serial(), autoincrement=False, nullable=False),
        _text("task"),
        _time("at"),
        *_texts("type", "data"),
        sa.PrimaryKeyConstraint("seq", name="pk_events"),
    )
    _index("events", "task", "seq")


def _create_transcripts() -> None:
    key = ("project_key", "session_id", "subpath")
    op.create_table(
        "transcripts",
        sa.Column("seq", _serial(), nullable=False),
        *_texts(*key),
        _text("uuid", nullable=True),
        _text("entry"),
        _time("at"),
        sa.PrimaryKeyConstraint("seq", name="pk_transcripts"),
        sa.UniqueConstraint(*key, "uuid", name="uq_transcripts_project_key_session_id_subpath_uuid"),
    )
    _index("transcripts", *key, "seq")


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [_text(name) for name in names]


def _integer(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _big(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _serial() -> sa.BigInteger:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))
