"""The room as a test sees it: one platform, one program, what stands there and what is in the store."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from adapters.chat.card import Card
from bot.commands.grammar import Verb
from bot.commands.registry import Handler
from bot.compose import Program
from bot.conversation.conversation import Conversation
from bot.conversation.following import Following
from bot.delivery.delivery import ChatDelivery
from bot.inbox import Inbox
from core.agents.memory import Play
from core.domain.approval import Approval
from core.domain.audit import AuditEntry
from core.domain.identity import Place, TaskId
from core.domain.task import TaskState
from core.views import TaskView
from tests.support.conversations.people import People
from tests.support.conversations.sight import PATIENCE_S

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.01, 0.08
"""Between two looks into the store: what takes long is not looked at all the time."""
T = TypeVar("T")


@dataclass(kw_only=True, repr=False)
class Room(People):
    """One platform, one program."""

    program: Program
    conversation: Conversation
    delivery: ChatDelivery
    following: Following
    inbox: Inbox
    commands: dict[Verb, Handler]
    """Handlers a test puts in the place of the real ones."""
    plays: dict[str, Play]
    """By step or role, or `project/step`; the usual for the others."""

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """What hypothesis prints of it: not everything that hangs on it."""
        printer.text("Room()")

    async def thread(self, task: str) -> Place:
        """Where the task is talked about, once it has its thread."""

        async def place() -> Place | None:
            async with self.program.store.reading() as uow:
                thread = await uow.threads.of(TaskId(task))
            return thread.place if thread is not None else None

        return await self.sooner_or_later(place)

    async def card(self, key: str, *, saying: str = "") -> Card:
        """The card once it stands and is written down: only then is a press or a reply there known as one on it."""
        found = await super().card(key, saying=saying)

        async def written_down() -> bool:
            async with self.program.store.reading() as uow:
                return bool(await uow.cards.of(key))

        await self.sooner_or_later(written_down)
        return found

    async def task(self, task: str, *states: TaskState) -> TaskView:
        """The task, once it is in one of `states`."""

        async def view() -> TaskView | None:
            async with self.program.store.reading() as uow:
                known = [each.id for each in await uow.tasks.list(limit=100)]
            if task not in known:
                return None
            found = await self.program.reader.task(TaskId(task))
            return found if not states or found.task.state in states else None

        return await self.sooner_or_later(view)

    async def tasks(self) -> list[TaskView]:
        """All tasks, oldest first."""
        return (await self.program.reader.tasks(limit=50))[::-1]

    async def asked(self, task: str = "T1") -> Approval:
        """The task's open question, once there is one."""

        async def first() -> Approval | None:
            waiting = [each for each in await self.program.reader.pending_approvals() if each.task == task]
            return waiting[0] if waiting else None

        return await self.sooner_or_later(first)

    async def audit(self) -> list[AuditEntry]:
        """The trail, oldest first, of all that came in: what is done may be seen before its row is there."""
        await self.settled()
        async with self.program.store.reading() as uow:
            return (await uow.audit.entries(200))[::-1]

    async def settled(self) -> None:
        """Everything that came in is acted on."""

        async def nothing() -> bool:
            async with self.program.store.reading() as uow:
                return not await uow.hearings.waiting(self.chat.platform, limit=1)

        await self.sooner_or_later(nothing)

    async def sooner_or_later(self, look: Callable[[], Awaitable[T | None]]) -> T:
        """What `look` says once it says something; looked at again and again."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                pause_s = FIRST_PAUSE_S
                while not (found := await look()):
                    await asyncio.sleep(pause_s)
                    pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        except TimeoutError:
            raise AssertionError(f"waited in vain; what stands there:\n{self.all_that_stands()}") from None
        return found
