"""What people (and our own nudges) have to say to one running agent, in order, each once."""

import asyncio
from collections import deque

from core.agents.runner import AgentMessage
from core.domain.identity import MessageId
from core.domain.task import AgentRun
from core.engine.specs import pending_for
from core.store.store import Store

NUDGE = (
    "There has been no sign of progress from you for a while. If a command hangs, stop it and try another way; if you "
    "are done, hand in your result; otherwise go on."
)
NUDGE_ID = "nudge"


class RunInbox:
    """The inbox of one process of one run. `bell` is set when somebody says something to the task."""

    def __init__(self, store: Store, run: AgentRun, *, bell: asyncio.Event) -> None:
        self._store = store
        self._run = run
        self._bell = bell
        self._handed_out: set[MessageId] = set()
        self._nudges: deque[AgentMessage] = deque()
        self._nudged = 0

    def nudge(self) -> None:
        """Ask the agent to go on."""
        self._nudged += 1
        # another one in every process: a session takes an id it knows for something it has heard
        name = f"{NUDGE_ID}:{self._run.id}:{self._run.attempts}.{self._nudged}"
        self._nudges.append(AgentMessage(id=MessageId(name), text=NUDGE))
        self._bell.set()

    async def next(self) -> AgentMessage:
        """The oldest message not handed out yet; waits for one."""
        while True:
            self._bell.clear()
            message = await self._oldest()
            if message is not None:
                self._handed_out.add(message.id)
                return message
            await self._bell.wait()

    async def _oldest(self) -> AgentMessage | None:
        if self._nudges:
            return self._nudges.popleft()
        async with self._store.reading() as uow:
            said = await uow.messages.of(self._run.task)
            runs = await uow.agent_runs.of(self._run.task)
        waiting = [one for one in pending_for(self._run, said, runs) if one.id not in self._handed_out]
        return AgentMessage(id=waiting[0].id, text=waiting[0].text) if waiting else None
