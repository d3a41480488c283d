"""What comes too late changes nothing: the task has ended, the run was stopped, or somebody was faster."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from core.agents.runner import (
    AgentCompleted,
    AgentFailed,
    AgentOutcome,
    AgentWaiting,
    ApprovalUsed,
    MessageHeard,
    ModelAnswered,
    ProviderLimited,
    RequestedCall,
    ToolUsed,
)
from core.domain.approval import Risk
from core.domain.cost import TokenUsage
from core.domain.errors import ConflictError
from core.domain.event import HOUSE, ModelHeld, ModelSwitched
from core.domain.identity import MessageId, StepName, TaskId
from core.domain.project import PlanGate, Project
from core.domain.task import AgentRun, AgentRunState, Task, TaskState
from core.engine.changes import move_run
from core.engine.effects import TaskEffects
from core.engine.inbox import NUDGE_ID
from core.engine.offering import Offering
from core.engine.outcomes import RunOutcomes
from core.engine.progress import TaskProgress
from core.engine.settling import Settling
from core.engine.signals import Process, RunSignals
from core.forge import Issue, PullRequest, PullRequestDraft
from core.workspaces.workspace import Workspace
from tests.support.engine import ALICE, Workshop

pytestmark = pytest.mark.slow

CALL = RequestedCall(
    tool_use_id="call-1",
    tool="Bash",
    tool_input={"command": "risky deploy"},
    title="Run risky deploy",
    detail="risky deploy",
    reason="It is risky.",
    risk=Risk.HIGH,
)
OUTCOMES: tuple[AgentOutcome, ...] = (
    AgentCompleted(result={"summary": "Done."}),
    AgentFailed(message="It broke.", transient=False),
    AgentWaiting(calls=(CALL,)),
)


@dataclass
class SlowForge:
    """A forge during whose calls something else happens."""

    inner: Any
    meanwhile: Callable[[], Awaitable[object]]

    async def issue(self, project: Project, reference: str) -> Issue:
        issue = await self.inner.issue(project, reference)
        await self.meanwhile()
        return cast("Issue", issue)

    async def publish(self, project: Project, draft: PullRequestDraft) -> PullRequest:
        opened = await self.inner.publish(project, draft)
        await self.meanwhile()
        return cast("PullRequest", opened)


@dataclass
class SlowWorkspaces:
    """Workspaces during whose restoring something else happens."""

    inner: Any
    meanwhile: Callable[[], Awaitable[object]]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    async def restore(self, workspace: Workspace, **where: str) -> str:
        kept_as = await self.inner.restore(workspace, **where)
        await self.meanwhile()
        return str(kept_as)


async def prepared(workshop: Workshop, **options: Any) -> Task:
    """A task with its branch, whose builder is next."""
    task = await workshop.submit(workshop.project("late"), **options)
    await TaskEffects(workshop.parts).prepare(task.id)
    return (await workshop.orchestrator.task(task.id)).task


async def at_work(workshop: Workshop) -> AgentRun:
    """The builder of a new task, at work as far as the store knows."""
    task = await prepared(workshop)
    await TaskProgress(workshop.parts).advance(task.id, life=1)
    async with workshop.store.transaction() as uow:
        (run,) = await uow.agent_runs.of(task.id)
        run = await move_run(uow, run, AgentRunState.STARTING)
        return await move_run(uow, run, AgentRunState.RUNNING)


async def cancel(workshop: Workshop, task: TaskId) -> None:
    await workshop.orchestrator.cancel(task, by=ALICE)


async def state_of(workshop: Workshop, run: AgentRun) -> AgentRunState:
    async with workshop.store.reading() as uow:
        return (await uow.agent_runs.get(run.id)).state


async def test_effects_for_a_task_that_has_ended(workshop: Workshop):
    task = await prepared(workshop)
    await cancel(workshop, task.id)
    before = await workshop.events(task.id)
    effects = TaskEffects(workshop.parts)
    for effect in (effects.prepare, effects.restore, Offering(workshop.parts).publish):
        await effect(task.id)
    await effects.fail(task.id, "Too late.")
    assert await workshop.events(task.id) == before


async def test_a_failure_of_an_earlier_life(workshop: Workshop):
    task = await prepared(workshop)
    await TaskEffects(workshop.parts).fail(task.id, "Of yesterday.", life=0)
    assert (await workshop.orchestrator.task(task.id)).task.state != TaskState.FAILED


async def test_a_branch_for_a_task_that_was_cancelled_while_its_issue_was_fetched(workshop: Workshop):
    task = await workshop.submit(workshop.project("late"), "fix issue #7")
    forge = SlowForge(workshop.parts.forge, lambda: cancel(workshop, task.id))
    await TaskEffects(replace(workshop.parts, forge=cast("Any", forge))).prepare(task.id)
    view = await workshop.orchestrator.task(task.id)
    assert (view.task.state, view.task.branch) == (TaskState.CANCELLED, "")


async def test_a_pull_request_for_a_task_that_was_cancelled_while_it_was_opened(workshop: Workshop):
    run = await at_work(workshop)
    (workshop.home / "worktrees" / run.task / "work.txt").write_text("done\n")
    await RunOutcomes(workshop.parts).record(run.id, AgentCompleted(result={"summary": "Done."}), Process())
    progress = TaskProgress(workshop.parts)
    await Settling(workshop.parts, progress).settle(run.id, by_hand=False)
    forge = SlowForge(workshop.parts.forge, lambda: cancel(workshop, run.task))
    await Offering(replace(workshop.parts, forge=cast("Any", forge))).publish(run.task)
    view = await workshop.orchestrator.task(run.task)
    assert (view.task.state, view.task.pull_request) == (TaskState.CANCELLED, "")


async def test_a_branch_set_back_for_a_task_that_was_cancelled_meanwhile(workshop: Workshop):
    task = await prepared(workshop)
    async with workshop.store.transaction() as uow:
        known = await uow.tasks.get(task.id)
        await uow.tasks.save(replace(known, restore_commit=known.base_commit, life=2))
    workspaces = SlowWorkspaces(workshop.parts.workspaces, lambda: cancel(workshop, task.id))
    await TaskEffects(replace(workshop.parts, workspaces=cast("Any", workspaces))).restore(task.id)
    assert [event.type for event in await workshop.events(task.id)].count("branch_restored") == 0


async def test_a_branch_that_cannot_be_set_back_fails_the_task_with_what_git_says(workshop: Workshop):
    task = await prepared(workshop)
    async with workshop.store.transaction() as uow:
        await uow.tasks.save(replace(await uow.tasks.get(task.id), restore_commit="f" * 40, life=2))
    await TaskEffects(workshop.parts).restore(task.id)
    view = await workshop.orchestrator.task(task.id)
    assert view.task.state == TaskState.FAILED
    assert view.task.failure


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: outcome.type)
async def test_what_an_agent_hands_in_after_the_end(workshop: Workshop, outcome: AgentOutcome):
    run = await at_work(workshop)
    await cancel(workshop, run.task)
    before = await workshop.events(run.task)
    await RunOutcomes(workshop.parts).record(run.id, outcome, Process())
    await Settling(workshop.parts, TaskProgress(workshop.parts)).settle(run.id, by_hand=False)
    assert await workshop.events(run.task) == before


async def test_an_agent_that_waits_for_what_is_decided_already_fails_instead_of_asking_for_ever(workshop: Workshop):
    run = await at_work(workshop)
    waiting = AgentWaiting(calls=(CALL,))
    await RunOutcomes(workshop.parts).record(run.id, waiting, Process())
    (asked,) = await workshop.orchestrator.pending_approvals()
    await workshop.approve(asked)
    async with workshop.store.transaction() as uow:
        run = await uow.agent_runs.get(run.id)
        for state in (AgentRunState.QUEUED, AgentRunState.STARTING, AgentRunState.RUNNING):
            run = await move_run(uow, run, state)
    await RunOutcomes(workshop.parts).record(run.id, waiting, Process())
    async with workshop.store.reading() as uow:
        run = await uow.agent_runs.get(run.id)
    assert (run.state, "asks nothing that is not decided" in run.error) == (AgentRunState.FAILED, True)


async def test_an_agent_that_is_slow_to_stop_may_begin_nothing_more_but_is_charged(workshop: Workshop):
    run = await at_work(workshop)
    await cancel(workshop, run.task)
    signals = RunSignals(workshop.parts, run, Process(), progressed=lambda: None)
    with pytest.raises(ConflictError):
        await signals.hear(ToolUsed(tool="Bash", activity="Running rm"))
    usage = TokenUsage(input_tokens=10, output_tokens=10)
    await signals.hear(ModelAnswered(message_id="m1", model=run.model, usage=usage))
    assert (await workshop.orchestrator.task(run.task)).bill.calls == 1


async def test_only_the_models_own_substitute_becomes_the_runs_model(workshop: Workshop):
    run = await at_work(workshop)
    fallback = workshop.parts.roles(workshop.projects.popitem()[0])["builder"].fallback_model
    signals = RunSignals(workshop.parts, run, Process(), progressed=lambda: None)
    for number, model in enumerate(("some-name-of-the-provider", fallback)):
        usage = TokenUsage(input_tokens=1, output_tokens=1)
        await signals.hear(ModelAnswered(message_id=f"m{number}", model=model, usage=usage))
    switched = [event for event in await workshop.events(run.task) if isinstance(event, ModelSwitched)]
    assert [(event.source, event.target) for event in switched] == [(run.model, fallback)]


async def test_signals_that_say_nothing_new(workshop: Workshop):
    run = await at_work(workshop)
    signals = RunSignals(workshop.parts, run, Process(), progressed=lambda: None)
    until = datetime.now(UTC) + timedelta(minutes=5)
    for _ in range(2):
        await signals.hear(ProviderLimited(model=run.model, until=until))
    await signals.hear(ApprovalUsed(approval="A999"))
    await signals.hear(MessageHeard(message=MessageId(f"{NUDGE_ID}:1")))
    held = [entry for entry in await workshop.store.journal.read(task=HOUSE) if isinstance(entry.event, ModelHeld)]
    assert len(held) == 1
    assert await state_of(workshop, run) == AgentRunState.RUNNING


async def test_a_gate_is_asked_once_and_not_for_a_task_that_has_ended(workshop: Workshop):
    project = workshop.project("late", plan_gate=PlanGate.ALWAYS)
    task = await workshop.submit(project, workflow="plan_build")
    await TaskEffects(workshop.parts).prepare(task.id)
    await cancel(workshop, task.id)
    before = await workshop.events(task.id)
    await TaskProgress(workshop.parts).ask_gate(task.id, StepName("plan"))
    assert await workshop.events(task.id) == before
