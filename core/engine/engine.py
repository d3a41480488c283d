"""The engine of one process: takes the lease, works under it, keeps it, and shuts down without a trace."""

import asyncio

import structlog
from dbos import error as dbos_error
from sqlalchemy.exc import SQLAlchemyError

from core.domain.errors import LeaseHeldError, StoreError
from core.engine.adopter import Adopter
from core.engine.client import EngineClient
from core.engine.lease import FileLease, Lease, take_lease
from core.engine.marking import Marking
from core.engine.parts import EngineParts
from core.engine.retention import clean_forever
from core.engine.tidying import tidy_forever
from core.engine.worker import Worker

CHECK_EVERY_S = 0.5
_AWAY = (StoreError, LeaseHeldError, SQLAlchemyError, dbos_error.DBOSException, OSError)

log = structlog.get_logger(__name__)


class Engine:
    """Runs tasks in this process: `await Engine.launch(…)`, and `close` when done."""

    def __init__(self, parts: EngineParts, client: EngineClient, *, lease: Lease) -> None:
        self._parts = parts
        self._client = client
        self._lease = lease
        self._worker: Worker | None = None
        self._adopter = Adopter(lease)
        self._background: list[asyncio.Task[None]] = []

    @classmethod
    async def launch(cls, parts: EngineParts, client: EngineClient) -> "Engine":
        """Take the lease (LeaseHeldError when another process has it), recover what was under way, take new work."""
        engine = cls(parts, client, lease=await take_lease(parts.store.url))
        try:
            await engine._begin()
        except BaseException:
            await engine.close()
            raise
        engine._background.append(asyncio.create_task(clean_forever(parts), name="engine-retention"))
        engine._background.append(asyncio.create_task(tidy_forever(parts), name="engine-tidying"))
        engine._background.append(asyncio.create_task(Marking(parts).mark_forever(), name="engine-marks"))
        if not isinstance(engine._lease, FileLease):
            engine._background.append(asyncio.create_task(engine._guard_forever(), name="engine-guard"))
        return engine

    @property
    def takes_work(self) -> bool:
        """Whether this process holds its lease and works; False while it waits to get the lease back."""
        return self._worker is not None

    async def close(self) -> None:
        """Stop agents and workflows (they go on at the next launch), then let go of the lease."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._end()

    async def _begin(self) -> None:
        worker = Worker(self._parts, self._client, executor=self._lease.executor)
        self._adopter = Adopter(self._lease)
        try:
            await worker.start()
        except BaseException:
            # half begun it would pass for one that works, and nobody would try again
            await worker.stop()
            raise
        self._worker = worker

    async def _end(self) -> None:
        try:
            if self._worker is not None:
                await self._worker.stop()
                self._worker = None
        finally:
            await self._lease.release()

    async def _guard_forever(self) -> None:
        """Keep the lease, and take over from workers that have died; a database that is away is asked again."""
        while True:
            await asyncio.sleep(CHECK_EVERY_S)
            try:
                if self._worker is None or not await self._lease.confirmed():
                    await self._begin_anew()
                await self._adopter.adopt()
            except _AWAY as error:
                log.warning("database_away", reason=type(error).__name__)

    async def _begin_anew(self) -> None:
        """Stop, because others may do our work by now, and go on under whatever lease is free."""
        log.error("lease_lost", executor=self._lease.executor)
        await self._end()
        self._lease = await take_lease(self._parts.store.url)
        await self._begin()
        log.warning("lease_taken_again", executor=self._lease.executor)
