"""Several workers on one database: keeps this one's lease alive, and takes over the work of those that have died."""

import asyncio
from collections import Counter

import structlog
from dbos import DBOS
from sqlalchemy.exc import SQLAlchemyError

from core.domain.errors import StoreError
from core.engine.lease import Lease
from core.engine.workflows import Workflows

CHECK_EVERY_S = 0.5
CHECKS_BEFORE_ADOPTION = 10
"""A worker whose connection broke has 5 s to take its lease again or to stop, before others do its work."""

log = structlog.get_logger(__name__)


class Adopter:
    """Watches over the leases while the engine runs."""

    def __init__(self, lease: Lease, workflows: Workflows) -> None:
        self._lease = lease
        self._workflows = workflows
        self._suspended = False
        self._seen_free: Counter[str] = Counter()

    async def run_forever(self) -> None:
        """Check now and then, until cancelled; a database that is away is asked again."""
        while True:
            await asyncio.sleep(CHECK_EVERY_S)
            try:
                if await self._holding():
                    await self._adopt()
            except (StoreError, SQLAlchemyError) as error:
                log.warning("leases_not_checked", reason=type(error).__name__)

    async def _holding(self) -> bool:
        """Whether our lease is ours; while it is not, nothing is worked on here, because others may have taken over."""
        held = await self._lease.confirmed()
        if not held and not self._suspended:
            log.error("lease_lost", executor=self._lease.executor)
            self._suspended = True
            await self._workflows.stop()
        elif held and self._suspended:
            log.info("lease_regained", executor=self._lease.executor)
            self._workflows.resume()
            await _recover(self._lease.executor)
            self._suspended = False
        return held

    async def _adopt(self) -> None:
        pending = await DBOS.list_workflows_async(status="PENDING", load_input=False, load_output=False)
        others = {workflow.executor_id for workflow in pending if workflow.executor_id} - {self._lease.executor}
        self._seen_free = Counter({executor: self._seen_free[executor] for executor in others})
        for executor in others:
            async with self._lease.adopting(executor) as free:
                self._seen_free[executor] = self._seen_free[executor] + 1 if free else 0
                if self._seen_free[executor] >= CHECKS_BEFORE_ADOPTION:
                    log.info("adopting_work", executor=executor)
                    await _recover(executor)


async def _recover(executor: str) -> None:
    """Go on here with what `executor` left pending."""
    recover = DBOS._recover_pending_workflows  # pyright: ignore[reportPrivateUsage] # the free library offers no public way
    await asyncio.to_thread(recover, [executor])
