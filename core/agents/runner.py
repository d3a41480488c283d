"""The AgentRunner port: start or continue one agent run, hear what it does, learn how it ended."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal, Protocol

from core.agents.permissions import PermissionPolicy
from core.domain.approval import Question, Risk
from core.domain.cost import TokenUsage
from core.domain.identity import AgentRunId
from core.domain.role import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolDecision:
    """What a person decided about one call an earlier part of this run asked for.

    `used` says that an approved call was already let through once: its outcome is then unknown after a crash, and it
    must not run again without a new question.
    """

    approval: str
    tool_use_id: str
    tool: str
    tool_input: Mapping[str, object]
    approved: bool
    reason: str = ""
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    used: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSpec:
    """Everything one agent run needs. The same spec after a crash or a decision continues the same session."""

    agent_run: AgentRunId
    session: str
    """UUID of the session: continued when the runner knows it, begun otherwise."""
    role: Role
    model: str
    system_prompt: str
    prompt: str
    worktree: Path
    result_schema: Mapping[str, object]
    """JSON schema of the typed result."""
    policy: PermissionPolicy
    decisions: tuple[ToolDecision, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    """The whole environment of the agent; nothing is inherited."""
    log_folder: Path | None = None
    """Where prompt.txt, text.txt, tools.jsonl and summary.jsonl go; None for no file logs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUsed:
    """The agent began a tool call; `activity` is one printable line such as `Editing src/money.py`."""

    type: Literal["tool_used"] = "tool_used"
    tool: str
    activity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAnswered:
    """One model call is complete; told once per message id and process, again after a crash at the most."""

    type: Literal["model_answered"] = "model_answered"
    message_id: str
    model: str
    usage: TokenUsage


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalUsed:
    """An approved call is about to run: recorded before it does, so that it can never run twice."""

    type: Literal["approval_used"] = "approval_used"
    approval: str


AgentSignal = ToolUsed | ModelAnswered | ApprovalUsed
OnSignal = Callable[[AgentSignal], Awaitable[None]]
"""Awaited before the agent goes on; what it raises ends the run and comes out of `run`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedCall:
    """A call that waits for a person: a risky tool, or a question (then `questions` is not empty)."""

    tool_use_id: str
    tool: str
    tool_input: Mapping[str, object]
    title: str
    detail: str
    reason: str
    risk: Risk
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentCompleted:
    """The run ended with a result that fits the schema."""

    type: Literal["completed"] = "completed"
    result: Mapping[str, object]
    reported_cost_usd: Decimal | None = None
    """What the agent program says this call of `run` cost, earlier calls not counted; None when it does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentWaiting:
    """The run ended its process and waits for people to decide these calls; none of one turn is missing."""

    type: Literal["waiting"] = "waiting"
    calls: tuple[RequestedCall, ...]
    reported_cost_usd: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFailed:
    """The run ended without a result. `transient` failures may be tried again as they are."""

    type: Literal["failed"] = "failed"
    message: str
    """What happened and what to do, for people; no secrets."""
    transient: bool
    reported_cost_usd: Decimal | None = None


AgentOutcome = AgentCompleted | AgentWaiting | AgentFailed


class AgentRunner(Protocol):
    """One kind of agent program."""

    async def check(self) -> None:
        """Raise AgentUnavailableError, with what to do, when no agent could be started at all."""
        ...

    async def run(self, spec: AgentSpec, *, on_signal: OnSignal) -> AgentOutcome:
        """Work until the run completes, waits or fails.

        Cancelling the awaiting task stops the agent and every process it started before CancelledError comes out.
        """
        ...
