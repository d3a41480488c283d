"""An approval: something a person must decide before work goes on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from core.domain.identity import AgentRunId, ApprovalId, PersonId, StepName, TaskId

NEW_BUDGET = "New budget"
"""Stands where a question would, on one about money: its answer is what may be spent then, or …"""
NO_LIMIT = "no limit"


class ApprovalKind(StrEnum):
    """What is asked."""

    PLAN = "plan"
    TOOL = "tool"
    BUDGET = "budget"
    PUBLISH = "publish"
    QUESTION = "question"
    RESULT = "result"
    """A step's result, before the steps after it start."""
    CONFLICT = "conflict"
    """Changes of two steps that no agent could bring together; approved means: settled by hand, go on."""


class ApprovalState(StrEnum):
    """Where it stands; only `pending` can still be decided."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    CHANGED = "changed"
    """Sent back with words: the plan or result is made again, and asked again."""
    CANCELLED = "cancelled"


class Risk(StrEnum):
    """How much could go wrong, as the permission rule says."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One offered answer of a question."""

    label: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question an agent asks a person; free text is always allowed besides the choices."""

    text: str
    choices: tuple[Choice, ...] = ()
    multiple: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What is asked, by which agent, why, and what became of it."""

    id: ApprovalId
    key: str
    """Unique per thing asked, so that asking again after a crash finds the same approval."""
    task: TaskId
    step: StepName
    agent_run: AgentRunId | None = None
    kind: ApprovalKind
    title: str
    """One line: what will happen when it is approved."""
    detail: str = ""
    """The exact command, plan or diff; may be long."""
    reason: str = ""
    """Why a person is asked: the rule or the gate."""
    risk: Risk = Risk.MEDIUM
    tool: str = ""
    tool_input: Mapping[str, object] = field(default_factory=dict[str, object])
    tool_use_id: str = ""
    questions: tuple[Question, ...] = ()
    state: ApprovalState = ApprovalState.PENDING
    decided_by: PersonId | None = None
    decided_at: datetime | None = None
    decision_reason: str = ""
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Question text → answer."""
    used_at: datetime | None = None
    """When the approved call was let through: an approval is good for one execution."""
    what: str = ""
    """Of a tool: what makes another call the same thing (see `core.agents.same_thing`); '' when nothing does."""
    always: bool = False
    """Approved for the rest of the task: its agents may do the same thing again without asking."""
    raise_usd: Decimal | None = None
    """Of a budget: by how much approving raises it, and once it is approved, raised it; None for other kinds."""
    budget: str = ""
    """Of a budget: the key of the shared one it is about; '' for the task's own."""
    limit_usd: Decimal | None = None
    """Of a shared budget: what it was when this was asked."""
    created_at: datetime
