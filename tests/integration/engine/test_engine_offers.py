"""Offering work through a whole engine: people who want to be asked first, and work that is cut short."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from core.agents.memory import Play, Stage
from core.agents.runner import AgentFailed
from core.domain.approval import ApprovalKind
from core.domain.errors import ConflictError
from core.domain.identity import ProjectName
from core.domain.project import PublishGate
from core.domain.task import TaskState
from tests.support.engine import ALICE, Workshop, git, has_ended
from tests.support.engine_plays import Held, hands_in

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.github]


async def test_where_people_want_to_be_asked_nothing_is_pushed_before_they_agree(busy: Workshop):
    project = busy.project("asked", publish_gate=PublishGate.ALWAYS)
    task = await busy.submit(project, "fix issue #7")
    (asked,) = await busy.asked(task.id)
    assert asked.kind == ApprovalKind.PUBLISH
    branch = (await busy.orchestrator.task(task.id)).task.branch
    assert asked.title == f"Push {branch} and open a pull request to main"
    assert "The sum is wrong" in asked.detail
    assert busy.pull_requests(project) == []
    await busy.approve(asked)
    view = await busy.ended(task.id)
    assert view.task.pull_request_state == "open"
    assert len(busy.pull_requests(project)) == 1


async def test_work_that_people_do_not_want_offered_is_kept_and_says_so(busy: Workshop):
    project = busy.project("kept", publish_gate=PublishGate.ALWAYS)
    task = await busy.submit(project)
    (asked,) = await busy.asked(task.id)
    await busy.deny(asked, "we do it by hand")
    view = await busy.ended(task.id)
    assert (view.task.state, view.task.pull_request) == (TaskState.COMPLETED, "")
    assert busy.pull_requests(project) == []
    assert git(Path(project.repository), "rev-parse", view.task.branch) == view.task.commit
    last = (await busy.events(task.id))[-1]
    assert getattr(last, "reason", "") == (
        f"It was not offered: we do it by hand The branch {view.task.branch} is kept."
    )


async def test_nobody_is_asked_about_work_that_changed_nothing(busy: Workshop):
    plays = {"builder": hands_in(summary="It was right already.")}
    task = await busy.submit(busy.project("nothing", publish_gate=PublishGate.ALWAYS, plays=plays))
    view = await busy.ended(task.id)
    assert (view.task.state, view.approvals) == (TaskState.COMPLETED, ())


async def test_what_is_committed_is_offered_as_a_draft_when_a_person_stops_the_rest(busy: Workshop):
    reviewer = Held()
    project = busy.project("early", plays={"reviewer": reviewer})
    task = await busy.submit(project, workflow="build_review")
    await reviewer.began.wait()
    await busy.orchestrator.publish_now(task.id, by=ALICE, reason="The budget is used up.")
    view = await busy.ended(task.id)
    assert (view.task.state, view.task.pull_request_state) == (TaskState.COMPLETED, "open")
    assert {step.step.name: step.step.state.value for step in view.steps} == {
        "build": "completed",
        "review": "cancelled",
    }
    async with busy.store.reading() as uow:
        assert (await uow.tasks.get(task.id)).unfinished == "The budget is used up."
    offered = await busy.parts.forge.offered(project, view.task.pull_request)
    assert offered.body.startswith("> **Not finished.** The budget is used up.")
    with pytest.raises(ConflictError, match="completed already"):
        await busy.orchestrator.publish_now(task.id, by=ALICE)


async def test_when_nothing_is_committed_stopping_early_cancels_and_says_so(busy: Workshop):
    builder = Held()
    task = await busy.submit(busy.project("empty", plays={"builder": builder}))
    await builder.began.wait()
    await busy.orchestrator.publish_now(task.id, by=ALICE)
    assert (await busy.ended(task.id)).task.state == TaskState.CANCELLED
    last = (await busy.events(task.id))[-1]
    assert getattr(last, "reason", "").endswith("Nothing was committed.")
    assert getattr(last, "by", "") == ALICE


def begins(name: str, held: Held) -> Play:
    """Write a file, and be held before anything is handed in."""

    async def play(stage: Stage) -> Mapping[str, object] | AgentFailed:
        (stage.spec.worktree / name).write_text("Half of it.\n")
        return await held(stage)

    return play


async def test_what_agents_have_written_and_not_committed_is_offered_too(busy: Workshop):
    left, right = Held(), Held()
    project = busy.project("half", plays={"left": begins("left.txt", left), "right": begins("right.txt", right)})
    task = await busy.submit(project, workflow="pair")
    await left.began.wait()
    await right.began.wait()
    await busy.orchestrator.publish_now(task.id, by=ALICE, reason="It is enough.")
    view = await busy.ended(task.id)
    assert (view.task.state, view.task.pull_request_state) == (TaskState.COMPLETED, "open")
    assert {step.step.state.value for step in view.steps} == {"cancelled"}
    there = git(Path(project.repository), "ls-tree", "--name-only", view.task.branch).split()
    assert {"left.txt", "right.txt"} <= set(there)
    last = git(Path(project.repository), "log", "-1", "--format=%B", view.task.branch)
    assert last.startswith("Unfinished: ")
    assert "Finished: no" in last


async def test_what_somebody_left_behind_who_only_looks_is_not_offered(busy: Workshop):
    held = Held()
    project = busy.project("traces", plays={"reviewer": begins("trace.txt", held)})
    task = await busy.submit(project, workflow="build_review")
    await held.began.wait()
    await busy.orchestrator.publish_now(task.id, by=ALICE)
    view = await busy.ended(task.id)
    there = git(Path(project.repository), "ls-tree", "--name-only", view.task.branch).split()
    assert ("work.txt" in there, "trace.txt" in there) == (True, False)


async def test_what_a_failed_task_has_committed_can_still_be_offered(busy: Workshop):
    tester = hands_in(summary="One failed.", passed=False, failures=["test_sum: 3 is not 4"])
    project = busy.project("failed", plays={"tester": tester})
    task = await busy.submit(project, workflow="everything")
    view = await busy.ended(task.id)
    assert view.task.state == TaskState.FAILED
    started = len(busy.starts(task.id))
    await busy.orchestrator.publish_now(task.id, by=ALICE)
    await busy.until(task.id, lambda events: sum(map(has_ended, events)) == 2)
    view = await busy.orchestrator.task(task.id)
    assert (view.task.state, view.task.pull_request_state) == (TaskState.COMPLETED, "open")
    assert len(busy.starts(task.id)) == started
    offered = await busy.parts.forge.offered(project, view.task.pull_request)
    assert offered.body.startswith("> **Not finished.**")


async def test_two_projects_count_their_pull_requests_for_themselves(busy: Workshop):
    one, two = busy.project("one"), busy.project("two")
    for project in (one, two):
        await busy.ended((await busy.submit(project)).id)
    async with busy.store.reading() as uow:
        found = await uow.tasks.offered("open")
        assert {task.project for task in found} >= {ProjectName("one"), ProjectName("two")}
