"""After the pull request is open: what comes back is settled on the same branch, and what is merged is taken away."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.event import Event
from core.domain.forge_event import PullRequestUpdated, WorkspaceCleaned
from core.domain.forge_news import (
    ChecksEnded,
    FailedCheck,
    ForgeNews,
    ForgeReport,
    PullRequestEnded,
    Remark,
    ReviewGiven,
)
from core.domain.identity import TaskId
from core.domain.project import Project, PublishGate
from core.domain.task import Task, TaskState
from core.domain.workflow import Mode
from tests.support.engine import ALICE, Workshop, git, has_ended
from tests.support.engine_plays import Held

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.github]


async def offered(workshop: Workshop, project: Project, *, workflow: str = "build_review") -> Task:
    task = await workshop.submit(project, workflow=workflow)
    view = await workshop.ended(task.id)
    assert (view.task.state, view.task.pull_request_state) == (TaskState.COMPLETED, "open")
    return view.task


async def hear(workshop: Workshop, task: Task, key: str, news: ForgeNews) -> None:
    heard = await workshop.orchestrator.hear(ForgeReport(key=key, project=task.project, news=news))
    assert heard is not None
    assert heard.id == task.id


async def ended_again(workshop: Workshop, task: TaskId, *, times: int = 2) -> Task:
    await workshop.until(task, lambda events: sum(map(has_ended, events)) == times)
    return (await workshop.orchestrator.task(task)).task


def red(task: Task) -> ChecksEnded:
    failed = FailedCheck(name="unit tests", log="E  assert 3 == 4\nhunter2")
    return ChecksEnded(pull_request=task.pull_request, commit=task.pull_request_commit, failed=(failed,))


async def test_failed_checks_are_mended_by_the_same_agents_on_the_same_branch_and_pull_request(busy: Workshop):
    project = busy.project("red")
    first = await offered(busy, project)
    await hear(busy, first, "red-1", red(first))
    await busy.orchestrator.follow_up(first.id, "Quickly, please.", by=ALICE, why="checks", news="red-1", key="press")
    again = await ended_again(busy, first.id)
    assert (again.state, again.branch, again.pull_request) == (TaskState.COMPLETED, first.branch, first.pull_request)
    assert again.pull_request_commit == again.commit != first.commit
    assert busy.commits(project, again.branch) == ["build/2", "build/1"]
    assert len(busy.pull_requests(project)) == 1
    before, builder = busy.starts(first.id, "builder")
    assert builder.copy_of is not None
    assert builder.copy_of.session == before.session
    assert "assert 3 == 4" in builder.prompt
    assert "hunter2" not in builder.prompt
    assert "Quickly, please." in builder.prompt
    updated = [event for event in await busy.events(first.id) if isinstance(event, PullRequestUpdated)]
    assert [event.commit for event in updated] == [again.commit]


async def test_every_review_since_the_last_time_is_settled_in_one_go(busy: Workshop):
    task = await offered(busy, busy.project("reviewed"))
    remark = Remark(text="Name it total.", path="sum.py", line=3)
    review = ReviewGiven(
        pull_request=task.pull_request, review="9", by="maria", verdict="changes_requested", remarks=(remark,)
    )
    await hear(busy, task, "r1", review)
    other = replace(review, review="10", by="jonas", text="And test it.", remarks=())
    await hear(busy, task, "r2", other)
    await busy.orchestrator.follow_up(task.id, by=ALICE, why="review")
    await ended_again(busy, task.id)
    prompt = busy.starts(task.id, "builder")[-1].prompt
    assert "sum.py:3: Name it total." in prompt
    assert "And test it." in prompt
    assert "Name it total." in busy.starts(task.id, "reviewer")[-1].prompt, "who looks afterwards knows of it, too"


async def test_steps_that_work_beside_each_other_go_on_too(busy: Workshop):
    project = busy.project("pair")
    task = await busy.submit(project, workflow="pair", mode=Mode.PARALLEL)
    first = (await busy.ended(task.id)).task
    await busy.orchestrator.follow_up(task.id, "More.", by=ALICE, why="words", key="m1")
    again = await ended_again(busy, task.id)
    assert (again.state, again.pull_request) == (TaskState.COMPLETED, first.pull_request)
    assert busy.lanes(task.id) == []


async def test_more_work_is_asked_about_before_it_is_pushed_where_people_want_that(busy: Workshop):
    project = busy.project("asked-again", publish_gate=PublishGate.ALWAYS)
    task = await busy.submit(project)
    (asked,) = await busy.asked(task.id)
    await busy.approve(asked)
    first = (await busy.ended(task.id)).task
    await busy.orchestrator.follow_up(task.id, "More.", by=ALICE, why="words")
    (again,) = await busy.asked(task.id, times=2)
    assert again.title == f"Push more commits of {first.branch} to pull request {first.pull_request}"
    await busy.approve(again)
    await ended_again(busy, task.id)


async def test_what_failed_in_a_follow_up_is_tried_again_with_the_same_words(busy: Workshop):
    task = await offered(busy, busy.project("twice"), workflow="build_only")
    await busy.orchestrator.follow_up(task.id, "Name it total.", by=ALICE, why="words")
    await busy.orchestrator.cancel(task.id, by=ALICE)
    await busy.orchestrator.retry(task.id, by=ALICE)
    await ended_again(busy, task.id, times=3)
    assert "Name it total." in busy.starts(task.id, "builder")[-1].prompt


async def cleaned(workshop: Workshop, task: TaskId) -> list[Event]:
    return await workshop.until(task, lambda events: isinstance(events[-1], WorkspaceCleaned))


async def test_what_is_merged_leaves_neither_worktree_nor_branch(busy: Workshop):
    project = busy.project("merged")
    task = await offered(busy, project)
    repository = Path(project.repository)
    before = git(repository, "status", "--porcelain", "--branch")
    await hear(busy, task, "merged-1", PullRequestEnded(pull_request=task.pull_request, merged=True, by="maria"))
    events = await cleaned(busy, task.id)
    assert events[-1] == WorkspaceCleaned(branch=task.branch)
    assert not (busy.home / "worktrees" / task.id).exists()
    assert git(repository, "for-each-ref", "--format=%(refname)", f"refs/heads/{task.branch}") == ""
    assert git(repository, "status", "--porcelain", "--branch") == before


async def test_a_branch_that_a_person_has_checked_out_is_theirs(busy: Workshop):
    project = busy.project("theirs")
    task = await offered(busy, project)
    repository = Path(project.repository)
    await busy.parts.workspaces.remove(project, task=task.id, branch=task.branch)
    git(repository, "checkout", "--quiet", task.branch)
    await hear(busy, task, "merged-2", PullRequestEnded(pull_request=task.pull_request, merged=True))
    assert (await cleaned(busy, task.id))[-1] == WorkspaceCleaned(branch="")
    assert git(repository, "rev-parse", "--abbrev-ref", "HEAD") == task.branch


async def test_what_is_closed_keeps_its_branch(busy: Workshop):
    project = busy.project("closed")
    task = await offered(busy, project)
    await hear(busy, task, "closed-1", PullRequestEnded(pull_request=task.pull_request, merged=False, by="maria"))
    other = await offered(busy, busy.project("closed-other"))
    await hear(busy, other, "merged-4", PullRequestEnded(pull_request=other.pull_request, merged=True))
    await cleaned(busy, other.id)
    assert git(Path(project.repository), "rev-parse", task.branch) == task.commit


async def test_a_follow_up_that_is_under_way_when_its_work_is_merged_comes_to_its_end_first(busy: Workshop):
    project = busy.project("meanwhile")
    task = await offered(busy, project, workflow="build_only")
    builder = Held()
    busy.plays[project.name] = {"builder": builder}
    await busy.orchestrator.follow_up(task.id, "More.", by=ALICE, why="words")
    await builder.began.wait()
    await hear(busy, task, "merged-5", PullRequestEnded(pull_request=task.pull_request, merged=True))
    builder.go_on.set()
    again = await ended_again(busy, task.id)
    assert (again.state, again.pull_request_state) == (TaskState.COMPLETED, "open")
