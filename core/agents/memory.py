"""An AgentRunner without a model, a process or a network: plays written as plain functions, for tests and trials.

It is proven by the same contract suite as the real one. A play is an async function that acts through its Stage. When
a run continues, the play starts again from the top; calls that are already done return what they returned before, as
a session that is resumed remembers them.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from core.agents.permissions import Effect, Verdict
from core.agents.runner import (
    AgentCompleted,
    AgentFailed,
    AgentInbox,
    AgentOutcome,
    AgentSpec,
    AgentWaiting,
    ApprovalUsed,
    ModelAnswered,
    OnSignal,
    RequestedCall,
    ToolDecision,
    ToolUsed,
)
from core.domain.approval import Choice, Question
from core.domain.cost import TokenUsage

QUESTION_TOOL = "AskUserQuestion"
INTERRUPTED = "This call was approved and started, but interrupted; check its effect, and ask again to repeat it."
USAGE = TokenUsage(input_tokens=100, output_tokens=10)
"""What each model call of a play is said to use."""

ToolInput = Mapping[str, object]
Tools = Callable[[str, ToolInput, Path], "str | Awaitable[str]"]
"""Carries out a call in a worktree and returns what the agent sees of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolReply:
    """What the agent sees of one call; `refused` when it did not run."""

    text: str
    refused: bool = False


Play = Callable[["Stage"], Awaitable[Mapping[str, object] | AgentFailed]]


@dataclass(slots=True, kw_only=True)
class Remembered:
    """What one session has done so far."""

    replies: dict[str, ToolReply] = field(default_factory=dict[str, ToolReply])
    asked: dict[str, RequestedCall] = field(default_factory=dict[str, RequestedCall])
    result: Mapping[str, object] | None = None


class _WaitsError(Exception):
    """Ends a play whose calls wait for a person."""


class Stage:
    """Where a play acts. Every call passes the policy and people's decisions, as with the real runner."""

    def __init__(self, spec: AgentSpec, *, remembered: Remembered, tools: Tools, on_signal: OnSignal) -> None:
        self.spec = spec
        self._remembered = remembered
        self._tools = tools
        self._on_signal = on_signal
        self._decisions = {decision.tool_use_id: decision for decision in spec.decisions}
        self._calls = 0

    async def use(self, tool: str, tool_input: ToolInput) -> ToolReply:
        """Make one call; ends the play here when a person must decide it."""
        return (await self.use_together([(tool, tool_input)]))[0]

    async def use_together(self, calls: Sequence[tuple[str, ToolInput]]) -> list[ToolReply]:
        """Make several calls in one turn; when some wait for people, the others are done before the play ends."""
        numbered = [(self._next_id(), tool, tool_input) for tool, tool_input in calls]
        if any(call not in self._remembered.replies for call, _, _ in numbered):
            await self._answered(numbered[0][0])
        for call, tool, tool_input in numbered:
            if call not in self._remembered.replies:
                await self._settle(call, tool, tool_input)
        if any(call in self._remembered.asked for call, _, _ in numbered):
            raise _WaitsError
        return [self._remembered.replies[call] for call, _, _ in numbered]

    async def ask(self, text: str, *, choices: Sequence[str] = ()) -> ToolReply:
        """Ask a person; the reply holds the answer, or is refused when they did not want to answer."""
        options = [{"label": choice, "description": ""} for choice in choices]
        return await self.use(QUESTION_TOOL, {"questions": [{"question": text, "options": options}]})

    async def finished(self) -> None:
        """The last model call, with which the play hands in its result."""
        await self._answered("end")

    def _next_id(self) -> str:
        self._calls += 1
        return f"{self.spec.session}:{self._calls}"

    async def _settle(self, call: str, tool: str, tool_input: ToolInput) -> None:
        """Run or refuse one call, or leave it among those that are asked."""
        decision = self._decisions.get(call)
        if decision is not None:
            self._remembered.asked.pop(call, None)
            self._remembered.replies[call] = await self._decided(decision)
            return
        verdict = self.spec.policy.decide(tool=tool, tool_input=tool_input, worktree=self.spec.worktree)
        if verdict.effect is Effect.DENY:
            self._remembered.replies[call] = ToolReply(text=verdict.reason, refused=True)
        elif verdict.effect is Effect.ASK or tool == QUESTION_TOOL:
            self._remembered.asked[call] = _request(call, tool, tool_input, verdict=verdict)
        else:
            self._remembered.replies[call] = await self._carried_out(tool, tool_input)

    async def _decided(self, decision: ToolDecision) -> ToolReply:
        if not decision.approved:
            return ToolReply(text=f"A person denied this: {decision.reason}", refused=True)
        if decision.tool == QUESTION_TOOL:
            await self._on_signal(ApprovalUsed(approval=decision.approval))
            return ToolReply(text="; ".join(f"{asked}={answer}" for asked, answer in decision.answers.items()))
        if decision.used:
            return ToolReply(text=INTERRUPTED, refused=True)
        await self._on_signal(ApprovalUsed(approval=decision.approval))
        return await self._carried_out(decision.tool, decision.tool_input)

    async def _carried_out(self, tool: str, tool_input: ToolInput) -> ToolReply:
        await self._on_signal(ToolUsed(tool=tool, activity=f"Using {tool}"))
        said = self._tools(tool, tool_input, self.spec.worktree)
        return ToolReply(text=await said if inspect.isawaitable(said) else said)

    async def _answered(self, name: str) -> None:
        message_id = f"{self.spec.agent_run}/{name}"
        await self._on_signal(ModelAnswered(message_id=message_id, model=self.spec.model, usage=USAGE))


class MemoryAgentRunner:
    """Runs the play of each role. `tools` carries out calls; without it they do nothing and say `done`.

    Sessions live as long as the runner; give the same `sessions` to another one to continue them there.
    """

    def __init__(
        self,
        plays: Mapping[str, Play] | Callable[[AgentSpec], Play],
        *,
        tools: Tools | None = None,
        sessions: dict[str, Remembered] | None = None,
    ) -> None:
        self._plays = plays
        self._tools = tools or _nothing
        self._sessions = {} if sessions is None else sessions
        self.starts: list[AgentSpec] = []
        """The spec of every call of `run`, oldest first."""

    async def check(self) -> None:
        """There is nothing that could be missing."""

    async def run(self, spec: AgentSpec, *, on_signal: OnSignal, inbox: AgentInbox | None = None) -> AgentOutcome:
        """Play until the end, or until a person must decide."""
        self.starts.append(spec)
        remembered = self._sessions.setdefault(spec.session, Remembered())
        if remembered.result is not None:
            return AgentCompleted(result=remembered.result)
        stage = Stage(spec, remembered=remembered, tools=self._tools, on_signal=on_signal)
        try:
            async with asyncio.timeout(spec.role.limits.timeout_s):
                return await self._play(stage, remembered)
        except TimeoutError:
            limit_s = spec.role.limits.timeout_s
            return AgentFailed(
                message=f"The {spec.role.name} was stopped after {limit_s:g} s. Raise its `timeout_s`.", transient=False
            )

    async def _play(self, stage: Stage, remembered: Remembered) -> AgentOutcome:
        play = self._plays(stage.spec) if callable(self._plays) else self._plays[stage.spec.role.name]
        try:
            ended = await play(stage)
        except _WaitsError:
            return AgentWaiting(calls=tuple(remembered.asked.values()))
        if isinstance(ended, AgentFailed):
            return ended
        await stage.finished()
        remembered.result = ended
        return AgentCompleted(result=ended)


def _nothing(_tool: str, _tool_input: ToolInput, _worktree: Path) -> str:
    return "done"


def _request(call: str, tool: str, tool_input: ToolInput, *, verdict: Verdict) -> RequestedCall:
    asked = _questions(tool_input) if tool == QUESTION_TOOL else ()
    command = str(tool_input.get("command", "")) or str(dict(tool_input))
    return RequestedCall(
        tool_use_id=call,
        tool=tool,
        tool_input=tool_input,
        title=asked[0].text if asked else f"Run `{command}`",
        detail="" if asked else command,
        reason=verdict.reason,
        risk=verdict.risk,
        questions=asked,
    )


def _questions(tool_input: ToolInput) -> tuple[Question, ...]:
    items = cast("list[Mapping[str, object]]", tool_input.get("questions", []))
    return tuple(
        Question(
            text=str(item["question"]),
            choices=tuple(
                Choice(label=str(option["label"]), description=str(option.get("description", "")))
                for option in cast("list[Mapping[str, object]]", item.get("options", []))
            ),
        )
        for item in items
    )
