"""News of a forge is kept once, told to the task it concerns, and to nobody else."""

from dataclasses import replace

import pytest

from core.domain.event import Event
from core.domain.forge_event import (
    BranchMoved,
    ChecksReported,
    ForgeEvent,
    PullRequestCameBack,
    PullRequestClosed,
    ReviewReported,
)
from core.domain.forge_news import (
    BranchPushed,
    ChecksEnded,
    Commented,
    FailedCheck,
    ForgeNews,
    ForgeReport,
    IssueLabelled,
    PullRequestEnded,
    PullRequestReopened,
    Remark,
    ReviewGiven,
)
from core.domain.identity import ProjectName
from core.domain.task import Task
from core.engine import hearing
from tests.support.stored_task import Story, Tell
from tests.support.workflow_strategy import a_definition, a_workflow

pytestmark = pytest.mark.github
HEAD = "c" * 40
RED = ChecksEnded(pull_request="45", commit=HEAD, failed=(FailedCheck(name="tests", log="hunter2 was wrong"),))
REVIEW = ReviewGiven(
    pull_request="45", review="9", by="maria", verdict="changes_requested", remarks=(Remark(text="No.", path="a.py"),)
)


@pytest.fixture
async def story(tell: Tell) -> Story:
    story = await tell(a_workflow(a_definition("build")))
    async with story.store.transaction() as uow:
        task = await uow.tasks.get(story.task_id)
        offered = replace(task, pull_request="45", pull_request_state="open", pull_request_commit=HEAD, commit=HEAD)
        await uow.tasks.save(offered)
    return story


async def heard(story: Story, news: ForgeNews, *, key: str = "k1", project: str = "shop") -> Task | None:
    report = ForgeReport(key=key, project=ProjectName(project), news=news)
    async with story.store.transaction() as uow:
        return await hearing.hear(uow, report, mask=lambda text: text.replace("hunter2", "***"))


async def told(story: Story) -> list[Event]:
    entries = await story.store.journal.read(task=story.task_id)
    return [entry.event for entry in entries if isinstance(entry.event, ForgeEvent)]


async def test_failed_checks_are_told_by_name_and_kept_in_full_without_secrets(story: Story) -> None:
    task = await heard(story, RED)
    assert task is not None
    assert task.id == story.task_id
    assert await told(story) == [ChecksReported(pull_request="45", commit=HEAD, failed=("tests",), news="k1")]
    async with story.store.reading() as uow:
        kept = (await uow.forge_news.get("k1")).news
    assert isinstance(kept, ChecksEnded)
    assert kept.failed[0].log == "*** was wrong"


async def test_the_same_news_is_told_once(story: Story) -> None:
    first, again = await heard(story, RED), await heard(story, RED)
    assert first == again
    assert len(await told(story)) == 1


async def test_checks_of_a_commit_that_is_not_the_one_we_pushed_are_kept_in_silence(story: Story) -> None:
    assert await heard(story, replace(RED, commit="d" * 40)) is not None
    assert await told(story) == []


async def test_a_review_is_told_with_the_number_of_its_remarks(story: Story) -> None:
    await heard(story, REVIEW)
    assert await told(story) == [
        ReviewReported(pull_request="45", by="maria", verdict="changes_requested", remarks=1, news="k1")
    ]


async def test_a_pull_request_that_ends_or_comes_back_changes_what_the_task_says_of_it(story: Story) -> None:
    closed = await heard(story, PullRequestEnded(pull_request="45", merged=False, by="maria"))
    back = await heard(story, PullRequestReopened(pull_request="45", by="maria"), key="k2")
    merged = await heard(story, PullRequestEnded(pull_request="45", merged=True, by="maria"), key="k3")
    assert [task and task.pull_request_state for task in (closed, back, merged)] == ["closed", "open", "merged"]
    assert await told(story) == [
        PullRequestClosed(pull_request="45", merged=False, by="maria"),
        PullRequestCameBack(pull_request="45", by="maria"),
        PullRequestClosed(pull_request="45", merged=True, by="maria"),
    ]


async def test_a_push_by_others_to_the_tasks_branch_is_told_and_our_own_is_not(story: Story) -> None:
    ours = BranchPushed(branch="orchestrate/T1-fix", commit=HEAD)
    await heard(story, ours)
    await heard(story, replace(ours, commit="d" * 40, by="maria"), key="k2")
    assert await told(story) == [BranchMoved(branch="orchestrate/T1-fix", commit="d" * 40, by="maria")]


@pytest.mark.parametrize(
    "news",
    [
        replace(RED, pull_request="46"),
        BranchPushed(branch="main", commit=HEAD),
        IssueLabelled(issue="7", label="orchestrate", by="maria", trusted=True),
        Commented(number="45", comment="1", by="maria", text="Hm"),
    ],
)
async def test_what_concerns_no_task_is_not_kept_so_that_it_is_heard_once_it_does(
    story: Story, news: ForgeNews
) -> None:
    assert await heard(story, news) is None
    async with story.store.reading() as uow:
        assert await uow.forge_news.find("k1") is None


async def test_the_same_number_in_another_project_is_another_pull_request(story: Story) -> None:
    assert await heard(story, RED, project="other") is None
