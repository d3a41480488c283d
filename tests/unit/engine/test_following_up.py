"""More work on an open pull request: another life on the same branch, once for each thing that is asked."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from core.domain.errors import ConflictError, InvalidInputError
from core.domain.event import TaskReopened
from core.domain.forge_news import ChecksEnded, FailedCheck, ForgeNews, ForgeReport, ReviewGiven
from core.domain.identity import ProjectName, StepName
from core.domain.role import ResultKind, Role
from core.domain.task import StepState, Task, TaskState
from core.engine import following_up, hearing
from tests.support.stored_task import ALICE, Story, Tell
from tests.support.workflow_strategy import a_definition, a_workflow

pytestmark = pytest.mark.github
HEAD = "c" * 40


def a_role(name: str, *, writes: bool) -> Role:
    result = ResultKind.CHANGE if writes else ResultKind.PLAN
    return Role(name=name, description="", prompt="", model="claude-sonnet", result=result, writes=writes)


ROLES: Mapping[str, Role] = {
    "planner": a_role("planner", writes=False),
    "builder": a_role("builder", writes=True),
}
WORKFLOW = a_workflow(
    replace(a_definition("plan"), role="planner"), a_definition("build", "plan"), a_definition("test", "build")
)


@pytest.fixture
async def story(tell: Tell) -> Story:
    story = await tell(WORKFLOW)
    async with story.store.transaction() as uow:
        task = await uow.tasks.get(story.task_id)
        for step in await uow.steps.of(task.id):
            await uow.steps.save(replace(step, state=StepState.COMPLETED))
        offered = {"pull_request": "45", "pull_request_state": "open", "pull_request_commit": HEAD, "commit": HEAD}
        await uow.tasks.save(replace(task, state=TaskState.COMPLETED, **offered))  # type: ignore[arg-type]
    return story


async def changed(story: Story, **changes: Any) -> None:
    async with story.store.transaction() as uow:
        await uow.tasks.save(replace(await uow.tasks.get(story.task_id), **changes))


async def heard(story: Story, key: str, news: ForgeNews) -> None:
    async with story.store.transaction() as uow:
        report = ForgeReport(key=key, project=ProjectName("shop"), news=news)
        await hearing.hear(uow, report, mask=lambda text: text)


def red(commit: str = HEAD) -> ChecksEnded:
    return ChecksEnded(pull_request="45", commit=commit, failed=(FailedCheck(name="tests"),))


def review(text: str = "Not yet.") -> ReviewGiven:
    return ReviewGiven(pull_request="45", review="9", by="maria", verdict="changes_requested", text=text)


async def followed(story: Story, text: str = "", **options: Any) -> Task:
    asked: dict[str, Any] = {"why": "checks", "news": "", "key": "", **options}
    async with story.store.transaction() as uow:
        task = await uow.tasks.get(story.task_id)
        return await following_up.follow_up(uow, story.engine, task, text, by=ALICE, roles=ROLES, **asked)


async def test_the_work_begins_again_at_the_first_step_that_changes_something(story: Story) -> None:
    await heard(story, "red", red())
    task = await followed(story, "Quickly.", news="red", key="press-1")
    assert (task.state, task.life, task.pull_request, task.pull_request_state) == (TaskState.QUEUED, 2, "45", "open")
    assert task.follow_up is not None
    assert (task.follow_up.why, task.follow_up.text, task.follow_up.news) == ("checks", "Quickly.", ("red",))
    assert await story.states() == {"plan": "completed", "build": "pending", "test": "pending"}
    assert await story.rounds() == {"plan": 1, "build": 2, "test": 2}
    async with story.store.reading() as uow:
        entries = await uow.events.of(story.task_id, types=("task_reopened",))
    assert [entry.event for entry in entries] == [
        TaskReopened(life=2, step=StepName("build"), how="follow_up", by=ALICE, why="checks", news="red", key="press-1")
    ]


async def test_a_second_press_about_the_same_news_begins_nothing(story: Story) -> None:
    await heard(story, "red", red())
    await followed(story, news="red", key="press-1")
    assert (await followed(story, news="red", key="press-2")).life == 2
    await changed(story, state=TaskState.COMPLETED)
    assert (await followed(story, news="red", key="press-3")).life == 2


async def test_words_are_taken_once_under_their_key(story: Story) -> None:
    await followed(story, "Name it sum.", why="words", key="m1")
    assert (await followed(story, "Name it sum.", why="words", key="m1")).life == 2
    await changed(story, state=TaskState.COMPLETED)
    assert (await followed(story, "And test it.", why="words", key="m2")).life == 3


async def test_without_a_name_it_is_about_every_review_that_was_not_settled(story: Story) -> None:
    await heard(story, "r1", review())
    await heard(story, "r2", review("Nor this."))
    await heard(story, "r3", replace(review(""), verdict="approved"))
    task = await followed(story, why="review")
    assert task.follow_up is not None
    assert set(task.follow_up.news) == {"r1", "r2"}
    await changed(story, state=TaskState.COMPLETED)
    with pytest.raises(ConflictError, match="No review"):
        await followed(story, why="review")


async def test_checks_of_an_older_commit_are_nothing_to_settle(story: Story) -> None:
    await heard(story, "old", red("d" * 40))
    with pytest.raises(ConflictError, match="No check of it failed"):
        await followed(story)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"state": TaskState.RUNNING}, "at work"),
        ({"pull_request": ""}, "no pull request"),
        ({"pull_request_state": "merged"}, "is merged"),
        ({"pull_request_state": "closed"}, "is closed"),
    ],
)
async def test_what_cannot_be_followed_up_says_why_and_what_to_do(
    story: Story, changes: dict[str, Any], message: str
) -> None:
    await changed(story, **changes)
    with pytest.raises(ConflictError, match=message) as refusal:
        await followed(story, "More.", why="words")
    assert refusal.value.hint


async def test_asking_for_nothing_is_asked_back(story: Story) -> None:
    with pytest.raises(InvalidInputError):
        await followed(story, why="words")


async def test_news_of_another_task_is_none_of_this_one(story: Story) -> None:
    with pytest.raises(ConflictError, match="Nothing of that kind"):
        await followed(story, news="somebody-elses")
