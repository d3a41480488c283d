"""Which waiting agent runs start now: priorities with ageing, limits in all, per project and model (pure)."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain.identity import AgentRunId, ProjectName
from core.domain.model import ModelStanding
from core.domain.queue import WaitingRun
from core.domain.task import Priority
from core.engine.parts import AgentLimits

BOOST_AFTER = timedelta(hours=24)
"""Each time a run has waited this long it counts one class higher: whoever waits is first in the end."""
_RANKS = {Priority.HIGH: 0, Priority.NORMAL: 1, Priority.LOW: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """This run has a place, on `model`, which is another one than its own when that one is broken."""

    run: AgentRunId
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Who starts now, and when time alone may change the answer (None: never)."""

    start: tuple[Start, ...]
    look_again_at: datetime | None


def choose(
    waiting: Sequence[WaitingRun],
    *,
    at_work: Sequence[tuple[ProjectName, str]],
    standings: Mapping[str, ModelStanding],
    limits: AgentLimits,
    project_limit: Callable[[ProjectName], int | None],
    models: Callable[[WaitingRun], Sequence[str]],
    now: datetime,
) -> Choice:
    """`at_work` holds (project, model) of every run that has a place; `models` lists a run's models in order."""
    projects = Counter(project for project, _ in at_work)
    used = Counter(model for _, model in at_work)
    total = len(at_work)
    start: list[Start] = []
    times: list[datetime] = []
    for run in sorted(waiting, key=lambda each: (rank(each, now), each.created_at, len(each.id), each.id)):
        if run.not_before is not None and now < run.not_before:
            times.append(run.not_before)
            continue
        row = models(run) or (run.model,)
        standing = _usable(row, standings, now)
        # after a broken model's pause one run tries it alone: half open
        most = 1 if standing.broken_until is not None else limits.per_model
        room = total < limits.total and not _full(projects[run.project], project_limit(run.project))
        if standing.held_until(now) is not None or not room or _full(used[standing.model], most):
            # a model further ahead may be well again before the one it would get now
            times += [end for each in row if (end := _standing(standings, each).held_until(now)) is not None]
            continue
        total += 1
        projects[run.project] += 1
        used[standing.model] += 1
        start.append(Start(run=run.id, model=standing.model))
    return Choice(start=tuple(start), look_again_at=min(times) if times else None)


def rank(run: WaitingRun, now: datetime) -> int:
    """Lower starts first."""
    boosts = max((now - run.created_at) // BOOST_AFTER, 0)
    return max(_RANKS[run.priority] - boosts, 0)


def _usable(models: Sequence[str], standings: Mapping[str, ModelStanding], now: datetime) -> ModelStanding:
    """The first model that is not broken; the first of all when every one is."""
    row = [_standing(standings, model) for model in models]
    return next((standing for standing in row if not standing.broken(now)), row[0])


def _standing(standings: Mapping[str, ModelStanding], model: str) -> ModelStanding:
    return standings.get(model) or ModelStanding(model=model)


def _full(used: int, limit: int | None) -> bool:
    return limit is not None and used >= limit
