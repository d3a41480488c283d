"""The tables as this version of the program expects them; `migrations` brings a database there."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    false,
    text,
)

from core.domain.approval import ApprovalKind, ApprovalState, Question, Risk
from core.domain.estimate import Estimate
from core.domain.identity import Place
from core.domain.project import PlanGate
from core.domain.pull_request import FollowUp, ForgeWait, ReviewTarget
from core.domain.task import AgentRunState, Complexity, Priority, RunPurpose, StepState, TaskState, TaskType
from core.domain.workflow import Mode, Workflow
from core.store import budget_tables, chat_tables, forge_tables, schedule_tables, spending_tables, unusual_tables
from core.store.columns import Json, OpenText, Serial, Usd, UtcTime, Words
from core.store.metadata import metadata

__all__ = [
    "budget_tables",
    "chat_tables",
    "forge_tables",
    "metadata",
    "schedule_tables",
    "spending_tables",
    "unusual_tables",
]

counters = Table(
    "counters",
    metadata,
    Column("name", OpenText, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Last numbers given out. Raising one locks its row until commit, so numbers have no gaps and follow commit order."""

tasks = Table(
    "tasks",
    metadata,
    Column("id", OpenText, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("project", OpenText, nullable=False),
    Column("request", OpenText, nullable=False),
    Column("title", OpenText, nullable=False),
    Column("requested_by", OpenText, nullable=False),
    Column("place", Json(Place)),
    Column("state", Words(TaskState), nullable=False),
    Column("workflow", Json(Workflow), nullable=False),
    Column("issue", OpenText, nullable=False),
    Column("issue_title", OpenText, nullable=False),
    Column("issue_text", OpenText, nullable=False),
    Column("base_branch", OpenText, nullable=False),
    Column("base_commit", OpenText, nullable=False),
    Column("branch", OpenText, nullable=False),
    Column("commit", OpenText, nullable=False),
    Column("pull_request", OpenText, nullable=False),
    Column("failure", OpenText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("started_at", UtcTime),
    Column("finished_at", UtcTime),
    Column("agent_run_count", Integer, nullable=False, server_default="0"),
    Column("type", Words(TaskType), nullable=False, server_default="custom"),
    Column("complexity", Words(Complexity), nullable=False, server_default="moderate"),
    Column("priority", Words(Priority), nullable=False, server_default="normal"),
    Column("mode", Words(Mode), nullable=False, server_default="sequential"),
    Column("plan_gate", Words(PlanGate), nullable=False, server_default="always"),
    Column("model", OpenText, nullable=False, server_default=""),
    Column("template", OpenText, nullable=False, server_default=""),
    Column("forked_from", OpenText),
    Column("life", Integer, nullable=False, server_default="1"),
    Column("restore_commit", OpenText, nullable=False, server_default=""),
    Column("request_key", OpenText, nullable=False, server_default=""),
    Column("budget_usd", Usd),
    Column("estimate", Json(Estimate)),
    Column("pull_request_url", OpenText, nullable=False, server_default=""),
    Column("pull_request_state", OpenText, nullable=False, server_default=""),
    Column("pull_request_commit", OpenText, nullable=False, server_default=""),
    Column("unfinished", OpenText, nullable=False, server_default=""),
    Column("forge_wait", Json(ForgeWait)),
    Column("forge_mark", OpenText, nullable=False, server_default=""),
    Column("follow_up", Json(FollowUp)),
    Column("reviews", Json(ReviewTarget)),
    Column("is_cleaned", Boolean, nullable=False, server_default=false()),
    Column("resting_since", UtcTime),
    Column("rested_s", Float, nullable=False, server_default="0"),
    Index(None, "forked_from"),
    Index(None, "project", "pull_request"),
    Index(None, "pull_request_state"),
    Index(
        "uq_tasks_request_key",
        "request_key",
        unique=True,
        sqlite_where=text("request_key != ''"),
        postgresql_where=text("request_key != ''"),
    ),
    Index(None, "project", "number"),
    Index(None, "state", "number"),
    Index(None, "project", "type", "state", "number"),
)

steps = Table(
    "steps",
    metadata,
    Column("task", OpenText, ForeignKey("tasks.id"), primary_key=True),
    Column("name", OpenText, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("role", OpenText, nullable=False),
    Column("state", Words(StepState), nullable=False),
    Column("round", Integer, nullable=False),
    Column("result", Json()),
    Column("summary", OpenText, nullable=False),
    Column("base_commit", OpenText, nullable=False, server_default=""),
    Column("started_at", UtcTime),
    Column("finished_at", UtcTime),
)

agent_runs = Table(
    "agent_runs",
    metadata,
    Column("id", OpenText, primary_key=True),
    Column("task", OpenText, ForeignKey("tasks.id"), nullable=False),
    Column("step", OpenText, nullable=False),
    Column("round", Integer, nullable=False),
    Column("role", OpenText, nullable=False),
    Column("model", OpenText, nullable=False),
    Column("state", Words(AgentRunState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("session", OpenText, nullable=False),
    Column("activity", OpenText, nullable=False),
    Column("result", Json()),
    Column("error", OpenText, nullable=False),
    Column("reported_cost_usd", OpenText, nullable=False),
    Column("purpose", Words(RunPurpose), nullable=False, server_default="work"),
    Column("forked_session", OpenText, nullable=False, server_default=""),
    Column("forked_message", OpenText, nullable=False, server_default=""),
    Column("not_before", UtcTime),
    Column("transient_failures", Integer, nullable=False, server_default="0"),
    Column("interruptions", Integer, nullable=False, server_default="0"),
    Column("restarts", Integer, nullable=False, server_default="0"),
    Column("peak_memory_bytes", BigInteger, nullable=False, server_default="0"),
    Column("cpu_s", Float, nullable=False, server_default="0"),
    Column("created_at", UtcTime, nullable=False),
    Column("started_at", UtcTime),
    Column("finished_at", UtcTime),
    Column("resting_since", UtcTime),
    Column("rested_s", Float, nullable=False, server_default="0"),
    Index(None, "task", "step", "round"),
    Index(None, "finished_at"),
    Index(None, "state"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", OpenText, primary_key=True),
    Column("key", OpenText, nullable=False, unique=True),
    Column("task", OpenText, ForeignKey("tasks.id"), nullable=False),
    Column("step", OpenText, nullable=False),
    Column("agent_run", OpenText, ForeignKey("agent_runs.id")),
    Column("kind", Words(ApprovalKind), nullable=False),
    Column("title", OpenText, nullable=False),
    Column("detail", OpenText, nullable=False),
    Column("reason", OpenText, nullable=False),
    Column("risk", Words(Risk), nullable=False),
    Column("tool", OpenText, nullable=False),
    Column("tool_input", Json(), nullable=False),
    Column("tool_use_id", OpenText, nullable=False),
    Column("questions", Json(tuple[Question, ...]), nullable=False),
    Column("state", Words(ApprovalState), nullable=False),
    Column("decided_by", OpenText),
    Column("decided_at", UtcTime),
    Column("decision_reason", OpenText, nullable=False),
    Column("answers", Json(), nullable=False),
    Column("used_at", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    Column("what", OpenText, nullable=False, server_default=""),
    Column("always", Boolean, nullable=False, server_default=false()),
    Column("raise_usd", Usd),
    Column("budget", OpenText, nullable=False, server_default=""),
    Column("limit_usd", Usd),
    Index(None, "task"),
    Index(None, "agent_run"),
    Index(None, "state"),
)

model_calls = Table(
    "model_calls",
    metadata,
    Column("message_id", OpenText, primary_key=True),
    # none when a question was read, which is no agent's work
    Column("agent_run", OpenText, ForeignKey("agent_runs.id")),
    # copied from the run and its task, so that a million rows are summed without a join
    Column("task", OpenText, nullable=False),
    Column("step", OpenText, nullable=False),
    Column("role", OpenText, nullable=False),
    Column("project", OpenText, nullable=False),
    Column("person", OpenText, nullable=False),
    Column("model", OpenText, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("cache_read_tokens", BigInteger, nullable=False),
    Column("cache_write_tokens", BigInteger, nullable=False),
    Column("thinking_tokens", BigInteger, nullable=False, server_default="0"),
    Column("cost_usd", Usd, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "task", "step"),
    Index(None, "agent_run"),
    Index(None, "project", "at"),
    Index(None, "person", "at"),
    Index(None, "at"),
)
"""The ledger; `spending` holds its sums."""

events = Table(
    "events",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=False),
    Column("task", OpenText, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("type", OpenText, nullable=False),
    Column("data", OpenText, nullable=False),
    Index(None, "task", "seq"),
    Index(None, "type", "seq"),
)
"""The journal: append only, and without foreign keys, because it outlives what it tells of."""

messages = Table(
    "messages",
    metadata,
    Column("id", OpenText, primary_key=True),
    Column("task", OpenText, ForeignKey("tasks.id"), nullable=False),
    Column("text", OpenText, nullable=False),
    Column("by", OpenText, nullable=False),
    Column("to", OpenText),
    Column("heard_by", OpenText),
    Column("heard_at", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    Column("key", OpenText, nullable=False, server_default=""),
    Index(None, "task"),
    Index(
        "uq_messages_key",
        "key",
        unique=True,
        sqlite_where=text("key != ''"),
        postgresql_where=text("key != ''"),
    ),
)
"""What people told the agents of a task."""

models = Table(
    "models",
    metadata,
    Column("model", OpenText, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("limited_until", UtcTime),
    Column("broken_until", UtcTime),
    Column("reason", OpenText, nullable=False),
)
"""Models that failed or were limited; one that is not here is fine."""

archived_projects = Table(
    "archived_projects",
    metadata,
    Column("project", OpenText, primary_key=True),
    Column("by", OpenText, nullable=False),
    Column("at", UtcTime, nullable=False),
)

transcripts = Table(
    "transcripts",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("project_key", OpenText, nullable=False),
    Column("session_id", OpenText, nullable=False),
    Column("subpath", OpenText, nullable=False),
    Column("uuid", OpenText),
    Column("entry", Json(), nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "project_key", "session_id", "subpath", "seq"),
    UniqueConstraint("project_key", "session_id", "subpath", "uuid"),
)
