"""Questions about many tasks at once: agents at work, what failed, figures of projects, and rows to export."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median

from core.domain.approval import Approval
from core.domain.cost import Bill
from core.domain.event import AgentStuck, CostMismatchFound, ModelSwitched, WorkVerified
from core.domain.identity import AgentRunId, ProjectName, TaskId
from core.domain.model import ModelStanding
from core.domain.steering import SteeringMessage
from core.domain.task import FINAL_TASK_STATES, AgentRun, Task, TaskState
from core.failures import Failure
from core.store.queries import Happening, RunOfTask, Seats, TaskSpan, WideQueries
from core.store.store import Store

_FAILURE_TYPES = ("agent_run_state_changed", "agent_run_postponed", "task_state_changed")
ROWS_A_PAGE = 1000
"""How many rows are looked at in one short transaction, where they may be very many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentEntry:
    """One agent run in a listing; `postponed` is why it waits for `run.not_before`."""

    of: RunOfTask
    bill: Bill
    postponed: str = ""

    @property
    def run(self) -> AgentRun:
        """The run itself."""
        return self.of.run


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Who is at work, and which models are held: what decides whether a queued agent may start."""

    seats: tuple[Seats, ...]
    models: dict[str, ModelStanding]

    @property
    def at_work(self) -> int:
        """Agents at work, over all projects."""
        return sum(seat.at_work for seat in self.seats)

    def in_project(self, project: ProjectName) -> int:
        """Agents at work in `project`."""
        return sum(seat.at_work for seat in self.seats if seat.project == project)

    def on_model(self, model: str) -> int:
        """Agents at work on `model`."""
        return sum(seat.at_work for seat in self.seats if seat.model == model)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDetail:
    """Everything the store knows of one agent run."""

    entry: AgentEntry
    task: Task
    approvals: tuple[Approval, ...]
    messages: tuple[SteeringMessage, ...]
    """What people told it."""
    switched: tuple[str, ...]
    """Changes of its model and what was done when it was stuck, one line each."""
    mismatches: tuple[CostMismatchFound, ...] = ()
    """Where the ledger and the agent program came to different sums, one for each process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFigures:
    """How work goes in one project. Durations run from submission to end, in seconds; None without any."""

    project: ProjectName
    by_state: dict[TaskState, int]
    cost_usd: Decimal
    median_s: float | None
    last_at: datetime | None

    @property
    def tasks(self) -> int:
        """All of them."""
        return sum(self.by_state.values())

    @property
    def open(self) -> int:
        """Tasks that have not ended."""
        return sum(count for state, count in self.by_state.items() if state not in FINAL_TASK_STATES)

    @property
    def success(self) -> float | None:
        """Completed ones among those that ended by themselves, 0 to 1; None without any."""
        done, failed = (self.by_state.get(state, 0) for state in (TaskState.COMPLETED, TaskState.FAILED))
        return done / (done + failed) if done + failed else None


class Queries:
    """Answers, each from one snapshot of the store; nothing is changed."""

    def __init__(self, store: Store, *, rows_a_page: int = ROWS_A_PAGE) -> None:
        self._store = store
        self._rows_a_page = rows_a_page

    async def agents(self, *, project: ProjectName | None = None, ended: bool = False, limit: int) -> list[AgentEntry]:
        """Agent runs at work, queued and waiting, oldest first; with `ended` all of them, the newest first."""
        async with self._store.reading() as uow:
            wide = WideQueries(uow.connection)
            found = await wide.runs(project=project, ended=ended, limit=limit)
            bills = await uow.ledger.of_runs([each.run.id for each in found])
            held = [each.run.id for each in found if each.run.not_before is not None]
            postponed = await wide.last_of_runs(held, type="agent_run_postponed") if held else {}
        return [
            AgentEntry(of=each, bill=bills[each.run.id], postponed=_reason(postponed.get(each.run.id)))
            for each in found
        ]

    async def room(self) -> Room:
        """Who is at work, and which models are held."""
        async with self._store.reading() as uow:
            seats = await WideQueries(uow.connection).seats()
            return Room(seats=tuple(seats), models=await uow.models.all())

    async def agent(self, run: AgentRunId) -> AgentDetail:
        """One agent run; NotFoundError when there is none."""
        async with self._store.reading() as uow:
            wide = WideQueries(uow.connection)
            known = await uow.agent_runs.get(run)
            of = next(each for each in await wide.runs_of([known.task]) if each.run.id == run)
            bill = (await uow.ledger.of_runs([run]))[run]
            postponed = await wide.last_of_runs([run], type="agent_run_postponed")
            told = await uow.events.of(known.task, types=("model_switched", "agent_stuck", "cost_mismatch_found"))
            messages = await uow.messages.of(known.task)
            return AgentDetail(
                entry=AgentEntry(of=of, bill=bill, postponed=_reason(postponed.get(run))),
                task=await uow.tasks.get(known.task),
                approvals=tuple(await uow.approvals.of_run(run)),
                messages=tuple(each for each in messages if run in (each.to, each.heard_by)),
                switched=tuple(text for entry in told if (text := _switch(entry.event, run))),
                mismatches=tuple(
                    entry.event
                    for entry in told
                    if isinstance(entry.event, CostMismatchFound) and entry.event.agent_run == run
                ),
            )

    async def failures(self, *, since: datetime, project: ProjectName | None = None) -> list[Failure]:
        """What went wrong since then, oldest first; a task's failure only where no agent's failure explains it."""
        happened: list[Happening] = []
        after = 0
        while True:
            async with self._store.reading() as uow:
                page = await WideQueries(uow.connection).happenings(
                    after=after, types=_FAILURE_TYPES, project=project, since=since, limit=self._rows_a_page
                )
            happened += [each for each in page if _is_failure(each)]
            if len(page) < self._rows_a_page:
                break
            after = page[-1].seq
        runs = await self._runs_of({each.task for each in happened})
        explained = {each.task for each in happened if each.type == "agent_run_state_changed"}
        return [
            _failure(each, runs) for each in happened if each.type != "task_state_changed" or each.task not in explained
        ]

    async def figures(self, *, since: datetime | None = None) -> dict[ProjectName, ProjectFigures]:
        """Figures of every project that has tasks."""
        async with self._store.reading() as uow:
            wide = WideQueries(uow.connection)
            spans, costs = await wide.spans(since=since), await wide.cost_by_project(since=since)
        grouped: dict[ProjectName, list[TaskSpan]] = {}
        for span in spans:
            grouped.setdefault(span.project, []).append(span)
        return {name: _figures(name, group, costs.get(name, Decimal(0))) for name, group in grouped.items()}

    async def archived(self) -> frozenset[ProjectName]:
        """Projects that take no more work."""
        async with self._store.reading() as uow:
            return await uow.archived_projects.names()

    async def forks(self, task: TaskId) -> list[TaskId]:
        """Tasks that began as copies of `task`."""
        async with self._store.reading() as uow:
            return await WideQueries(uow.connection).forks_of(task)

    async def verifications(self, task: TaskId) -> list[WorkVerified]:
        """Our own runs of the project's verify command, oldest first."""
        async with self._store.reading() as uow:
            told = await uow.events.of(task, types=("work_verified",))
        return [entry.event for entry in told if isinstance(entry.event, WorkVerified)]

    async def counts(self) -> dict[str, int]:
        """How many tasks, agent runs (`runs`), model calls (`calls`) and events there are."""
        async with self._store.reading() as uow:
            return await WideQueries(uow.connection).counts()

    async def newest_event_at(self) -> datetime | None:
        """When the last event happened; None for an empty journal."""
        async with self._store.reading() as uow:
            return await WideQueries(uow.connection).newest_event_at()

    async def abandoned(self, sessions: Collection[str], *, worker: bool) -> frozenset[str]:
        """Those of `sessions` that are ours, but that nobody works on; `worker` says whether anybody works at all."""
        async with self._store.reading() as uow:
            wide = WideQueries(uow.connection)
            ours = await wide.known_sessions(sessions)
            return ours - (await wide.sessions_at_work() if worker else frozenset[str]())

    async def _runs_of(self, tasks: Collection[TaskId]) -> dict[str, AgentRun]:
        ordered = sorted(tasks)
        runs: dict[str, AgentRun] = {}
        for start in range(0, len(ordered), self._rows_a_page):
            async with self._store.reading() as uow:
                found = await WideQueries(uow.connection).runs_of(ordered[start : start + self._rows_a_page])
            runs |= {each.run.id: each.run for each in found}
        return runs


def _reason(happening: Happening | None) -> str:
    return str(happening.data.get("reason", "")) if happening is not None else ""


def _switch(event: object, run: AgentRunId) -> str:
    match event:
        case ModelSwitched() if event.agent_run == run:
            return f"{event.source} → {event.target}: {event.reason}"
        case AgentStuck() if event.agent_run == run:
            return f"no progress for {event.minutes:g} min: {event.action}"
        case _:
            return ""


def _is_failure(happening: Happening) -> bool:
    return happening.type == "agent_run_postponed" or happening.data.get("target") == "failed"


def _failure(happening: Happening, runs: dict[str, AgentRun]) -> Failure:
    data = happening.data
    name = str(data.get("agent_run", ""))
    run = runs.get(name)
    return Failure(
        task=happening.task,
        where=name or happening.task,
        at=happening.at,
        reason=str(data.get("detail") or data.get("reason") or (run.error if run else "")) or "no reason given",
        kind=str(data.get("failure", "")),
        role=run.role if run else str(data.get("role", "")),
        model=run.model if run else "",
        step=run.step if run else str(data.get("step", "")),
        passing=happening.type == "agent_run_postponed",
    )


def _figures(name: ProjectName, spans: list[TaskSpan], cost_usd: Decimal) -> ProjectFigures:
    lasted = [
        (span.finished_at - span.created_at).total_seconds()
        for span in spans
        if span.finished_at is not None and span.state is TaskState.COMPLETED
    ]
    return ProjectFigures(
        project=name,
        by_state=dict(Counter(span.state for span in spans)),
        cost_usd=cost_usd,
        median_s=median(lasted) if lasted else None,
        last_at=max((span.finished_at or span.created_at for span in spans), default=None),
    )
