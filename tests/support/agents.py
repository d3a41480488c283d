"""Agents for tests: a policy of plain words, a spec, and an obedient scripted model that acts a list of turns."""

import asyncio
import json
import os
import re
import signal
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from adapters.claude.transcript import WAITS
from bot.demo.scripted import Conversation, Reply, Script, ToolUse, Turn, finish
from core.agents.permissions import Effect, Verdict
from core.agents.runner import (
    AgentMessage,
    AgentSignal,
    AgentSpec,
    ApprovalUsed,
    MessageHeard,
    RequestedCall,
    ToolDecision,
)
from core.domain.identity import AgentRunId, MessageId
from core.domain.role import ResultKind, Role, RoleLimits

Call = tuple[str, Mapping[str, object]]
Turns = Sequence[Sequence[Call]]

SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"summary": {"type": "string"}},
    "required": ["summary"],
    "additionalProperties": False,
}
RESULT = {"summary": "It is done."}
PATH = "/usr/local/bin:/usr/bin:/bin"
_APPROVED = re.compile(r"^- (?:\[\w+\] )?(\w+) (\{.*\})(?:: approved\. Make exactly.*)?$", re.MULTILINE)


def bash(command: str) -> Call:
    """A shell command."""
    return ("Bash", {"command": command})


def leaves(line: str, *, risky: bool = False) -> Call:
    """A command that leaves a line in `ran.txt`: how often it ran can be read there."""
    return bash(f"echo {line} >> ran.txt{' # risky' if risky else ''}")


class PolicyOfWords:
    """`risky` in a command asks, `forbidden` denies, everything else is allowed."""

    def decide(self, *, tool: str, tool_input: Mapping[str, object], worktree: Path) -> Verdict:
        command = str(tool_input.get("command", ""))
        if "forbidden" in command:
            return Verdict(effect=Effect.DENY, reason="The rules forbid it.")
        if "risky" in command:
            return Verdict(effect=Effect.ASK, reason="It is risky.")
        return Verdict(effect=Effect.ALLOW)


def a_role(**changes: Any) -> Role:
    """A builder with the usual tools, and more time than any of its work takes on a busy machine."""
    role = Role(
        name="builder",
        description="Builds.",
        prompt="Build.",
        model="claude-sonnet-4-5",
        result=ResultKind.CHANGE,
        writes=True,
        tools=("Bash", "Read", "Edit", "Write", "AskUserQuestion"),
        limits=RoleLimits(timeout_s=300.0, max_turns=20),
    )
    return replace(role, **changes)


def a_spec(worktree: Path, **changes: Any) -> AgentSpec:
    """Agent run T1.1 in `worktree`, a session of its own, no secrets in its environment."""
    spec = AgentSpec(
        agent_run=AgentRunId("T1.1"),
        session=str(uuid.uuid4()),
        role=a_role(),
        model="claude-sonnet-4-5",
        system_prompt="Role: builder\nYou build.",
        prompt="Please do the work.",
        worktree=worktree,
        result_schema=SCHEMA,
        policy=PolicyOfWords(),
        environment={"PATH": PATH, "LANG": "C.UTF-8"},
    )
    return replace(spec, **changes)


def decided(call: RequestedCall, *, approved: bool, **changes: Any) -> ToolDecision:
    """A decision on `call`."""
    decision = ToolDecision(
        approval=f"A{abs(hash(call.tool_use_id)) % 10**9}",
        tool_use_id=call.tool_use_id,
        tool=call.tool,
        tool_input=call.tool_input,
        approved=approved,
    )
    return replace(decision, **changes)


@dataclass(kw_only=True)
class Ears:
    """Hears signals and keeps them; `react` may do more."""

    heard: list[AgentSignal] = field(default_factory=list[AgentSignal])
    react: Callable[[AgentSignal], None] | None = None

    async def __call__(self, signal: AgentSignal) -> None:
        self.heard.append(signal)
        if self.react is not None:
            self.react(signal)

    @property
    def approvals_used(self) -> list[str]:
        """Approvals that were used up, in order."""
        return [signal.approval for signal in self.heard if isinstance(signal, ApprovalUsed)]

    @property
    def messages(self) -> list[MessageId]:
        """Messages the agent has heard, in order."""
        return [signal.message for signal in self.heard if isinstance(signal, MessageHeard)]


class Box:
    """An inbox that holds what it is given."""

    def __init__(self, *messages: AgentMessage) -> None:
        self._messages: asyncio.Queue[AgentMessage] = asyncio.Queue()
        for message in messages:
            self.put(message)

    def put(self, message: AgentMessage) -> None:
        self._messages.put_nowait(message)

    async def next(self) -> AgentMessage:
        return await self._messages.get()


def says(text: str, *, name: str = "M1") -> AgentMessage:
    """A message for a running agent."""
    return AgentMessage(id=MessageId(name), text=text)


def obedient(turns: Turns, result: Mapping[str, object] | None = None) -> Script:
    """A model that makes the calls of each turn, approved ones again when told to, and hands in `result`."""

    def script(asked: Conversation) -> Turn:
        settled = [(each.tool, dict(each.tool_input)) for each in asked.results if WAITS not in each.text]
        approved = [call for call in _approved(asked) if call not in settled]
        if approved:
            return _reply(approved)
        seen = [(each.tool, dict(each.tool_input)) for each in asked.results]
        for turn in turns:
            if any(not _among(call, seen) for call in turn):
                return _reply(turn)
        return finish(result or RESULT)

    return script


def _among(call: Call, seen: Sequence[Call]) -> bool:
    # The CLI adds answers to the input of a question: compared by what was asked.
    tool, wanted = call
    return any(tool == name and wanted.items() <= dict(given).items() for name, given in seen)


def _reply(calls: Sequence[Call]) -> Reply:
    return Reply(blocks=tuple(ToolUse(name=tool, input=tool_input) for tool, tool_input in calls))


def _approved(asked: Conversation) -> list[Call]:
    texts = "\n".join([*asked.texts, *(each.text for each in asked.results)])
    found = [(match[1], match[2]) for match in _APPROVED.finditer(texts) if "Make exactly" in texts]
    return [(tool, json.loads(tool_input)) for tool, tool_input in found]


async def shell(tool: str, tool_input: Mapping[str, object], worktree: Path) -> str:
    """Carries out Bash calls for runners without tools of their own; the process group ends when cancelled."""
    if tool != "Bash":
        return "done"
    process = await asyncio.create_subprocess_exec(
        "/bin/sh", "-c", str(tool_input["command"]), cwd=worktree, start_new_session=True,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        output, _ = await process.communicate()
    except asyncio.CancelledError:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        raise
    return output.decode()
