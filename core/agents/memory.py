"""An AgentRunner without a model, a process or a network: plays written as plain functions, for tests and trials.

It is proven by the same contract suite as the real one. A play is an async function that acts through its Stage. When
a run continues, the play starts again from the top; calls that are already done return what they returned before, as
a session that is resumed remembers them.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from core.agents.runner import (
    AgentCompleted,
    AgentFailed,
    AgentInbox,
    AgentMessage,
    AgentOutcome,
    AgentSpec,
    AgentWaiting,
    FailureKind,
    OnSignal,
    ResourcesMeasured,
    SessionCopy,
)
from core.agents.stage import Play, Remembered, Stage, ToolInput, ToolReply, Tools, WaitsError

__all__ = ["MemoryAgentRunner", "Play", "Remembered", "Stage", "ToolInput", "ToolReply", "Tools"]

MEASURED = ResourcesMeasured(peak_memory_bytes=2**20, cpu_s=0.01)
"""What each run is said to use."""


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

    async def end_orphans(self) -> int:
        """There are no processes."""
        return 0

    async def run(self, spec: AgentSpec, *, on_signal: OnSignal, inbox: AgentInbox | None = None) -> AgentOutcome:
        """Play until the end, or until a person must decide."""
        self.starts.append(spec)
        remembered = self._session(spec)
        if remembered.result is not None:
            return AgentCompleted(result=remembered.result)
        async with _collected(inbox) as messages:
            stage = Stage(spec, remembered=remembered, tools=self._tools, on_signal=on_signal, inbox=messages)
            ended = await self._in_time(stage, remembered)
        await on_signal(MEASURED)
        return ended

    async def forget(self, session: str, *, worktree: Path) -> None:
        """Drop what is remembered of a session."""
        self._sessions.pop(session, None)

    def _session(self, spec: AgentSpec) -> Remembered:
        if spec.session not in self._sessions:
            copy = spec.copy_of or SessionCopy(session="")
            source = self._sessions.get(copy.session, Remembered())
            self._sessions[spec.session] = source.copy(until=copy.until)
            self._sessions[spec.session].said.append(("", spec.prompt))
        return self._sessions[spec.session]

    async def _in_time(self, stage: Stage, remembered: Remembered) -> AgentOutcome:
        limit_s = stage.spec.role.limits.timeout_s
        try:
            async with asyncio.timeout(limit_s):
                return await self._play(stage, remembered)
        except TimeoutError:
            return AgentFailed(
                message=f"The {stage.spec.role.name} was stopped after {limit_s:g} s. Raise its `timeout_s`.",
                transient=False,
                kind=FailureKind.OUT_OF_TIME,
            )

    async def _play(self, stage: Stage, remembered: Remembered) -> AgentOutcome:
        play = self._plays(stage.spec) if callable(self._plays) else self._plays[stage.spec.role.name]
        try:
            ended = await play(stage)
        except WaitsError:
            return AgentWaiting(calls=tuple(remembered.asked.values()))
        if isinstance(ended, AgentFailed):
            return ended
        await stage.finished()
        remembered.result = ended
        return AgentCompleted(result=ended)


@asynccontextmanager
async def _collected(inbox: AgentInbox | None) -> AsyncGenerator[deque[AgentMessage]]:
    """What comes into the inbox meanwhile; what its reading raises comes out at the end."""
    messages: deque[AgentMessage] = deque()
    if inbox is None:
        yield messages
        return

    async def collect() -> None:
        while True:
            messages.append(await inbox.next())

    collecting = asyncio.create_task(collect())
    try:
        yield messages
    finally:
        collecting.cancel()
        await asyncio.wait({collecting})
    if not collecting.cancelled():
        collecting.result()


def _nothing(_tool: str, _tool_input: ToolInput, _worktree: Path) -> str:
    return "done"
