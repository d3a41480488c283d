"""Estimates work from the store: looks back at like tasks, then reckons."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from core.domain.cost import PriceList
from core.domain.estimate import Estimate
from core.domain.identity import ProjectName
from core.domain.task import TaskType
from core.estimates.likeness import ENOUGH
from core.estimates.priors import Priors
from core.estimates.reckoning import estimate_of
from core.estimates.work import Work
from core.store.past_tasks import PastKey, PastTask, PastTasks
from core.store.store import Store

KEPT = 2000


class Estimating:
    """Always has an answer; where nothing like it was done, it rests on what is stated."""

    def __init__(
        self, store: Store, *, prices: PriceList, priors: Priors, planner_model: str = "", keeps: int = KEPT
    ) -> None:
        """`keeps` is how many completed tasks are kept in mind: they do not change, so each is read only once."""
        self._store = store
        self._prices = prices
        self._priors = priors
        self.planner_model = planner_model
        """Model of roles that end with a plan; '' means the role's own."""
        self._keeps = keeps
        self._known: dict[PastKey, PastTask] = {}

    async def estimate(self, work: Work, *, others: Collection[ProjectName] | None = ()) -> Estimate:
        """What `work` will take. Tasks of `others` (None for all) are looked at where its own project has too few."""
        past, now = await self.past(work.type, project=work.project, others=others)
        return self.reckoned(work, past, now=now, others=others)

    async def past(
        self, kind: TaskType, *, project: ProjectName, others: Collection[ProjectName] | None = ()
    ) -> tuple[list[PastTask], datetime]:
        """The newest completed tasks of `kind` in `project`, at most 100, or where there are few those of `others` too.

        With the time at which that was looked at.
        """
        async with self._store.reading() as uow:
            look = PastTasks(uow.connection)
            newest = await look.newest(kind, projects={project}) if project else []
            if len(newest) < ENOUGH and (others is None or set(others) - {project}):
                newest = await look.newest(kind, projects=None if others is None else {project, *others})
            read = await look.read([key.task for key in newest if key not in self._known])
            now = uow.now
        self._known |= {task.key: task for task in read}
        found = [self._known[key] for key in newest if key in self._known]
        for oldest in list(self._known)[: max(0, len(self._known) - self._keeps)]:
            del self._known[oldest]
        return [task for task in found if task.parts], now

    def reckoned(
        self, work: Work, past: Collection[PastTask], *, now: datetime, others: Collection[ProjectName] | None = ()
    ) -> Estimate:
        """The same from tasks that were looked at before, in `others` too where there were few."""
        found = estimate_of(work, list(past), priors=self._priors, prices=self._prices, now=now)
        return replace(found, others=None if others is None else tuple(sorted(set(others) - {work.project})))
