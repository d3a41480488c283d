"""Where a task's branch stood when a step, or one round of it, began, as the journal tells it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.domain.event import (
    AgentRunStateChanged,
    BranchRestored,
    CommitCreated,
    JournalEntry,
    TaskReopened,
    WorkspacePrepared,
)
from core.domain.identity import AgentRunId
from core.domain.task import RunPurpose, Step, Task
from core.store.unit_of_work import UnitOfWork

_TYPES = ("workspace_prepared", "commit_created", "branch_restored", "task_reopened", "agent_run_state_changed")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """A round that began with the branch at `head`; `afresh` says that no loop or person sent the work back to it."""

    head: str
    afresh: bool


async def round_began_at(uow: UnitOfWork, task: Task, step: Step, *, round: int) -> str:  # noqa: A002  # the domain's word
    """The head of the branch when this round of `step` began; '' when the step never began."""
    return _head(await _begun(uow, task, step), step, round=round)


async def step_began_at(uow: UnitOfWork, task: Task, step: Step) -> str:
    """The head of the branch before everything that `step` did since people last let it begin; '' when it never did.

    Rounds that a loop or a gate sent back go on from one another, so it is where the first of them began.
    """
    begun = await _begun(uow, task, step)
    first = max((number for number, each in begun.items() if each.afresh), default=step.round)
    return _head(begun, step, round=first)


def _head(begun: Mapping[int, _Begun], step: Step, *, round: int) -> str:  # noqa: A002  # the domain's word
    # the step itself knows it of the round that began last
    return step.base_commit if round not in begun or round == max(begun) else begun[round].head


async def _begun(uow: UnitOfWork, task: Task, step: Step) -> dict[int, _Begun]:
    """Every round of `step` that began, by its number."""
    runs = await uow.agent_runs.of(task.id)
    rounds = {run.id: run.round for run in runs if run.step == step.name and run.purpose is RunPurpose.WORK}
    return _read(await uow.events.of(task.id, types=_TYPES), rounds=rounds, base=task.base_commit)


def _read(entries: Iterable[JournalEntry], *, rounds: Mapping[AgentRunId, int], base: str) -> dict[int, _Begun]:
    found: dict[int, _Begun] = {}
    head, afresh = base, True
    for entry in entries:
        match entry.event:
            case WorkspacePrepared(commit=commit) | CommitCreated(commit=commit) | BranchRestored(commit=commit):
                head = commit or head
            case TaskReopened():
                afresh = True
            case AgentRunStateChanged(agent_run=run) if run in rounds and rounds[run] not in found:
                found[rounds[run]] = _Begun(head=head, afresh=afresh)
                afresh = False
            case _:
                pass
    return found
