"""Issues are told how things stand while an engine works, and what cannot be told fails nothing."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from core.domain.event import NoticeRaised
from core.domain.project import IssueLabels, Project
from core.domain.task import Task, TaskState
from core.forge import ForgeDeniedError, ForgeUnavailableError
from tests.support.engine import Workshop, at_work
from tests.support.engine_plays import Held
from tests.support.moody_forge import MoodyForge
from tests.support.waiting import eventually_awaited

pytestmark = pytest.mark.github
LABELS = IssueLabels(in_progress="doing", needs_approval="asks", done="done")


async def link(_task: Task) -> str:
    return "https://chat.example/thread"


def everywhere(_project: Project) -> bool:
    return True


async def until(workshop: Workshop, project: Project, condition: Callable[[Any], bool]) -> Any:
    """The issue, once it is as the test wants it."""

    async def is_so() -> bool:
        return condition(await workshop.parts.forge.issue(project, "7"))

    await eventually_awaited(is_so, what="what the issue says")
    return await workshop.parts.forge.issue(project, "7")


async def test_an_issue_is_told_of_the_beginning_once_and_labelled_as_things_stand(workshop: Workshop):
    builder = Held()
    project = workshop.project("told", labels=LABELS, plays={"builder": builder})
    async with at_work(workshop, comments_on=everywhere, thread_link=link):
        task = await workshop.submit(project, "fix issue #7")
        await builder.began.wait()
        await until(workshop, project, lambda issue: "doing" in issue.labels)
        builder.go_on.set()
        await workshop.ended(task.id)
        issue = await until(workshop, project, lambda issue: "done" in issue.labels)
    assert "doing" not in issue.labels
    (comment,) = issue.comments
    assert f"Work on this has begun: task {task.id}. [Follow it here](https://chat.example/thread)." in comment


async def test_where_neither_labels_nor_comments_are_wanted_nothing_is_said(workshop: Workshop):
    project = workshop.project("silent")
    async with at_work(workshop):
        task = await workshop.submit(project, "fix issue #7")
        view = await workshop.ended(task.id)
    assert view.notices == ()
    assert (await workshop.parts.forge.issue(project, "7")).comments == ()


async def test_what_may_not_be_told_is_noticed_once_and_fails_nothing(workshop: Workshop):
    denied = [ForgeDeniedError("The token may not comment.", hint="Give it issues: write.")] * 3
    forge = cast("Any", MoodyForge(workshop.parts.forge, remark=denied))
    project = workshop.project("denied")
    async with at_work(workshop, forge=forge, comments_on=everywhere):
        task = await workshop.submit(project, "fix issue #7")
        view = await workshop.ended(task.id)
        assert view.task.state == TaskState.COMPLETED

        async def is_done() -> bool:
            return (await workshop.orchestrator.task(task.id)).task.forge_mark == "done"

        await eventually_awaited(is_done, what="the last mark")
    notices = [event.text for event in await workshop.events(task.id) if isinstance(event, NoticeRaised)]
    assert [text for text in notices if "Give it issues: write." in text] == notices
    assert len(notices) == 1


async def test_what_a_forge_that_was_away_has_missed_is_told_at_the_next_start(workshop: Workshop):
    away = [ForgeUnavailableError("GitHub does not answer.")] * 20
    forge = cast("Any", MoodyForge(workshop.parts.forge, remark=away))
    builder = Held()
    project = workshop.project("away", plays={"builder": builder})
    async with at_work(workshop, forge=forge, comments_on=everywhere):
        task = await workshop.submit(project, "fix issue #7")
        await builder.began.wait()
    assert (await workshop.orchestrator.task(task.id)).task.forge_mark == ""
    builder.go_on.clear()
    async with at_work(workshop, comments_on=everywhere):
        await until(workshop, project, lambda issue: bool(issue.comments))
        builder.go_on.set()
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.COMPLETED
