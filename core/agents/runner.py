"""The AgentRunner port: start or continue one agent run, hear what it does, learn how it ended."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol

from core.agents.permissions import PermissionPolicy
from core.domain.approval import Question, Risk
from core.domain.cost import TokenUsage
from core.domain.identity import AgentRunId, MessageId
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
class McpServer:
    """An outside tool server a role may use, and which of its tools; every other tool of it is denied."""

    name: str
    tools: tuple[str, ...]
    """Names as the server gives them."""
    command: tuple[str, ...] = ()
    """Program and arguments of a server on stdio; () for one at `url`."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentTool:
    """A tool of ours inside the agent: `handler` gets the input and returns what the agent reads."""

    name: str
    description: str
    input_schema: Mapping[str, object]
    handler: Callable[[Mapping[str, object]], Awaitable[str]]
    """An OrchestratorError it raises is told to the agent as a failed call; anything else ends the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCopy:
    """The session a new one begins as a copy of, up to and including message `until` ('' for all of it)."""

    session: str
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessLimits:
    """What all processes of one run together may use; None for no limit."""

    memory_bytes: int | None = None
    cpus: int | None = None
    """Processors they may run on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentMessage:
    """Something a person (or the orchestrator) tells a running agent."""

    id: MessageId
    text: str


class AgentInbox(Protocol):
    """What waits to be told to one running agent."""

    async def next(self) -> AgentMessage:
        """The oldest message not handed out yet; waits for one."""
        ...


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
    copy_of: SessionCopy | None = None
    """Only looked at when `session` is not known yet."""
    tools: tuple[AgentTool, ...] = ()
    mcp_servers: tuple[McpServer, ...] = ()
    limits: ProcessLimits = ProcessLimits()
    left_usd: float | None = None
    """What the task may still cost, in US dollars; None for no limit."""

    @property
    def spends_the_rest(self) -> bool:
        """Whether what is left of the task's budget bounds the run, because its role's own limit is no lower."""
        own = self.role.limits.max_budget_usd
        return self.left_usd is not None and (own is None or self.left_usd <= own)

    @property
    def max_budget_usd(self) -> float | None:
        """The most this call of `run` may cost, in US dollars; None for no limit."""
        return self.left_usd if self.spends_the_rest else self.role.limits.max_budget_usd


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Progressed:
    """Any other sign of life (a streamed piece, a tool's output), told at most once in 5 s."""

    type: Literal["progressed"] = "progressed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AsksAgain:
    """The model is about to be asked again; what the calls before it used was told. Nothing is lost by ending now."""

    type: Literal["asks_again"] = "asks_again"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageHeard:
    """A message of the inbox is now part of the session."""

    type: Literal["message_heard"] = "message_heard"
    message: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderLimited:
    """The provider says that `model` has no more room until `until` (UTC); the agent itself may go on or end."""

    type: Literal["provider_limited"] = "provider_limited"
    model: str
    until: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcesMeasured:
    """What the processes of this call of `run` used so far."""

    type: Literal["resources_measured"] = "resources_measured"
    peak_memory_bytes: int
    cpu_s: float


AgentSignal = (
    ToolUsed
    | ModelAnswered
    | ApprovalUsed
    | AsksAgain
    | Progressed
    | MessageHeard
    | ProviderLimited
    | ResourcesMeasured
)
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


class FailureKind(StrEnum):
    """Why a run ended without a result."""

    RATE_LIMITED = "rate_limited"
    """429: the provider has no room; nobody's fault, and never counted as a failed attempt."""
    OVERLOADED = "overloaded"
    """5xx of the provider."""
    NETWORK = "network"
    CRASHED = "crashed"
    """The agent program died."""
    REFUSED = "refused"
    """The model declined."""
    CONTEXT_FULL = "context_full"
    NO_RESULT = "no_result"
    """It ended without the typed result."""
    OUT_OF_TURNS = "out_of_turns"
    OUT_OF_BUDGET = "out_of_budget"
    OUT_OF_TIME = "out_of_time"
    OUT_OF_MEMORY = "out_of_memory"
    NOT_ALLOWED = "not_allowed"
    """Key, account or model are not accepted."""
    UNAVAILABLE = "unavailable"
    """The agent program cannot be started."""
    STUCK = "stuck"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFailed:
    """The run ended without a result. `transient` failures may be tried again as they are."""

    type: Literal["failed"] = "failed"
    message: str
    """What happened and what to do, for people; no secrets."""
    transient: bool
    kind: FailureKind = FailureKind.OTHER
    retry_after_s: float | None = None
    """How long the provider asked to be left alone; None when it said nothing."""
    at_once: bool = False
    """Whether the first try after it need not wait: what failed had nothing to do with the load on anything."""
    reported_cost_usd: Decimal | None = None


AgentOutcome = AgentCompleted | AgentWaiting | AgentFailed


class AgentRunner(Protocol):
    """One kind of agent program."""

    async def check(self) -> None:
        """Raise AgentUnavailableError, with what to do, when no agent could be started at all."""
        ...

    async def end_orphans(self) -> int:
        """End what agents of earlier, dead processes of this home left running; how many processes there were."""
        ...

    async def run(self, spec: AgentSpec, *, on_signal: OnSignal, inbox: AgentInbox | None = None) -> AgentOutcome:
        """Work until the run completes, waits or fails; what comes into `inbox` is told to the agent while it works.

        Cancelling the awaiting task stops the agent and every process it started before CancelledError comes out.
        """
        ...

    async def forget(self, session: str, *, worktree: Path) -> None:
        """Drop a session that nobody goes on with; fine when there is none."""
        ...
