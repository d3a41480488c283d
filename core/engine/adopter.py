"""Takes over the work of workers that have died, when several share a database."""

import asyncio
from collections import Counter

import structlog
from dbos import DBOS

from core.engine.lease import Lease

CHECKS_BEFORE_ADOPTION = 16
"""Checks come twice a second: a worker whose connection broke has 8 s to take its lease again or to stop."""

log = structlog.get_logger(__name__)


class Adopter:
    """Watches over the leases of others."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._seen_free: Counter[str] = Counter()

    async def adopt(self) -> None:
        """Look once; go on here with the work of an executor whose lease was free at each of the last looks."""
        pending = await DBOS.list_workflows_async(status="PENDING", load_input=False, load_output=False)
        others = {workflow.executor_id for workflow in pending if workflow.executor_id} - {self._lease.executor}
        self._seen_free = Counter({executor: self._seen_free[executor] for executor in others})
        for executor in others:
            async with self._lease.adopting(executor) as free:
                self._seen_free[executor] = self._seen_free[executor] + 1 if free else 0
                if self._seen_free[executor] >= CHECKS_BEFORE_ADOPTION:
                    log.info("adopting_work", executor=executor)
                    recover = DBOS._recover_pending_workflows  # pyright: ignore[reportPrivateUsage] # there is no public way
                    await asyncio.to_thread(recover, [executor])
