"""Another life for a task: from what failed, from a step a person names, or with the branch set back."""

import pytest

from core.domain.errors import ConflictError, InvalidInputError
from core.domain.event import CommitCreated, TaskReopened
from core.domain.identity import StepName, TaskId
from core.domain.task import AgentRunState, Task, TaskState
from core.engine import reopening
from core.engine.changes import end_task, move_task
from core.engine.moves import End, Publish
from core.engine.progress import TaskProgress
from tests.support.stored_task import ALICE, Story, Tell
from tests.support.workflow_strategy import a_definition, a_loop, a_workflow

WORKFLOW = a_workflow(
    a_definition("plan"),
    a_definition("build", "plan"),
    a_definition("docs", "plan"),
    a_definition("test", "build", loop=a_loop("build", max_rounds=1)),
)


@pytest.fixture
async def story(tell: Tell) -> Story:
    return await tell(WORKFLOW)


async def retried(story: Story, step: str | None = None) -> Task:
    async with story.store.transaction() as uow:
        task = await uow.tasks.get(story.task_id)
        from_step = StepName(step) if step else None
        return await reopening.retry(uow, story.engine, task, from_step=from_step, by=ALICE)


async def rewound(story: Story, step: str) -> Task:
    async with story.store.transaction() as uow:
        task = await uow.tasks.get(story.task_id)
        return await reopening.rewind(uow, story.engine, task, to_step=StepName(step), by=ALICE)


async def ended(story: Story, target: TaskState = TaskState.CANCELLED) -> None:
    async with story.store.transaction() as uow:
        await end_task(uow, await uow.tasks.get(story.task_id), target, reason="Enough.", by=ALICE)


async def test_a_retry_begins_again_with_what_failed_and_keeps_what_was_done(story: Story) -> None:
    await story.step_ends("plan", well=True)
    for _ in range(2):
        await story.step_ends("build", well=True)
        await story.step_ends("test", well=False)
    await story.advance()
    assert (await story.task()).state == TaskState.FAILED
    task = await retried(story)
    assert (task.state, task.life, task.failure, task.finished_at) == (TaskState.QUEUED, 2, "", None)
    assert await story.states() == {"plan": "completed", "build": "completed", "docs": "pending", "test": "pending"}
    assert story.enqueued.lives == [(TaskId("T1"), 2)]
    await story.step_ends("test", well=False)
    await story.advance()
    assert (await story.task()).state == TaskState.RUNNING, "in a new life its loop is unused"


async def test_a_reopened_task_says_where_it_stands_and_repeats_no_round(story: Story) -> None:
    await story.step_ends("plan", well=True)
    await story.advance()
    await ended(story)
    await retried(story, "plan")
    await story.advance()
    assert (await story.task()).state == TaskState.RUNNING
    assert await story.rounds() == {"plan": 2, "build": 2, "docs": 2, "test": 2}
    await story.step_ends("plan", well=True)
    await story.step_ends("docs", well=True)
    assert len(story.ended) == len(set(story.ended))


async def test_a_retry_from_a_step_does_again_what_needs_it_and_what_never_ended(story: Story) -> None:
    await story.step_ends("plan", well=True)
    await story.step_ends("docs", well=True)
    await story.step_ends("build", well=True)
    await story.advance()
    await ended(story)
    await retried(story, "build")
    assert await story.states() == {"plan": "completed", "build": "pending", "docs": "completed", "test": "pending"}


@pytest.mark.parametrize(("step", "message"), [("nothing", "has no step"), ("test", "before build is done")])
async def test_a_step_that_cannot_begin_is_refused_with_what_could(story: Story, step: str, message: str) -> None:
    await story.step_ends("plan", well=True)
    await ended(story)
    with pytest.raises(InvalidInputError, match=message) as refusal:
        await retried(story, step)
    assert refusal.value.hint
    assert (await story.task()).life == 1


async def test_a_task_that_goes_on_or_succeeded_is_not_retried_without_being_told_from_where(story: Story) -> None:
    with pytest.raises(ConflictError, match="has not ended"):
        await retried(story)
    for name in ("plan", "build", "docs", "test"):
        await story.step_ends(name, well=True)
    async with story.store.transaction() as uow:
        task = await move_task(uow, await uow.tasks.get(story.task_id), TaskState.RUNNING)
        await move_task(uow, task, TaskState.COMPLETED)
    with pytest.raises(ConflictError, match="completed"):
        await retried(story)
    assert (await retried(story, "docs")).state == TaskState.QUEUED


async def test_going_back_stops_what_is_at_work_and_sets_the_branch_back_to_before_the_step(story: Story) -> None:
    await story.step_ends("plan", well=True)
    async with story.store.transaction() as uow:
        await move_task(uow, await uow.tasks.get(story.task_id), TaskState.RUNNING, commit="c" * 40)
    await story.advance()
    task = await rewound(story, "plan")
    assert (task.state, task.life, task.restore_commit) == (TaskState.QUEUED, 2, "b" * 40)
    assert {run.state for run in await story.runs() if run.step != "plan"} == {AgentRunState.CANCELLED}
    assert await story.rounds() == {"plan": 2, "build": 2, "docs": 2, "test": 2}
    async with story.store.reading() as uow:
        told = [entry.event for entry in await uow.events.of(story.task_id) if isinstance(entry.event, TaskReopened)]
    assert told == [TaskReopened(life=2, step=StepName("plan"), how="rewind", by=ALICE)]


async def committed(story: Story, step: str, commit: str) -> None:
    """The step's work came to the branch."""
    async with story.store.transaction() as uow:
        task = await uow.tasks.get(story.task_id)
        await move_task(uow, task, task.state, commit=commit)
        await uow.events.append(task.id, CommitCreated(step=StepName(step), round=1, commit=commit, files=()))


async def test_going_back_to_a_step_that_had_several_rounds_gives_all_of_them_up(story: Story) -> None:
    await story.step_ends("plan", well=True)
    await committed(story, "plan", "c" * 40)
    await story.step_ends("build", well=True)
    await committed(story, "build", "d" * 40)
    await story.step_ends("test", well=False)
    await story.step_ends("build", well=True)
    await committed(story, "build", "e" * 40)
    await story.advance()
    assert (await story.steps())["build"].base_commit == "d" * 40, "its second round began there"
    assert (await rewound(story, "build")).restore_commit == "c" * 40


async def test_in_a_new_life_going_back_ends_where_that_life_began(story: Story) -> None:
    await story.step_ends("plan", well=True)
    await story.step_ends("build", well=True)
    await committed(story, "build", "d" * 40)
    await ended(story)
    await retried(story, "build")
    await story.step_ends("build", well=True)
    await committed(story, "build", "e" * 40)
    assert (await rewound(story, "build")).restore_commit == "d" * 40


async def test_what_came_to_the_branch_beside_the_step_is_made_again_when_the_branch_is_set_back(story: Story) -> None:
    await story.step_ends("plan", well=True)
    await story.step_ends("docs", well=True)
    await committed(story, "docs", "c" * 40)
    await rewound(story, "build")
    assert await story.states() == {"plan": "completed", "build": "pending", "docs": "pending", "test": "pending"}


async def test_a_driver_of_an_earlier_life_has_nothing_to_do(story: Story) -> None:
    await story.step_ends("plan", well=True)
    await rewound(story, "plan")
    assert await TaskProgress(story.parts).advance(story.task_id, life=1) == (End(),)
    assert not [run for run in await story.runs() if run.state == AgentRunState.QUEUED]


async def test_where_the_branch_is_already_nothing_is_set_back(story: Story) -> None:
    await story.step_ends("plan", well=True)
    assert (await rewound(story, "plan")).restore_commit == ""


async def test_there_is_no_going_back_to_a_step_that_never_began(story: Story) -> None:
    await story.step_ends("plan", well=True)
    with pytest.raises(ConflictError, match="never begun"):
        await rewound(story, "build")


async def test_when_only_the_offer_failed_nothing_but_the_offer_is_tried_again(story: Story) -> None:
    for step in ("plan", "build", "docs", "test"):
        await story.step_ends(step, well=True)
    assert await story.advance() == (Publish(),)
    await ended(story, TaskState.FAILED)
    before = await story.steps()
    assert (await retried(story)).life == 2
    assert await story.steps() == before
    assert await story.advance() == (Publish(),)
