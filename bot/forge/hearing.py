"""Takes in what is heard from a forge: the core keeps it, and a labelled issue becomes a task."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.forge.labelled import LabelledIssues
from core.domain.errors import StoreError
from core.domain.forge_news import ForgeReport, IssueLabelled
from core.orchestrator import Orchestrator

log = structlog.get_logger(__name__)

PAUSES_S = (0.5, 2.0, 5.0)
"""Before what the database could not take is tried again; after that whoever told it tells it once more."""


class Hearing:
    """Give `hear` to what watches a forge."""

    def __init__(
        self,
        orchestrator: Orchestrator,
        labelled: LabelledIssues,
        *,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._orchestrator = orchestrator
        self._labelled = labelled
        self._pause = pause

    async def hear(self, report: ForgeReport) -> None:
        """Returns once the report is kept and what it asks for is begun; StoreError when it could not be kept."""
        for pause_s in PAUSES_S:
            try:
                return await self._once(report)
            except StoreError as error:
                log.warning("forge_news_not_kept_yet", key=report.key, error=error.message)
                await self._pause(pause_s)
        return await self._once(report)

    async def _once(self, report: ForgeReport) -> None:
        if isinstance(report.news, IssueLabelled):
            await self._labelled.heard(report, report.news)
            return
        task = await self._orchestrator.hear(report)
        if task is not None:
            log.info("forge_news", kind=report.news.type, task=task.id, key=report.key)
