"""Where a play acts: the part of the runner in memory that a play of an agent sees."""

import inspect
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import cast

from core.agents.permissions import Effect, Verdict
from core.agents.runner import (
    AgentFailed,
    AgentMessage,
    AgentSpec,
    AgentTool,
    ApprovalUsed,
    MessageHeard,
    ModelAnswered,
    OnSignal,
    Progressed,
    ProviderLimited,
    RequestedCall,
    ToolDecision,
    ToolUsed,
)
from core.agents.verdicts import own_tool, verdict_on
from core.domain.approval import Choice, Question
from core.domain.cost import TokenUsage
from core.domain.errors import OrchestratorError

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
    said: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """All that was said in it, oldest first, each with the id of the model's message it belongs to ('' for none)."""
    heard: list[AgentMessage] = field(default_factory=list[AgentMessage])

    def copy(self, *, until: str) -> "Remembered":
        """A new session that knows what was said in this one up to message `until` ('' for all), and did nothing."""
        last = max((index for index, (message, _) in enumerate(self.said) if message == until), default=None)
        return Remembered(said=self.said[:] if not until or last is None else self.said[: last + 1])


class WaitsError(Exception):
    """Ends a play whose calls wait for a person."""


class Stage:
    """Where a play acts. Every call passes the policy and people's decisions, as with the real runner."""

    def __init__(
        self, spec: AgentSpec, *, remembered: Remembered, tools: Tools, on_signal: OnSignal, inbox: deque[AgentMessage]
    ) -> None:
        self.spec = spec
        self._remembered = remembered
        self._tools = tools
        self._on_signal = on_signal
        self._decisions = {decision.tool_use_id: decision for decision in spec.decisions}
        self._calls = 0
        self._inbox = inbox
        self._own: Mapping[str, AgentTool] = {own_tool(tool.name): tool for tool in spec.tools}

    @property
    def heard(self) -> tuple[AgentMessage, ...]:
        """What was told to this agent while it worked, oldest first."""
        return tuple(self._remembered.heard)

    @property
    def remembers(self) -> tuple[str, ...]:
        """All that the agent has before its eyes: what it was asked, told, and saw as results."""
        return tuple(text for _, text in self._remembered.said)

    async def progress(self) -> None:
        """Show a sign of life."""
        await self._on_signal(Progressed())

    async def limited(self, *, until: datetime, detail: str = "") -> None:
        """Have the provider say that there is no more room until then (UTC)."""
        await self._on_signal(ProviderLimited(model=self.spec.model, until=until, detail=detail))

    async def use(self, tool: str, tool_input: ToolInput) -> ToolReply:
        """Make one call; ends the play here when a person must decide it."""
        return (await self.use_together([(tool, tool_input)]))[0]

    async def use_together(self, calls: Sequence[tuple[str, ToolInput]]) -> list[ToolReply]:
        """Make several calls in one turn; when some wait for people, the others are done before the play ends."""
        numbered = [(self._next_id(), tool, tool_input) for tool, tool_input in calls]
        new = [call for call, _, _ in numbered if call not in self._remembered.replies]
        if new:
            await self._answered(numbered[0][0])
        for call, tool, tool_input in numbered:
            if call in new:
                await self._settle(call, tool, tool_input)
        if any(call in self._remembered.asked for call, _, _ in numbered):
            raise WaitsError
        replies = self._remembered.replies
        self._remembered.said += [(self._message(numbered[0][0]), replies[call].text) for call in new]
        await self._listen()
        return [replies[call] for call, _, _ in numbered]

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
        verdict = verdict_on(self.spec, tool=tool, tool_input=tool_input)
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
        if tool in self._own:
            return await _served(self._own[tool], tool_input)
        said = self._tools(tool, tool_input, self.spec.worktree)
        return ToolReply(text=await said if inspect.isawaitable(said) else said)

    async def _listen(self) -> None:
        """Between two turns: hear what has come into the inbox."""
        while self._inbox:
            message = self._inbox.popleft()
            if message.id not in {heard.id for heard in self._remembered.heard}:
                self._remembered.heard.append(message)
                self._remembered.said.append(("", message.text))
            await self._on_signal(MessageHeard(message=message.id))

    async def _answered(self, name: str) -> None:
        message_id = self._message(name)
        await self._on_signal(ModelAnswered(message_id=message_id, model=self.spec.model, usage=USAGE))

    def _message(self, name: str) -> str:
        return f"{self.spec.agent_run}/{name}"


async def _served(tool: AgentTool, tool_input: ToolInput) -> ToolReply:
    try:
        return ToolReply(text=await tool.handler(tool_input))
    except OrchestratorError as error:
        return ToolReply(text=" ".join(filter(None, (error.message, error.hint))), refused=True)


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
