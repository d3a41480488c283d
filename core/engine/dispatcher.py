"""Gives waiting agent runs their places, one process at a time, whenever the queue or the time may have changed it."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from core.domain.errors import NotFoundError, StoreError
from core.domain.event import ModelSwitched
from core.domain.identity import ProjectName
from core.domain.queue import WaitingRun
from core.domain.task import AgentRunState
from core.engine.changes import move_run
from core.engine.parts import EngineParts
from core.engine.places import choose
from core.engine.shared_money import with_money
from core.engine.watch import Watch
from core.planning.models import next_model

LOOK_AT_LEAST_EVERY_S = 30.0

log = structlog.get_logger(__name__)


class Dispatcher:
    """Owns the queue of agent runs while its worker runs."""

    def __init__(self, parts: EngineParts, watch: Watch) -> None:
        self._parts = parts
        self._watch = watch

    async def dispatch_forever(self) -> None:
        """Give places until cancelled; a store that cannot be used is asked again."""
        while True:
            self._watch.queue_changed.clear()
            wait_s = LOOK_AT_LEAST_EVERY_S
            try:
                wait_s = await self._seconds_until(await self.dispatch())
            except StoreError as error:
                log.warning("places_not_given", reason=error.message)
                wait_s = 1.0
            # not wait_for: it swallows a cancellation that arrives together with the event
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._watch.queue_changed.wait()

    async def dispatch(self) -> datetime | None:
        """Give every free place once; when to look again although nothing happens."""
        async with self._parts.store.reading() as uow:
            if not await uow.agent_runs.waiting():
                return None
        async with self._parts.store.transaction() as uow:
            await uow.agent_runs.lock_places()
            choice = choose(
                await with_money(uow, self._parts.book, await uow.agent_runs.waiting()),
                at_work=await uow.agent_runs.at_work(),
                standings=await uow.models.all(),
                limits=self._parts.limits,
                project_limit=self._project_limit,
                models=self._models,
                now=uow.now,
            )
            for start in choice.start:
                run = await uow.agent_runs.get(start.run)
                if run.model != start.model:
                    reason = f"{run.model} failed too often in a row."
                    switched = ModelSwitched(agent_run=run.id, source=run.model, target=start.model, reason=reason)
                    await uow.events.append(run.task, switched)
                    run = replace(run, model=start.model)
                await move_run(uow, run, AgentRunState.STARTING, not_before=None)
        return choice.look_again_at

    def _project_limit(self, name: ProjectName) -> int | None:
        try:
            own = self._parts.project(name).agents
        except NotFoundError:
            own = None
        return own if own is not None else self._parts.limits.per_project

    def _models(self, run: WaitingRun) -> Sequence[str]:
        """The run's model, and those its role may fall back to."""
        models = [run.model]
        try:
            role = self._parts.roles(run.project).get(run.role)
        except NotFoundError:
            role = None
        while role is not None and (following := next_model(role, models[-1])) and following not in models:
            models.append(following)
        return models

    async def _seconds_until(self, moment: datetime | None) -> float:
        if moment is None:
            return LOOK_AT_LEAST_EVERY_S
        async with self._parts.store.reading() as uow:
            return min(max((moment - uow.now).total_seconds(), 0.05), LOOK_AT_LEAST_EVERY_S)
