"""Keeps watch over a forge while the work is done here; what goes wrong with it is told, and ends nothing else."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import datetime

import structlog

from bot.forge.hearing import Hearing
from bot.forge.standing import WatchStanding, forget_standing, tell_standing
from core.domain.errors import OrchestratorError, StoreError
from core.domain.project import Project
from core.forge import ForgeBusyError, ForgeWatch, Watched
from core.store.store import Store

log = structlog.get_logger(__name__)

PAUSES_S = (5.0, 15.0, 60.0, 300.0)
"""Before the watch is begun again; the last one for as long as it fails."""
STAND_BY_S = 5.0
"""How often a process looks whether it is its turn, while another one watches."""
REPEATED_EVERY_S = 60.0
"""How often it is said again how the watch stands."""
_DEFECT = "It stopped unexpectedly; the log says why."

Turn = Callable[[], AbstractAsyncContextManager[asyncio.Event | None]]
"""Taken before watching: None when another process has it; the event is set once it is lost."""


class ForgeWatching:
    """Runs one watch again and again, in one process at a time.

    `pause` waits between attempts, `clock` says since when the watch stands as it does.
    """

    def __init__(
        self,
        watch: ForgeWatch,
        hearing: Hearing,
        *,
        store: Store,
        turn: Turn,
        projects: Sequence[Project],
        watched: Callable[[], Awaitable[Sequence[Watched]]],
        clock: Callable[[], datetime],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._watch = watch
        self._hearing = hearing
        self._store = store
        self._turn = turn
        self._projects = projects
        self._watched = watched
        self._clock = clock
        self._pause = pause
        self._standing = WatchStanding(listening=False, at=clock().isoformat())
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Watch while this is entered; it raises nothing of its own."""
        owner = asyncio.create_task(self.run(), name="forge watch")
        try:
            yield
        finally:
            await _ended(owner)

    async def run(self) -> None:
        """Watch whenever it is this process's turn, until cancelled."""
        while True:
            try:
                async with self._turn() as lost:
                    if lost is not None:
                        await self._hold(lost)
            except Exception:
                # nobody waits for this task, so it tells of what it does not know, and tries again
                log.exception("forge_watch_turn_broke")
            await self._pause(STAND_BY_S)

    async def _hold(self, lost: asyncio.Event) -> None:
        """Watch, and say how it stands, until the turn is lost."""
        owners = [
            asyncio.create_task(self._again_and_again(), name="forge news"),
            asyncio.create_task(self._tell(), name="forge standing"),
        ]
        try:
            await lost.wait()
        finally:
            await _ended(*owners)
            with suppress(StoreError):
                # whoever asks later sees that it has not been said for long
                await forget_standing(self._store)

    async def _again_and_again(self) -> None:
        attempt = 0
        while True:
            pause_s = PAUSES_S[min(attempt, len(PAUSES_S) - 1)]
            try:
                await self._watch.run(
                    self._hearing.hear, projects=self._projects, watched=self._watched, ready=self._ready
                )
            except OrchestratorError as error:
                log.warning("forge_watch_failed", error=error.message, hint=error.hint)
                attempt = self._next(attempt)
                self._stands(WatchStanding(listening=False, trouble=error.message, hint=error.hint))
                pause_s = max(pause_s, error.retry_after_s) if isinstance(error, ForgeBusyError) else pause_s
            except Exception:
                # whatever it was, the bot goes on, and the log has it
                log.exception("forge_watch_broke")
                attempt = self._next(attempt)
                self._stands(WatchStanding(listening=False, trouble=_DEFECT))
            await self._pause(pause_s)

    def _next(self, attempt: int) -> int:
        """The pauses begin from the first again after it has listened."""
        return 1 if self._standing.listening else attempt + 1

    def _ready(self) -> None:
        log.info("forge_watch_listens")
        self._stands(WatchStanding(listening=True))

    def _stands(self, standing: WatchStanding) -> None:
        self._standing = WatchStanding(
            listening=standing.listening,
            trouble=standing.trouble,
            hint=standing.hint,
            at=self._clock().isoformat(),
        )
        self._changed.set()

    async def _tell(self) -> None:
        """Say how it stands at each change, and now and then again."""
        while True:
            self._changed.clear()
            try:
                await tell_standing(self._store, self._standing, now=self._clock())
            except StoreError as error:
                log.warning("forge_standing_not_kept", error=error.message)
            with suppress(TimeoutError):
                async with asyncio.timeout(REPEATED_EVERY_S):
                    await self._changed.wait()


async def _ended(*tasks: asyncio.Task[None]) -> None:
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
