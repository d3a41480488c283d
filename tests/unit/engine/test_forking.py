"""Forks: another task that begins where the first one was, and in the end one of them is kept."""

from dataclasses import replace

import pytest

from core.domain.approval import ApprovalState
from core.domain.errors import ConflictError, InvalidInputError
from core.domain.event import CommitCreated, TaskForked, WorkspacePrepared
from core.domain.identity import AgentRunId, StepName, TaskId, agent_run_id, task_id
from core.domain.task import AgentRunState, RunPurpose, StepState, Task, TaskState
from core.engine import forking
from core.engine.approval_keys import gate_key
from core.engine.forking import ForkPoint
from tests.support.stored_task import ALICE, Story, Tell
from tests.support.values import a_run, an_approval
from tests.support.workflow_strategy import a_definition, a_loop, a_workflow

WORKFLOW = a_workflow(
    a_definition("plan"), a_definition("build", "plan"), a_definition("docs", "plan"), a_definition("test", "build")
)


@pytest.fixture
async def story(tell: Tell) -> Story:
    """`plan` and `docs` are done, and `build` waits for its place."""
    begun = await tell(WORKFLOW)
    await begun.step_ends("plan", well=True)
    async with begun.store.transaction() as uow:
        await uow.tasks.save(replace(await uow.tasks.get(begun.task_id), commit="c" * 40, failure="", life=1))
    await begun.advance()
    await begun.step_ends("docs", well=True)
    return begun


async def forked(story: Story, point: ForkPoint, *, request: str = "", model: str = "") -> Task:
    async with story.store.transaction() as uow:
        parent = await uow.tasks.get(story.task_id)
        roles = story.parts.roles(parent.project)
        return await forking.fork(uow, story.engine, parent, point, request=request, model=model, roles=roles, by=ALICE)


def at(step: str) -> ForkPoint:
    return ForkPoint(step=StepName(step))


async def states(story: Story, task: TaskId) -> dict[str, StepState]:
    async with story.store.reading() as uow:
        return {step.name: step.state for step in await uow.steps.of(task)}


async def test_a_fork_has_the_results_before_its_point_and_does_the_rest_itself(story: Story) -> None:
    child = await forked(story, at("build"), request="Use a table.", model="claude-opus")
    parent = await story.task()
    assert (child.id, child.forked_from, child.state, child.life) == (task_id(2), parent.id, TaskState.QUEUED, 1)
    assert child.request == f"{parent.request}\n\nUse a table."
    assert (child.model, child.branch, child.requested_by) == ("claude-opus", "", ALICE)
    assert await states(story, child.id) == {
        "plan": StepState.COMPLETED,
        "build": StepState.PENDING,
        "docs": StepState.PENDING,  # it came to the branch beside what is forked, so it is done again
        "test": StepState.PENDING,
    }
    assert story.enqueued.lives == [(child.id, 1)]


async def test_a_fork_begins_at_the_commit_its_step_began_at(story: Story) -> None:
    assert (await forked(story, at("plan"))).commit == "", "that was the base"
    child = await forked(story, at("build"))
    assert (child.base_commit, child.commit) == ("b" * 40, "c" * 40)


async def test_the_parent_goes_on_and_its_journal_tells_of_the_fork(story: Story) -> None:
    before = await story.task()
    child = await forked(story, at("build"))
    assert await story.task() == before
    async with story.store.reading() as uow:
        told = [entry.event for entry in await uow.events.of(before.id) if isinstance(entry.event, TaskForked)]
    assert told == [TaskForked(child=child.id, at="build", by=ALICE)]
    await story.step_ends("build", well=True)


async def test_a_fork_inside_a_run_goes_on_with_a_copy_of_its_session(story: Story) -> None:
    (run,) = [run for run in await story.runs() if run.step == "plan"]
    async with story.store.transaction() as uow:
        await uow.agent_runs.save(replace(await uow.agent_runs.get(run.id), attempts=1))
    child = await forked(story, ForkPoint(run=run.id, message="uuid-7"))
    async with story.store.reading() as uow:
        (copy,) = await uow.agent_runs.of(child.id)
    assert (copy.id, copy.state, copy.round) == (agent_run_id(child.id, 1), AgentRunState.QUEUED, 1)
    assert (copy.forked_session, copy.forked_message) == (run.session, "uuid-7")
    assert copy.session not in ("", run.session)
    assert (await states(story, child.id))["plan"] == StepState.RUNNING


async def test_a_fork_of_an_earlier_round_begins_where_that_round_began(tell: Tell) -> None:
    story = await tell(a_workflow(a_definition("build"), a_definition("test", "build", loop=a_loop("build"))))
    for head in ("c" * 40, "d" * 40):
        await story.step_ends("build", well=True)
        async with story.store.transaction() as uow:
            await uow.tasks.save(replace(await uow.tasks.get(story.task_id), commit=head))
            await uow.events.append(
                story.task_id, CommitCreated(step=StepName("build"), round=1, commit=head, files=())
            )
        await story.step_ends("test", well=False)
    await story.advance()
    runs = [run for run in await story.runs() if run.step == "build"]
    async with story.store.transaction() as uow:
        for run in runs:
            await uow.agent_runs.save(replace(await uow.agent_runs.get(run.id), attempts=1))
    begun = [(await forked(story, ForkPoint(run=run.id))).commit for run in runs]
    assert begun == ["", "c" * 40, "d" * 40]
    assert (await forked(story, at("build"))).commit == "", "a fork at a step is before all its rounds"


async def test_the_branch_of_a_fork_began_where_its_journal_says(tell: Tell) -> None:
    story = await tell(a_workflow(a_definition("build"), a_definition("test", "build", loop=a_loop("build"))))
    prepared = WorkspacePrepared(branch="x", base_branch="main", base_commit="b" * 40, commit="c" * 40)
    async with story.store.transaction() as uow:
        await uow.tasks.save(replace(await uow.tasks.get(story.task_id), commit="c" * 40))
        await uow.events.append(story.task_id, prepared)
    await story.step_ends("build", well=True)
    async with story.store.transaction() as uow:
        await uow.tasks.save(replace(await uow.tasks.get(story.task_id), commit="d" * 40))
        await uow.events.append(
            story.task_id, CommitCreated(step=StepName("build"), round=1, commit="d" * 40, files=())
        )
    await story.step_ends("test", well=False)
    await story.advance()
    assert (await forked(story, at("build"))).commit == "c" * 40


@pytest.mark.parametrize(
    ("point", "message"),
    [
        (at("nothing"), "no step nothing"),
        (ForkPoint(), "has no step"),
        (ForkPoint(run=AgentRunId("T9.1")), "no agent run of T1"),
    ],
)
async def test_a_point_that_does_not_exist_is_refused(story: Story, point: ForkPoint, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message) as refusal:
        await forked(story, point)
    assert refusal.value.hint
    assert story.enqueued.lives == []


async def test_where_nothing_was_said_or_begun_nothing_can_be_forked(story: Story) -> None:
    with pytest.raises(ConflictError, match="has not begun"):
        await forked(story, at("test"))
    merge = a_run(ordinal=50, purpose=RunPurpose.MERGE, attempts=1)
    async with story.store.transaction() as uow:
        await uow.agent_runs.add(merge)
    for run in (merge.id, (await story.runs())[0].id):
        with pytest.raises(ConflictError, match="no session to go on from"):
            await forked(story, ForkPoint(run=run))


async def test_keeping_one_drops_every_other_of_the_family_that_has_not_ended(story: Story) -> None:
    child = await forked(story, at("build"))
    other = await forked(story, at("build"))
    async with story.store.transaction() as uow:
        await uow.approvals.add(an_approval(1, task=other.id, key="open"))
        await uow.tasks.save(replace(await uow.tasks.get(story.task_id), state=TaskState.COMPLETED))
        assert await forking.drop_rivals(uow, child, by=ALICE) == [other.id]
        assert await forking.drop_rivals(uow, child, by=ALICE) == []
    async with story.store.reading() as uow:
        assert (await uow.tasks.get(child.id)).state == TaskState.QUEUED
        assert (await uow.tasks.get(other.id)).state == TaskState.CANCELLED
        assert await uow.approvals.pending() == []


@pytest.mark.parametrize(
    ("point", "words"),
    [
        (at("build"), "build"),
        (ForkPoint(run=AgentRunId("T1.2")), "T1.2"),
        (ForkPoint(run=AgentRunId("T1.2"), message="uuid-7"), "T1.2:uuid-7"),
    ],
)
def test_a_point_reads_as_people_write_it(point: ForkPoint, words: str) -> None:
    assert str(point) == words


async def test_what_people_approved_before_the_point_is_approved_for_the_fork(story: Story) -> None:
    async with story.store.transaction() as uow:
        steps = {step.name: step for step in await uow.steps.of(story.task_id)}
        gate = an_approval(7, key=gate_key(steps[StepName("plan")]), step=StepName("plan"), agent_run=None)
        await uow.approvals.add(replace(gate, state=ApprovalState.APPROVED, decided_by=ALICE))
        await uow.approvals.add(an_approval(8, key=gate_key(steps[StepName("docs")]), step=StepName("docs")))
    child = await forked(story, at("build"))
    async with story.store.reading() as uow:
        (taken,) = await uow.approvals.of(child.id)
        mine = {step.name: step for step in await uow.steps.of(child.id)}
    assert (taken.key, taken.state, taken.decided_by) == (
        gate_key(mine[StepName("plan")]),
        ApprovalState.APPROVED,
        ALICE,
    )
