"""Engine work taken up at an odd moment: what is said twice, what nobody expects, what does not fit together."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

import pytest

from core.agents.runner import (
    AgentCompleted,
    AgentFailed,
    AgentOutcome,
    AgentSpec,
    AgentWaiting,
    FailureKind,
    ModelAnswered,
    Progressed,
    RequestedCall,
    ResourcesMeasured,
    ToolUsed,
)
from core.domain.approval import Risk
from core.domain.cost import TokenUsage
from core.domain.event import CostMismatchFound, ModelHeld
from core.domain.identity import AgentRunId
from core.domain.task import AgentRun, AgentRunState, RunPurpose
from core.engine.changes import hear_message, move_run, request_approval
from core.engine.effects import TaskEffects
from core.engine.outcomes import RunOutcomes
from core.engine.progress import TaskProgress
from core.engine.run_agent import MAX_INTERRUPTIONS, AgentWork
from core.engine.signals import Process, RunSignals
from core.engine.watch import Watch
from core.queries import Queries
from tests.support.engine import ALICE, Workshop

pytestmark = pytest.mark.slow

DONE = AgentCompleted(result={"summary": "Done."})


async def queued(workshop: Workshop, **options: Any) -> AgentRun:
    """The builder of a new task, waiting for its place."""
    task = await workshop.submit(workshop.project("again"), **options)
    await TaskEffects(workshop.parts).prepare(task.id)
    await TaskProgress(workshop.parts).advance(task.id, life=1)
    async with workshop.store.reading() as uow:
        (run,) = await uow.agent_runs.of(task.id)
    return run


async def moved(workshop: Workshop, run: AgentRun, *states: AgentRunState, **changes: Any) -> AgentRun:
    async with workshop.store.transaction() as uow:
        run = replace(await uow.agent_runs.get(run.id), **changes)
        for state in states:
            run = await move_run(uow, run, state)
        await uow.agent_runs.save(run)
        return run


async def running(workshop: Workshop, **options: Any) -> AgentRun:
    """The builder of a new task, at work as far as the store knows."""
    return await moved(workshop, await queued(workshop, **options), AgentRunState.STARTING, AgentRunState.RUNNING)


async def now(workshop: Workshop, run: AgentRun) -> AgentRun:
    async with workshop.store.reading() as uow:
        return await uow.agent_runs.get(run.id)


def signals(workshop: Workshop, run: AgentRun, process: Process, *, signs: list[int] | None = None) -> RunSignals:
    told = [] if signs is None else signs
    return RunSignals(workshop.parts, run, process, progressed=lambda: told.append(1))


# what an agent's process says


@pytest.mark.money
async def test_an_answer_that_is_told_twice_is_charged_once(workshop: Workshop):
    run = await running(workshop)
    heard = signals(workshop, run, Process())
    answered = ModelAnswered(message_id="m1", model=run.model, usage=TokenUsage(input_tokens=1000, output_tokens=10))
    for _ in range(2):
        await heard.hear(answered)
    assert (await workshop.orchestrator.task(run.task)).bill.calls == 1
    assert [event.type for event in await workshop.events(run.task)].count("model_called") == 1


async def test_progress_shows_life_and_what_we_measure_ourselves_does_not(workshop: Workshop):
    run = await running(workshop)
    signs: list[int] = []
    heard = signals(workshop, run, Process(), signs=signs)
    before = await workshop.events(run.task)
    await heard.hear(ResourcesMeasured(peak_memory_bytes=5_000, cpu_s=1.5))
    assert signs == []
    await heard.hear(ResourcesMeasured(peak_memory_bytes=3_000, cpu_s=2.0))
    await heard.hear(Progressed())
    assert signs == [1]
    after = await now(workshop, run)
    assert (after.peak_memory_bytes, after.cpu_s) == (5_000, 2.0)
    assert await workshop.events(run.task) == before


async def test_a_side_agent_shows_life_and_costs_but_does_nothing_in_the_runs_name(workshop: Workshop):
    run = await running(workshop)
    signs: list[int] = []
    process = Process()
    heard = signals(workshop, run, process, signs=signs)
    await heard.hear_aside(ToolUsed(tool="Read", activity="Reading sum.py"))
    assert (await now(workshop, run)).activity == ""
    usage = TokenUsage(input_tokens=1000, output_tokens=10)
    await heard.hear_aside(ModelAnswered(message_id="m1", model="some-other", usage=usage))
    assert len(signs) == 2
    assert (await workshop.orchestrator.task(run.task)).bill.calls == 1
    assert process.cost_usd == 0, "the agent program reports only its own"
    assert (await now(workshop, run)).model == run.model


# how a process ended


@pytest.mark.money
@pytest.mark.parametrize(
    ("ledger", "reported", "differs"), [("1", "1", False), ("1", "1.005", False), ("1", "2", True)]
)
async def test_a_bill_that_differs_from_the_agent_programs_is_told(
    workshop: Workshop, ledger: str, reported: str, differs: bool
):
    run = await running(workshop)
    outcome = replace(DONE, reported_cost_usd=Decimal(reported))
    await RunOutcomes(workshop.parts).record(run.id, outcome, Process(cost_usd=Decimal(ledger)))
    told = [event for event in await workshop.events(run.task) if isinstance(event, CostMismatchFound)]
    assert [(event.ledger_usd, event.reported_usd) for event in told] == ([(ledger, reported)] if differs else [])
    after = await now(workshop, run)
    assert (after.state, after.reported_cost_usd) == (AgentRunState.COMPLETED, reported)
    view = await workshop.orchestrator.task(run.task)
    assert [f"{run.id}: the ledger counts $1.00, the agent program says $2.00." in view.notices] == [differs]
    detail = await Queries(workshop.store).agent(run.id)
    assert list(view.mismatches) == list(detail.mismatches) == told


@pytest.mark.money
async def test_what_several_processes_of_a_run_report_adds_up(workshop: Workshop):
    run = await running(workshop)
    run = await moved(workshop, run, reported_cost_usd="0.5")
    outcome = replace(DONE, reported_cost_usd=Decimal("0.25"))
    await RunOutcomes(workshop.parts).record(run.id, outcome, Process(cost_usd=Decimal("0.25")))
    assert (await now(workshop, run)).reported_cost_usd == "0.75"


async def test_a_model_that_answers_again_is_trusted_again(workshop: Workshop):
    run = await running(workshop)
    broken = AgentFailed(message="529", transient=True, kind=FailureKind.OVERLOADED)
    await RunOutcomes(workshop.parts).record(run.id, broken, Process())
    async with workshop.store.reading() as uow:
        assert (await uow.models.get(run.model)).failures == 1
    run = await moved(workshop, run, AgentRunState.STARTING, AgentRunState.RUNNING)
    await RunOutcomes(workshop.parts).record(run.id, DONE, Process())
    async with workshop.store.reading() as uow:
        assert (await uow.models.get(run.model)).failures == 0


async def test_a_model_that_fails_again_and_again_is_held_once(workshop: Workshop):
    run = await running(workshop)
    broken = AgentFailed(message="529", transient=True, kind=FailureKind.OVERLOADED)
    for _ in range(8):
        await RunOutcomes(workshop.parts).record(run.id, broken, Process())
        state = (await now(workshop, run)).state
        if state == AgentRunState.FAILED:
            break
        run = await moved(workshop, run, AgentRunState.STARTING, AgentRunState.RUNNING)
    entries = await workshop.store.journal.read(limit=10_000)
    held = [entry.event for entry in entries if isinstance(entry.event, ModelHeld)]
    assert {event.model for event in held} == {run.model}
    assert len({event.until for event in held}) == len(held)


# one process of a run


class Working:
    """A runner that only counts who it was asked to run."""

    def __init__(self) -> None:
        self.asked: list[AgentRunId] = []

    async def run(self, spec: AgentSpec, **_parts: Any) -> AgentOutcome:
        self.asked.append(spec.agent_run)
        return DONE


def work(workshop: Workshop, **parts: Any) -> tuple[AgentWork, Working]:
    runner = Working()
    changed = replace(workshop.parts, runner=cast("Any", runner), **parts)
    return AgentWork(changed, Watch(workshop.store)), runner


async def test_no_process_is_started_for_a_run_without_a_place(workshop: Workshop):
    run = await queued(workshop)
    working, runner = work(workshop)
    await working.run(run.id)
    assert (runner.asked, (await now(workshop, run)).state) == ([], AgentRunState.QUEUED)


async def test_no_process_is_started_for_a_task_that_has_ended(workshop: Workshop):
    run = await running(workshop)
    await workshop.orchestrator.cancel(run.task, by=ALICE)
    working, runner = work(workshop)
    await working.run(run.id)
    assert (runner.asked, (await now(workshop, run)).state) == ([], AgentRunState.CANCELLED)


async def test_a_run_under_which_our_process_died_too_often_is_given_up_with_a_word(workshop: Workshop):
    run = await moved(workshop, await running(workshop), interruptions=MAX_INTERRUPTIONS - 1)
    working, runner = work(workshop)
    await working.run(run.id)
    after = await now(workshop, run)
    assert (runner.asked, after.state, after.interruptions) == ([], AgentRunState.FAILED, MAX_INTERRUPTIONS)
    assert "retry the task" in after.error


async def test_a_run_that_was_interrupted_less_often_goes_on_and_the_time_is_counted(workshop: Workshop):
    run = await moved(workshop, await running(workshop), interruptions=MAX_INTERRUPTIONS - 2)
    working, runner = work(workshop)
    await working.run(run.id)
    after = await now(workshop, run)
    assert (runner.asked, after.state) == ([run.id], AgentRunState.COMPLETED)
    assert after.interruptions == MAX_INTERRUPTIONS - 1


async def test_a_run_that_was_to_settle_what_is_no_conflict_any_more_is_done_without_an_agent(workshop: Workshop):
    run = await moved(workshop, await running(workshop), purpose=RunPurpose.MERGE)

    class Settled:
        def __getattr__(self, name: str) -> Any:
            return getattr(workshop.parts.workspaces, name)

        async def begin_settlement(self, *_places: object) -> tuple[str, ...]:
            return ()

    working, runner = work(workshop, workspaces=cast("Any", Settled()))
    await working.run(run.id)
    after = await now(workshop, run)
    assert (runner.asked, after.state) == ([], AgentRunState.COMPLETED)
    assert after.result == {"summary": "Nothing was left to settle."}


# what is asked and said twice


async def test_the_same_question_is_asked_once(workshop: Workshop):
    run = await running(workshop)
    call = RequestedCall(
        tool_use_id="call-1",
        tool="Bash",
        tool_input={"command": "risky deploy"},
        title="Run risky deploy",
        detail="risky deploy",
        reason="It is risky.",
        risk=Risk.HIGH,
    )
    await RunOutcomes(workshop.parts).record(run.id, AgentWaiting(calls=(call,)), Process())
    (asked,) = await workshop.orchestrator.pending_approvals()
    async with workshop.store.transaction() as uow:
        again = await request_approval(uow, replace(asked, id=replace(asked).id, title="Something else"))
    assert again == asked
    assert await workshop.orchestrator.pending_approvals() == [asked]
    assert [event.type for event in await workshop.events(run.task)].count("approval_requested") == 1


async def test_a_message_belongs_to_the_agent_that_heard_it_first(workshop: Workshop):
    run = await running(workshop)
    (said,) = await workshop.orchestrator.steer(run.task, "mind the tests", by=ALICE)
    async with workshop.store.transaction() as uow:
        await hear_message(uow, await uow.messages.get(said.id), run)
        await hear_message(uow, await uow.messages.get(said.id), replace(run, id=AgentRunId(f"{run.task}.9")))
    async with workshop.store.reading() as uow:
        assert (await uow.messages.get(said.id)).heard_by == run.id
    assert [event.type for event in await workshop.events(run.task)].count("message_delivered") == 1
