"""Tells waiting workflows at once what the journal says, so that they need not poll the database."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Generator
from typing import TypeVar

import structlog

from core.domain.errors import StoreError
from core.domain.event import AgentRunStateChanged, JournalEntry, TaskStateChanged
from core.domain.identity import AgentRunId, TaskId
from core.domain.task import FINAL_TASK_STATES, AgentRunState
from core.store.store import Store

Key = TypeVar("Key", AgentRunId, TaskId)

_AT_WORK = frozenset({AgentRunState.QUEUED.value, AgentRunState.RUNNING.value})
_FINAL = frozenset(state.value for state in FINAL_TASK_STATES)

log = structlog.get_logger(__name__)


class Watch:
    """Follows the journal once for the whole process; an async context manager that owns its task."""

    def __init__(self, store: Store, *, retry_s: float = 1.0) -> None:
        self._store = store
        self._retry_s = retry_s
        self._runs: dict[AgentRunId, set[asyncio.Event]] = defaultdict(set)
        self._tasks: dict[TaskId, set[asyncio.Event]] = defaultdict(set)
        self._follower: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to follow from now on."""
        after = await self._store.journal.last_seq()
        self._follower = asyncio.create_task(self._follow(after), name="engine-watch")

    async def stop(self) -> None:
        """Stop following, and wait for the follower to end."""
        if self._follower is not None:
            self._follower.cancel()
            await asyncio.gather(self._follower, return_exceptions=True)
            self._follower = None

    async def _follow(self, after: int) -> None:
        """Tell those who wait what the journal says; a store that cannot be read is tried again."""
        while True:
            try:
                async for entry in self._store.journal.follow(after=after):
                    self._tell(entry)
                    after = entry.seq
            except StoreError as error:
                log.warning("journal_not_readable", reason=error.message)
                await asyncio.sleep(self._retry_s)
            else:
                return

    def _tell(self, entry: JournalEntry) -> None:
        match entry.event:
            case AgentRunStateChanged() if entry.event.target not in _AT_WORK:
                _wake(self._runs.get(entry.event.agent_run))
            case TaskStateChanged() if entry.event.target in _FINAL:
                _wake(self._tasks.get(entry.task))
            case _:
                pass

    async def run_at_rest(
        self, agent_run: AgentRunId, *, given_up: Callable[[], Awaitable[bool]], recheck_s: float = 30.0
    ) -> None:
        """Return once `agent_run` is neither queued nor running, or nobody works on it any more (`given_up`)."""

        async def at_rest() -> bool:
            async with self._store.reading() as uow:
                run = await uow.agent_runs.get(agent_run)
            return run.state.value not in _AT_WORK or await given_up()

        with self._waiting(self._runs, agent_run) as told:
            await self._until(at_rest, told, recheck_s=recheck_s)

    async def task_ended(self, task: TaskId, *, recheck_s: float = 30.0) -> None:
        """Return once `task` has a final state."""

        async def ended() -> bool:
            async with self._store.reading() as uow:
                return (await uow.tasks.get(task)).state in FINAL_TASK_STATES

        with self._waiting(self._tasks, task) as told:
            await self._until(ended, told, recheck_s=recheck_s)

    async def _until(self, holds: Callable[[], Awaitable[bool]], told: asyncio.Event, *, recheck_s: float) -> None:
        """Look whenever the journal tells, and now and then besides: it is only a bell, the state is what counts."""
        while True:
            try:
                if await holds():
                    return
            except StoreError as error:
                log.warning("state_not_readable", reason=error.message)
                recheck_s = min(recheck_s, self._retry_s)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(told.wait(), recheck_s)
            told.clear()

    @contextlib.contextmanager
    def _waiting(self, table: dict[Key, set[asyncio.Event]], key: Key) -> Generator[asyncio.Event]:
        told = asyncio.Event()
        table[key].add(told)
        try:
            yield told
        finally:
            table[key].discard(told)
            if not table[key]:
                del table[key]


def _wake(waiting: set[asyncio.Event] | None) -> None:
    for event in waiting or ():
        event.set()
