"""Loops back in the store: a round is never repeated, or its old gate would speak for new work."""

import pytest

from core.domain.task import AgentRunState, TaskState
from tests.support.stored_task import Story, Tell
from tests.support.workflow_strategy import a_definition, a_loop, a_workflow

LOOPS_ASIDE = a_workflow(
    a_definition("plan"),
    a_definition("build", "plan"),
    a_definition("test", "build", loop=a_loop("build")),
    a_definition("audit", "plan", loop=a_loop("plan")),
)


@pytest.fixture
async def story(tell: Tell) -> Story:
    """A task of that workflow, prepared."""
    return await tell(LOOPS_ASIDE)


async def test_a_loop_back_takes_all_it_reaches_to_the_next_round_and_nothing_else(story: Story) -> None:
    await story.step_ends("plan", well=True)
    await story.step_ends("build", well=True)
    await story.step_ends("test", well=False)
    await story.advance()
    assert await story.rounds() == {"plan": 1, "build": 2, "test": 2, "audit": 1}
    await story.step_ends("build", well=True)


async def test_steps_beside_each_other_are_queued_at_the_same_time(story: Story) -> None:
    await story.step_ends("plan", well=True)
    await story.advance()
    queued = [run.step for run in await story.runs() if run.state == AgentRunState.QUEUED]
    assert queued == ["build", "audit"]


async def test_a_loop_that_is_used_up_fails_the_task_and_says_after_how_many_rounds(story: Story) -> None:
    await story.step_ends("plan", well=True)
    for _ in range(3):
        await story.step_ends("build", well=True)
        await story.step_ends("test", well=False)
    await story.advance()
    task = await story.task()
    assert task.state == TaskState.FAILED
    assert "Step test did not succeed after 3 rounds" in task.failure
    # the audit was still waiting for its place
    assert await story.states() == {"plan": "completed", "build": "completed", "test": "failed", "audit": "failed"}


async def test_the_tries_of_one_loop_do_not_use_up_those_of_another(story: Story) -> None:
    for _ in range(2):
        await story.step_ends("plan", well=True)
        await story.step_ends("build", well=True)
        await story.step_ends("test", well=False)
        await story.step_ends("build", well=True)
        await story.step_ends("test", well=True)
        await story.step_ends("audit", well=False)
    await story.advance()
    assert (await story.task()).state == TaskState.RUNNING, "each loop was used twice, as it may be"
    await story.step_ends("plan", well=True)
    await story.step_ends("build", well=True)
    await story.step_ends("test", well=False)
    await story.advance()
    assert (await story.task()).state == TaskState.FAILED


async def test_no_round_of_a_step_is_repeated_when_loops_of_different_reach_take_turns(story: Story) -> None:
    await story.step_ends("plan", well=True)
    await story.step_ends("build", well=True)
    await story.step_ends("test", well=False)
    await story.step_ends("build", well=True)
    await story.step_ends("test", well=True)
    await story.step_ends("audit", well=False)
    await story.step_ends("plan", well=True)
    await story.step_ends("build", well=True)
    assert len(story.ended) == len(set(story.ended)), story.ended
