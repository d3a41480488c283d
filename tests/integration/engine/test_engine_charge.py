"""Staying in charge of work under way: pause, resume, retry, rewind, steer, fork and keep, and whose turn it is."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from core.agents.memory import Stage
from core.domain.approval import ApprovalKind
from core.domain.errors import ConflictError
from core.domain.event import (
    AgentRunStateChanged,
    BranchRestored,
    Event,
    MessageDelivered,
    NoticeRaised,
    TaskForked,
    TaskStateChanged,
)
from core.domain.project import PlanGate
from core.domain.task import AgentRunState, Priority, TaskState
from core.domain.workflow import Mode
from core.engine.parts import AgentLimits, Retention
from tests.support.engine import ALICE, PATIENCE_S, Workshop, at_work, git
from tests.support.engine_plays import BUILD, REVIEW, RIGHT, Held, fails, hands_in, in_turn, usual, writes
from tests.support.waiting import fair_s

pytestmark = [pytest.mark.slow, pytest.mark.money]

AT_ONCE_S = 2.0


async def began(*held: Held) -> None:
    async with asyncio.timeout(PATIENCE_S):
        for each in held:
            await each.began.wait()


def completed(*, times: int) -> Callable[[list[Event]], bool]:
    """Whether the task has been completed so often, in all its lives."""

    def holds(events: list[Event]) -> bool:
        return sum(isinstance(each, TaskStateChanged) and each.target == "completed" for each in events) == times

    return holds


def queued(events: list[Event]) -> list[AgentRunStateChanged]:
    """Every time an agent run came into the queue."""
    return [each for each in events if isinstance(each, AgentRunStateChanged) and each.target == "queued"]


async def test_a_pause_stops_the_agents_at_once_and_their_sessions_go_on_at_the_resume(workshop: Workshop):
    left, right = Held(writes({"left.txt": ""})), Held(writes({"right.txt": ""}))
    project = workshop.project("shop", plays={"left": left, "right": right})
    async with at_work(workshop):
        task = await workshop.submit(project, workflow="pair", mode=Mode.PARALLEL)
        await began(left, right)
        paused = await workshop.orchestrator.pause(task.id, by=ALICE)
        for each in (left, right):
            await asyncio.wait_for(each.interrupted.wait(), fair_s(AT_ONCE_S))
        assert paused.state == TaskState.PAUSED
        await workshop.until(task.id, lambda events: len(queued(events)) >= 4)
        other = await workshop.submit(workshop.project("other"))
        await workshop.ended(other.id)
        assert len(workshop.starts(task.id)) == 2, "nothing starts while it is paused"
        with pytest.raises(ConflictError, match="paused already"):
            await workshop.orchestrator.pause(task.id, by=ALICE)
        left.go_on.set()
        right.go_on.set()
        await workshop.orchestrator.resume(task.id, by=ALICE)
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    sessions = [spec.session for spec in workshop.starts(task.id, "builder")]
    assert (len(sessions), len(set(sessions))) == (4, 2)
    assert [part.runs[0].run.interruptions for part in view.steps] == [0, 0, 0]


async def test_a_paused_task_stays_paused_over_restarts(workshop_on_both: Workshop):
    workshop, held = workshop_on_both, Held()
    project = workshop.project("shop", plays={"builder": held})
    async with at_work(workshop):
        task = await workshop.submit(project)
        await began(held)
        await workshop.orchestrator.pause(task.id, by=ALICE)
        await asyncio.wait_for(held.interrupted.wait(), fair_s(AT_ONCE_S))
    held.go_on.set()
    async with at_work(workshop):
        await workshop.ended((await workshop.submit(workshop.project("other"))).id)
        assert (await workshop.orchestrator.task(task.id)).task.state == TaskState.PAUSED
        await workshop.orchestrator.resume(task.id, by=ALICE)
        assert (await workshop.ended(task.id)).task.state == TaskState.COMPLETED


async def test_a_pause_made_while_no_worker_runs_gives_the_place_of_the_agent_back(workshop: Workshop):
    held = Held()
    project = workshop.project("shop", plays={"builder": held})
    async with at_work(workshop):
        task = await workshop.submit(project)
        await began(held)
    await workshop.orchestrator.pause(task.id, by=ALICE)
    async with at_work(workshop, limits=AgentLimits(total=1)):
        other = await workshop.submit(workshop.project("other"))
        assert (await workshop.ended(other.id)).task.state == TaskState.COMPLETED
        held.go_on.set()
        await workshop.orchestrator.resume(task.id, by=ALICE)
        assert (await workshop.ended(task.id)).task.state == TaskState.COMPLETED


async def test_a_queued_task_can_be_paused_before_it_begins(workshop: Workshop):
    task = await workshop.submit(workshop.project("shop"))
    await workshop.orchestrator.pause(task.id, by=ALICE)
    async with at_work(workshop):
        await workshop.ended((await workshop.submit(workshop.project("other"))).id)
        view = await workshop.orchestrator.task(task.id)
        assert (view.task.state, view.task.branch, workshop.starts(task.id)) == (TaskState.PAUSED, "", [])
        await workshop.orchestrator.resume(task.id, by=ALICE)
        assert (await workshop.ended(task.id)).task.state == TaskState.COMPLETED


async def test_a_task_that_waits_for_a_person_can_be_paused_and_the_answer_counts_after_the_resume(workshop: Workshop):
    project = workshop.project("shop", plan_gate=PlanGate.ALWAYS)
    async with at_work(workshop):
        task = await workshop.submit(project, workflow="plan_build")
        (asked,) = await workshop.asked(task.id)
        await workshop.orchestrator.pause(task.id, by=ALICE)
        await workshop.approve(asked)
        await workshop.ended((await workshop.submit(workshop.project("other"))).id)
        assert workshop.starts(task.id, "builder") == []
        await workshop.orchestrator.resume(task.id, by=ALICE)
        assert (await workshop.ended(task.id)).task.state == TaskState.COMPLETED


async def test_a_paused_task_can_be_cancelled(workshop: Workshop):
    async with at_work(workshop):
        held = Held()
        task = await workshop.submit(workshop.project("shop", plays={"builder": held}))
        await began(held)
        await workshop.orchestrator.pause(task.id, by=ALICE)
        await workshop.orchestrator.cancel(task.id, by=ALICE)
        view = await workshop.ended(task.id)
        await asyncio.wait_for(held.interrupted.wait(), fair_s(AT_ONCE_S))
    assert view.task.state == TaskState.CANCELLED


async def test_a_retry_goes_on_from_what_failed_and_keeps_what_was_done(workshop: Workshop):
    project = workshop.project("shop", plays={"reviewer": in_turn(fails("No way."), usual)})
    async with at_work(workshop):
        task = await workshop.submit(project, workflow="build_review")
        assert (await workshop.ended(task.id)).task.state == TaskState.FAILED
        again = await workshop.orchestrator.retry(task.id, by=ALICE)
        assert (again.state, again.life) == (TaskState.QUEUED, 2)
        await workshop.until(task.id, completed(times=1))
        view = await workshop.orchestrator.task(task.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert [spec.role.name for spec in workshop.starts(task.id)] == ["builder", "reviewer", "reviewer"]
    assert workshop.commits(project, view.task.branch) == ["build/1"]
    assert len(workshop.pull_requests(project)) == 1


async def test_a_retry_from_a_step_does_it_and_all_after_it_again(workshop: Workshop):
    project = workshop.project("shop", plays={"reviewer": in_turn(fails("No way."), usual)})
    async with at_work(workshop):
        task = await workshop.submit(project, workflow="build_review")
        await workshop.ended(task.id)
        await workshop.orchestrator.retry(task.id, by=ALICE, from_step=BUILD)
        await workshop.until(task.id, completed(times=1))
        view = await workshop.orchestrator.task(task.id)
    assert workshop.commits(project, view.task.branch) == ["build/2", "build/1"]
    assert [spec.role.name for spec in workshop.starts(task.id)] == ["builder", "reviewer"] * 2


async def test_a_rewind_sets_the_branch_back_and_the_old_head_stays_reachable(workshop: Workshop):
    first, second = writes({"a.txt": "first\n"}), writes({"b.txt": "second\n"})
    project = workshop.project("shop", plays={"builder": in_turn(first, second)})
    repository = Path(project.repository)
    async with at_work(workshop):
        task = await workshop.submit(project, workflow="build_review")
        old = (await workshop.ended(task.id)).task
        await workshop.orchestrator.rewind(task.id, by=ALICE, to_step=BUILD)
        await workshop.until(task.id, completed(times=2))
        view = await workshop.orchestrator.task(task.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert workshop.commits(project, view.task.branch) == ["build/2"]
    assert git(repository, "ls-tree", "--name-only", view.task.branch).split() == [".orchestrator", "b.txt", "sum.py"]
    (restored,) = [event for event in await workshop.events(task.id) if isinstance(event, BranchRestored)]
    assert git(repository, "rev-parse", restored.kept_as) == old.commit


async def test_a_rewind_gives_up_all_rounds_of_a_step_and_makes_again_what_was_done_beside_it(workshop: Workshop):
    again = {"summary": "Name it better.", "verdict": "changes_requested"}
    plays = {
        "left": in_turn(*(writes({f"left-{number}.txt": "left\n"}) for number in range(3))),
        "right": in_turn(*(writes({f"right-{number}.txt": "right\n"}) for number in range(3))),
        "reviewer": in_turn(hands_in(**again), usual, usual),
    }
    project = workshop.project("shop", plays=plays)
    async with at_work(workshop):
        task = await workshop.submit(project, workflow="reviewed_pair", mode=Mode.PARALLEL)
        first = await workshop.ended(task.id)
        assert workshop.commits(project, first.task.branch) == ["right/2", "right/1", "left/1"]
        await workshop.orchestrator.rewind(task.id, by=ALICE, to_step=RIGHT)
        await workshop.until(task.id, completed(times=2))
        view = await workshop.orchestrator.task(task.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert workshop.commits(project, view.task.branch) == ["right/3", "left/2"]
    kept = git(Path(project.repository), "ls-tree", "--name-only", view.task.branch).split()
    assert kept == [".orchestrator", "left-1.txt", "right-2.txt", "sum.py"]


async def test_a_rewind_stops_work_under_way_first(workshop: Workshop):
    held = Held()
    project = workshop.project("shop", plays={"reviewer": in_turn(held, usual)})
    async with at_work(workshop):
        task = await workshop.submit(project, workflow="build_review")
        await began(held)
        await workshop.orchestrator.rewind(task.id, by=ALICE, to_step=BUILD)
        await asyncio.wait_for(held.interrupted.wait(), fair_s(AT_ONCE_S))
        await workshop.until(task.id, completed(times=1))
        view = await workshop.orchestrator.task(task.id)
    assert workshop.commits(project, view.task.branch) == ["build/2"]
    assert [spec.role.name for spec in workshop.starts(task.id)] == ["builder", "reviewer"] * 2


async def test_what_is_said_is_heard_once_by_the_agent_at_work(workshop: Workshop):
    heard: list[Sequence[str]] = []
    said = asyncio.Event()
    working = asyncio.Event()

    async def listens(stage: Stage) -> Mapping[str, object]:
        working.set()
        await said.wait()
        while not stage.heard:
            await stage.use("Bash", {"command": "echo next"})
        await stage.use("Bash", {"command": "echo last"})
        heard.append([message.text for message in stage.heard])
        return await usual(stage)

    project = workshop.project("shop", plays={"builder": listens})
    async with at_work(workshop):
        task = await workshop.submit(project, workflow="build_review")
        await asyncio.wait_for(working.wait(), PATIENCE_S)
        (message,) = await workshop.orchestrator.steer(task.id, "mind the gap", by=ALICE)
        said.set()
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert heard == [["mind the gap"]]
    delivered = [event for event in await workshop.events(task.id) if isinstance(event, MessageDelivered)]
    assert [(event.message, event.agent_run) for event in delivered] == [(message.id, f"{task.id}.1")]
    assert "mind the gap" not in workshop.starts(task.id, "reviewer")[0].prompt


async def test_what_is_said_while_nobody_works_is_told_to_the_next_agent_once(workshop: Workshop):
    project = workshop.project("shop", plan_gate=PlanGate.ALWAYS)
    async with at_work(workshop):
        task = await workshop.submit(project, workflow="everything")
        (asked,) = await workshop.asked(task.id)
        await workshop.orchestrator.steer(task.id, "mind the gap", by=ALICE)
    await workshop.approve(asked)
    async with at_work(workshop):
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    told = {spec.role.name: "mind the gap" in spec.prompt for spec in workshop.starts(task.id)}
    assert told == {"planner": False, "builder": True, "tester": False}
    assert [message.heard_by for message in view.messages] == [f"{task.id}.2"]


async def test_a_fork_at_a_step_goes_its_own_way_and_the_one_that_is_kept_is_offered(workshop: Workshop):
    plays = {"builder": in_turn(writes({"a.txt": "first\n"}), writes({"a.txt": "second\n"}))}
    project = workshop.project("shop", plays=plays)
    async with at_work(workshop):
        task = await workshop.submit(project, workflow="shown")
        (gate,) = await workshop.asked(task.id)
        child = await workshop.orchestrator.fork(task.id, by=ALICE, at_step=BUILD, request="but shorter")
        (other_gate,) = await workshop.asked(child.id)
        assert "but shorter" in workshop.starts(child.id, "builder")[0].prompt
        for each in (gate, other_gate):
            await workshop.approve(each)
        (question,) = await workshop.asked(task.id, times=2)
        await workshop.asked(child.id, times=2)
        assert question.kind == ApprovalKind.PUBLISH
        assert child.id in question.title
        assert await workshop.orchestrator.keep(child.id, by=ALICE) == [task.id]
        kept, dropped = await workshop.ended(child.id), await workshop.ended(task.id)
    assert kept.task.state == TaskState.COMPLETED, kept.task.failure
    assert dropped.task.state == TaskState.CANCELLED
    assert kept.task.branch != dropped.task.branch
    assert git(Path(project.repository), "show", f"{kept.task.branch}:a.txt") == "second"
    assert git(Path(project.repository), "show", f"{dropped.task.branch}:a.txt") == "first"
    assert len(workshop.pull_requests(project)) == 1
    (forked,) = [event for event in await workshop.events(task.id) if isinstance(event, TaskForked)]
    assert (forked.child, forked.at) == (child.id, "build")


async def test_a_fork_at_a_later_step_begins_with_the_work_before_it(workshop: Workshop):
    held = Held()
    project = workshop.project("shop", plays={"review": in_turn(held, usual)})
    async with at_work(workshop):
        task = await workshop.submit(project, workflow="build_review")
        await began(held)
        child = await workshop.orchestrator.fork(task.id, by=ALICE, at_step=REVIEW)
        (question,) = await workshop.asked(child.id)
        await workshop.approve(question)
        view = await workshop.ended(child.id)
        assert (await workshop.orchestrator.task(task.id)).task.state == TaskState.CANCELLED
        await asyncio.wait_for(held.interrupted.wait(), fair_s(AT_ONCE_S))
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert [spec.role.name for spec in workshop.starts(child.id)] == ["reviewer"]
    assert "Mended the sum." in workshop.starts(child.id)[0].prompt
    assert view.task.commit == (await workshop.orchestrator.task(task.id)).task.commit


async def test_a_fork_at_an_agent_goes_on_from_a_copy_of_its_session(workshop: Workshop):
    remembered: list[Sequence[str]] = []

    async def builds(stage: Stage) -> Mapping[str, object]:
        remembered.append(stage.remembers)
        await stage.use("Bash", {"command": "echo one"})
        return await usual(stage)

    project = workshop.project("shop", plays={"builder": builds})
    async with at_work(workshop):
        task = await workshop.submit(project)
        parent = await workshop.ended(task.id)
        run = parent.steps[0].runs[0].run
        child = await workshop.orchestrator.fork(task.id, by=ALICE, at_run=run.id)
        (question,) = await workshop.asked(child.id)
        await workshop.approve(question)
        view = await workshop.ended(child.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert view.steps[0].runs[0].run.session != run.session
    assert remembered[1][: len(remembered[0])] == remembered[0], "it knows what the other was told"
    assert "done" in remembered[1], "and what it saw"
    told = [start.prompt for start in (*workshop.starts(task.id, "builder"), *workshop.starts(child.id, "builder"))]
    assert ["the copied part" in prompt for prompt in told] == [False, True], "its files are those before the step"
    assert parent.bill == (await workshop.orchestrator.task(task.id)).bill


async def test_high_priority_goes_first_when_there_is_one_place(workshop: Workshop):
    held = Held()
    order: list[str] = []

    async def notes(stage: Stage) -> Mapping[str, object]:
        order.append(stage.spec.environment["PROJECT"])
        return await usual(stage)

    blocker = workshop.project("blocker", plays={"builder": held})
    projects = {name: workshop.project(name, plays={"builder": notes}) for name in ("low", "normal", "high", "raised")}
    async with at_work(workshop, limits=AgentLimits(total=1)):
        await workshop.submit(blocker)
        await began(held)
        wanted = {"low": Priority.LOW, "normal": Priority.NORMAL, "high": Priority.HIGH, "raised": Priority.LOW}
        tasks = {name: await workshop.submit(projects[name], priority=wanted[name]) for name in projects}
        for task in tasks.values():
            await workshop.until(task.id, lambda events: bool(queued(events)))
        await workshop.orchestrator.set_priority(tasks["raised"].id, Priority.HIGH, by=ALICE)
        held.go_on.set()
        for task in tasks.values():
            await workshop.ended(task.id)
    # which of two equals was queued first depends on whose worktree was ready first
    assert (set(order[:2]), order[2:]) == ({"high", "raised"}, ["normal", "low"])


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param(AgentLimits(per_project=1), marks=pytest.mark.long),
        pytest.param(AgentLimits(per_model=1), marks=pytest.mark.long),
        AgentLimits(total=1),
    ],
)
async def test_no_more_agents_work_at_once_than_the_limit_says(workshop: Workshop, limits: AgentLimits):
    now, most = [0], [0]

    async def counted(stage: Stage) -> Mapping[str, object]:
        now[0] += 1
        most[0] = max(most[0], now[0])
        await stage.use("Bash", {"command": "echo at work"})
        now[0] -= 1
        return await usual(stage)

    project = workshop.project("shop", plays={"builder": counted})
    async with at_work(workshop, limits=limits):
        tasks = [await workshop.submit(project) for _ in range(4)]
        views = [await workshop.ended(task.id) for task in tasks]
    assert [view.task.state for view in views] == [TaskState.COMPLETED] * 4
    assert most == [1]


async def test_another_project_is_not_held_up_by_the_limit_of_the_first(workshop: Workshop):
    held, waiting, free = Held(), Held(), Held()
    first = workshop.project("first", plays={"builder": in_turn(held, waiting)}, agents=1)
    second = workshop.project("second", plays={"builder": free})
    async with at_work(workshop):
        await workshop.submit(first)
        await began(held)
        parked = await workshop.submit(first)
        await workshop.submit(second)
        await began(free)
        (view,) = [await workshop.orchestrator.task(parked.id)]
        assert not waiting.began.is_set()
        assert all(run.run.state == AgentRunState.QUEUED for run in view.steps[0].runs)


async def test_an_archived_project_takes_no_work_until_it_is_restored(workshop: Workshop):
    project = workshop.project("shop")
    async with at_work(workshop):
        task = await workshop.submit(project)
        view = await workshop.ended(task.id)
        await workshop.orchestrator.archive_project(project.name, by=ALICE)
        with pytest.raises(ConflictError, match="is archived"):
            await workshop.submit(project)
        assert (await workshop.orchestrator.task(task.id)).task == view.task
        await workshop.orchestrator.restore_project(project.name, by=ALICE)
        assert (await workshop.ended((await workshop.submit(project)).id)).task.state == TaskState.COMPLETED


async def test_a_project_with_open_work_is_not_archived(workshop: Workshop):
    project = workshop.project("shop")
    task = await workshop.submit(project)
    with pytest.raises(ConflictError, match=f"open tasks, such as {task.id}"):
        await workshop.orchestrator.archive_project(project.name, by=ALICE)


async def test_worktrees_of_ended_tasks_give_way_when_there_are_as_many_as_may_be(workshop: Workshop):
    project = workshop.project("shop")
    async with at_work(workshop, retention=Retention(worktrees_max=1)):
        first = await workshop.ended((await workshop.submit(project)).id)
        second = await workshop.ended((await workshop.submit(project)).id)
    assert second.task.state == TaskState.COMPLETED
    assert [path.name for path in (workshop.home / "worktrees").iterdir() if path.is_dir()] == [second.task.id]
    assert git(Path(project.repository), "rev-parse", first.task.branch) == first.task.commit


async def test_a_task_waits_for_a_worktree_with_a_notice_while_all_are_in_use(workshop: Workshop):
    held = Held()
    busy, waits = workshop.project("busy", plays={"builder": held}), workshop.project("waits")
    async with at_work(workshop, retention=Retention(worktrees_max=1)):
        first = await workshop.submit(busy)
        await began(held)
        second = await workshop.submit(waits)
        events = await workshop.until(second.id, lambda events: isinstance(events[-1], NoticeRaised))
        assert "Waits for a free worktree" in str(events[-1])
        held.go_on.set()
        await workshop.ended(first.id)
        assert (await workshop.ended(second.id)).task.state == TaskState.COMPLETED
