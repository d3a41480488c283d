"""A pull request is reviewed: read at its head, changed in nothing, answered with one review that people agreed to."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from core.agents.memory import Play, Stage
from core.domain.approval import ApprovalKind
from core.domain.errors import InvalidInputError
from core.domain.forge_event import ReviewPosted
from core.domain.project import Project
from core.domain.task import Task, TaskState, TaskType
from tests.support.engine import ALICE, Workshop, git
from tests.support.engine_plays import hands_in

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.github]
FINDINGS = {
    "summary": "Not yet: the sum is still wrong.",
    "details": "## Must\n\n- hunter2 is in it.",
    "comments": [{"file": "work.txt", "line": 1, "text": "Say which round."}],
}
REVIEWERS: Mapping[str, Play] = {
    "critic": hands_in(summary="One finding."),
    "security-auditor": hands_in(summary="Nothing."),
    "reporter": hands_in(**FINDINGS),
}


async def offered(workshop: Workshop, project: Project) -> Task:
    return (await workshop.ended((await workshop.submit(project, "fix issue #7")).id)).task


async def posted(workshop: Workshop, task: Task) -> list[ReviewPosted]:
    return [event for event in await workshop.events(task.id) if isinstance(event, ReviewPosted)]


async def test_what_agents_find_is_posted_as_one_review_once_a_person_agrees(busy: Workshop):
    project = busy.project("reviews", plays=REVIEWERS)
    change = await offered(busy, project)
    branches = git(Path(project.repository), "for-each-ref", "--format=%(refname)", "refs/heads")
    task = await busy.orchestrator.review_of(f"PR #{change.pull_request}", project=project.name, by=ALICE, key="once")
    assert (task.type, task.workflow.name, task.issue) == (TaskType.CODE_REVIEW, "code_review", "")
    (asked,) = await busy.asked(task.id)
    assert asked.kind == ApprovalKind.PUBLISH
    assert asked.title.startswith(f"Post this review of pull request {change.pull_request}")
    assert asked.detail == (
        "Not yet: the sum is still wrong.\n\n## Must\n\n- *** is in it.\n\n- `work.txt`, line 1: Say which round."
    )
    assert await posted(busy, task) == []
    await busy.approve(asked)
    view = await busy.ended(task.id)
    assert (view.task.state, view.task.pull_request, view.task.commit) == (TaskState.COMPLETED, "", change.commit)
    (review,) = await posted(busy, task)
    assert view.task.reviews is not None
    assert view.task.reviews.posted == review.url != ""
    assert len(busy.pull_requests(project)) == 1
    known = git(Path(project.repository), "for-each-ref", "--format=%(refname)", "refs/heads").splitlines()
    assert [each for each in known if each not in branches.splitlines()] == [f"refs/heads/{view.task.branch}"]


async def test_the_reviewers_see_the_change_and_are_told_where_it_begins(busy: Workshop):
    seen: list[str] = []

    async def looks(stage: Stage) -> Mapping[str, object]:
        seen.append((stage.spec.worktree / "work.txt").read_text())
        return {"summary": "Seen."}

    project = busy.project("seen", plays={**REVIEWERS, "critic": looks})
    change = await offered(busy, project)
    task = await busy.orchestrator.review_of(change.pull_request, project=project.name, by=ALICE)
    await busy.asked(task.id)
    assert set(seen) == {"round 1\n"}
    prompt = busy.starts(task.id, "analyst")[0].prompt
    assert f"between {change.base_commit} and the commit {change.commit}" in prompt
    assert "The sum is wrong" in prompt


async def test_a_review_that_people_do_not_want_posted_is_not(busy: Workshop):
    project = busy.project("unposted", plays=REVIEWERS)
    change = await offered(busy, project)
    task = await busy.orchestrator.review_of(change.pull_request, project=project.name, by=ALICE)
    (asked,) = await busy.asked(task.id)
    await busy.deny(asked)
    view = await busy.ended(task.id)
    assert (view.task.state, await posted(busy, task)) == (TaskState.COMPLETED, [])


async def test_the_same_request_makes_one_review(busy: Workshop):
    project = busy.project("again", plays=REVIEWERS)
    change = await offered(busy, project)
    one = await busy.orchestrator.review_of(change.pull_request, project=project.name, by=ALICE, key="Ev1")
    two = await busy.orchestrator.review_of(change.pull_request, project=project.name, by=ALICE, key="Ev1")
    assert one.id == two.id
    await busy.orchestrator.cancel(one.id, by=ALICE)


async def test_a_pull_request_that_is_not_there_fails_the_task_and_says_so(busy: Workshop):
    task = await busy.orchestrator.review_of("4711", project=busy.project("none").name, by=ALICE)
    view = await busy.ended(task.id)
    assert view.task.state == TaskState.FAILED
    assert "4711" in view.task.failure


async def test_what_names_no_pull_request_is_refused_at_once(busy: Workshop):
    with pytest.raises(InvalidInputError, match="names no pull request"):
        await busy.orchestrator.review_of("the big one", project=busy.project("unnamed").name, by=ALICE)
