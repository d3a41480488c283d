"""What people look at: a task with everything a card, a listing or an export needs, read in one snapshot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.allowances import allowances
from core.budgets.allowance import Allowance
from core.budgets.book import BudgetBook
from core.budgets.draws import draws_ahead
from core.domain.approval import Approval
from core.domain.cost import Bill, shown_usd
from core.domain.event import CommitCreated, CostMismatchFound, Event, NoticeRaised
from core.domain.forge_event import ChecksReported
from core.domain.identity import TaskId
from core.domain.model import ModelStanding
from core.domain.steering import SteeringMessage
from core.domain.task import FINAL_TASK_STATES, AgentRun, AgentRunState, Step, Task
from core.store.unit_of_work import UnitOfWork

_NOTHING = Bill()
_TOLD = ("commit_created", "notice_raised", "cost_mismatch_found", "checks_reported")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRunView:
    """One agent run and what it cost so far."""

    run: AgentRun
    bill: Bill


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step, what it cost over all its rounds, and its agent runs, oldest first."""

    step: Step
    bill: Bill
    runs: tuple[AgentRunView, ...] = ()

    @property
    def activity(self) -> str:
        """What the step's latest agent is doing now; '' when nothing is running."""
        return self.runs[-1].run.activity if self.runs else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """One task as it stands after journal entry `seq`."""

    task: Task
    seq: int
    steps: tuple[StepView, ...]
    approvals: tuple[Approval, ...]
    bill: Bill
    files: tuple[str, ...] = ()
    """Files changed on the branch, from the commits' events."""
    notices: tuple[str, ...] = ()
    checks: ChecksReported | None = None
    """How the checks of its pull request ended last; None when there were none."""
    messages: tuple[SteeringMessage, ...] = ()
    """What people told its agents, oldest first."""
    mismatches: tuple[CostMismatchFound, ...] = ()
    """Where the ledger and the agent program came to different sums."""
    held: Mapping[str, ModelStanding] = field(default_factory=dict[str, ModelStanding])
    """How the models stand that its queued agents are to work with, by name; those that never failed are left out."""
    shared: tuple[Allowance, ...] = ()
    """How the budgets stand that it shares with other work and may still draw on, where that was looked up."""

    @property
    def waiting(self) -> tuple[Approval, ...]:
        """Approvals a person can decide now, oldest first."""
        return tuple(approval for approval in self.approvals if approval.state == "pending")


async def task_view(uow: UnitOfWork, task: TaskId, *, book: BudgetBook | None = None) -> TaskView:
    """Everything about one task, as `uow` sees it; NotFoundError when there is none.

    With `book`, what the settings say about shared budgets, those are looked up that work with an estimate draws on.
    """
    found = await uow.tasks.get(task)
    steps = await uow.steps.of(task)
    runs = await uow.agent_runs.of(task)
    by_step = await uow.ledger.by_step(task)
    by_run = await uow.ledger.by_run(task)
    told = await uow.events.of(task, types=_TOLD)
    commits = [entry.event for entry in told if isinstance(entry.event, CommitCreated)]
    checks = [entry.event for entry in told if isinstance(entry.event, ChecksReported)]
    notices = [text for entry in told if (text := _notice(entry.event))]
    return TaskView(
        task=found,
        seq=await uow.events.last_seq(),
        steps=tuple(
            StepView(
                step=step,
                bill=by_step.get(step.name, _NOTHING),
                runs=tuple(
                    AgentRunView(run=run, bill=by_run.get(run.id, _NOTHING)) for run in runs if run.step == step.name
                ),
            )
            for step in steps
        ),
        approvals=tuple(await uow.approvals.of(task)),
        bill=await uow.ledger.of_task(task),
        files=commits[-1].files if commits else (),
        notices=tuple(dict.fromkeys(notices)),
        checks=checks[-1] if checks else None,
        mismatches=tuple(entry.event for entry in told if isinstance(entry.event, CostMismatchFound)),
        messages=tuple(await uow.messages.of(task)),
        held=await _standings(uow, runs),
        shared=() if book is None else await _shared(uow, book, found, steps=steps, runs=runs),
    )


async def _shared(
    uow: UnitOfWork, book: BudgetBook, task: Task, *, steps: Sequence[Step], runs: Sequence[AgentRun]
) -> tuple[Allowance, ...]:
    """Only of a task with an estimate: without one nothing could be told of them."""
    if task.estimate is None or task.state in FINAL_TASK_STATES:
        return ()
    return tuple(await allowances(uow, book, *draws_ahead(task, steps, runs).values()))


async def _standings(uow: UnitOfWork, runs: Sequence[AgentRun]) -> Mapping[str, ModelStanding]:
    """How the models of queued runs stand; nobody else waits for one."""
    wanted = {run.model for run in runs if run.state is AgentRunState.QUEUED}
    if not wanted:
        return {}
    return {model: standing for model, standing in (await uow.models.all()).items() if model in wanted}


def mismatch_words(found: CostMismatchFound) -> str:
    """What both say of one process of an agent."""
    ledger, reported = shown_usd(Decimal(found.ledger_usd)), shown_usd(Decimal(found.reported_usd))
    return f"{found.agent_run}: the ledger counts {ledger}, the agent program says {reported}."


def _notice(event: Event) -> str:
    """What a person should know beside the states; '' for events that say nothing of the kind."""
    match event:
        case NoticeRaised():
            return event.text
        case CostMismatchFound():
            return mismatch_words(event)
        case _:
            return ""
