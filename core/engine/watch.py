"""Tells those who wait in this process what the journal says, at once, so that nobody polls the database."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Generator

import structlog

from core.domain.approval import ApprovalKind
from core.domain.budget_event import BudgetLimitChanged
from core.domain.errors import StoreError
from core.domain.event import (
    AgentRunStateChanged,
    ApprovalDecided,
    BudgetChanged,
    BudgetReached,
    JournalEntry,
    StepStateChanged,
    TaskStateChanged,
    TaskSteered,
)
from core.domain.forge_event import PublishingRequested
from core.domain.identity import TaskId
from core.engine.hooks import Hooks
from core.store.store import Store

RETRY_S = 1.0
CATCH_UP_S = 1.0
"""How long whoever stops waits for hooks to hear of what has happened; one that hangs must not keep it from ending."""

log = structlog.get_logger(__name__)


class Watch:
    """Follows the journal once for the whole process, from `start` to `stop`."""

    def __init__(
        self, store: Store, *, hooks: Hooks | None = None, retry_s: float = RETRY_S, catch_up_s: float = CATCH_UP_S
    ) -> None:
        self._store = store
        self._hooks = hooks or Hooks()
        self._retry_s = retry_s
        self._catch_up_s = catch_up_s
        self._hooks_heard = 0
        self._hooks_moved = asyncio.Event()
        self._moved: dict[TaskId, set[asyncio.Event]] = defaultdict(set)
        self._steered: dict[TaskId, set[asyncio.Event]] = defaultdict(set)
        self.queue_changed = asyncio.Event()
        """Set when a run was queued or its place became free."""
        self._followers: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to follow from now on."""
        after = await self._store.journal.last_seq()
        self._followers.append(asyncio.create_task(self._follow(after, self._tell), name="engine-watch"))
        if self._hooks.hooks:
            # by itself: a hook that takes its time must not keep anybody else waiting
            self._hooks_heard = after
            self._followers.append(asyncio.create_task(self._follow(after, self._tell_hooks), name="engine-hooks"))

    async def stop(self) -> None:
        """Stop following, and wait for the followers to end; hooks hear of what has happened, if they are quick."""
        if self._hooks.hooks and self._followers:
            with contextlib.suppress(TimeoutError, StoreError):
                async with asyncio.timeout(self._catch_up_s):
                    await self._hooks_catch_up()
        for follower in self._followers:
            follower.cancel()
        await asyncio.gather(*self._followers, return_exceptions=True)
        self._followers.clear()

    @contextlib.contextmanager
    def moves(self, task: TaskId) -> Generator[asyncio.Event]:
        """An event that is set whenever a state of `task` moves; clear it before looking at the state."""
        with _listening(self._moved, task) as told:
            yield told

    @contextlib.contextmanager
    def steering(self, task: TaskId) -> Generator[asyncio.Event]:
        """An event that is set whenever a person says something to the agents of `task`."""
        with _listening(self._steered, task) as told:
            yield told

    async def _follow(self, after: int, tell: Callable[[JournalEntry], Awaitable[None]]) -> None:
        """Pass on what the journal says; a store that cannot be read is tried again."""
        while True:
            try:
                async for entry in self._store.journal.follow(after=after):
                    await tell(entry)
                    after = entry.seq
            except StoreError as error:
                log.warning("journal_not_readable", reason=error.message)
                await asyncio.sleep(self._retry_s)
            else:
                return

    async def _hooks_catch_up(self) -> None:
        last = await self._store.journal.last_seq()
        while self._hooks_heard < last:
            self._hooks_moved.clear()
            await self._hooks_moved.wait()

    async def _tell_hooks(self, entry: JournalEntry) -> None:
        await self._hooks.tell(entry)
        self._hooks_heard = entry.seq
        self._hooks_moved.set()

    async def _tell(self, entry: JournalEntry) -> None:
        match entry.event:
            case AgentRunStateChanged() | TaskStateChanged() | BudgetChanged():
                self.queue_changed.set()
                _wake(self._moved.get(entry.task))
            case BudgetLimitChanged():
                # whoever drives a task that it held finds out; there are few of them
                self.queue_changed.set()
                for waiting in list(self._moved.values()):
                    _wake(waiting)
            case ApprovalDecided(kind=ApprovalKind.BUDGET):
                self.queue_changed.set()
                _wake(self._moved.get(entry.task))
            case ApprovalDecided() | StepStateChanged() | BudgetReached() | PublishingRequested():
                _wake(self._moved.get(entry.task))
            case TaskSteered():
                _wake(self._steered.get(entry.task))
            case _:
                pass


@contextlib.contextmanager
def _listening(table: dict[TaskId, set[asyncio.Event]], task: TaskId) -> Generator[asyncio.Event]:
    told = asyncio.Event()
    table[task].add(told)
    try:
        yield told
    finally:
        table[task].discard(told)
        if not table[task]:
            del table[task]


def _wake(waiting: set[asyncio.Event] | None) -> None:
    for event in waiting or ():
        event.set()
