"""A task's budget holds: its agents stop, a person is asked, and the same sessions go on or the task ends."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import pytest

from core.agents.memory import Stage
from core.agents.runner import AgentFailed, AgentInbox, AgentOutcome, AgentRunner, AgentSpec, FailureKind, OnSignal
from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.errors import InvalidInputError
from core.domain.event import (
    AgentRunStateChanged,
    ApprovalDecided,
    BudgetChanged,
    BudgetReached,
    JournalEntry,
    TaskStateChanged,
)
from core.domain.identity import TaskId
from core.domain.task import AgentRunState, TaskState
from core.engine import run_agent as run_agent_module
from core.engine.driver import GRACE_S
from core.orchestrator import Decision
from tests.support.engine import ALICE, PATIENCE_S, Workshop, at_work
from tests.support.engine_plays import runs, usual
from tests.support.waiting import eventually_awaited, fair_s

pytestmark = [pytest.mark.slow, pytest.mark.money]

CALL = Decimal("0.0003")
"""What one model call of a play costs: 100 tokens in and 10 out, at the price of the builder's model."""


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction] # pytest uses it
    """Whoever is about to end may take as long as the machine does."""
    monkeypatch.setattr(run_agent_module, "MAY_FINISH_S", PATIENCE_S)


async def spent(workshop: Workshop, task: TaskId) -> Decimal:
    return (await workshop.orchestrator.task(task)).bill.cost_usd


async def asked_for_money(workshop: Workshop, task: TaskId, *, times: int = 1) -> Approval:
    (approval,) = await workshop.asked(task, times=times)
    assert approval.kind == ApprovalKind.BUDGET
    return approval


async def entries(workshop: Workshop, task: TaskId) -> list[JournalEntry]:
    return await workshop.store.journal.read(task=task, limit=100_000)


async def test_a_call_costs_what_these_tests_count_with(workshop: Workshop):
    project = workshop.project("shop", plays={"builder": runs("echo 1")})
    async with at_work(workshop):
        view = await workshop.ended((await workshop.submit(project)).id)
    assert view.bill.cost_usd == CALL * view.bill.calls == CALL * 2


async def test_a_task_stops_at_its_budget_and_goes_on_in_the_same_session_once_it_is_raised(workshop: Workshop):
    project = workshop.project("shop", plays={"builder": runs(*"123456")}, task_budget_usd=CALL * 3)
    async with at_work(workshop):
        task = await workshop.submit(project)
        approval = await asked_for_money(workshop, task.id)
        assert await spent(workshop, task.id) == CALL * 3, "not one call more"
        assert approval.title == f"{task.id} has used $0.0009 of $0.0009"
        assert "No step is finished yet." in approval.detail
        assert "Left to do: build." in approval.detail
        assert approval.raise_usd == CALL * 3
        (start,) = workshop.starts(task.id)
        assert start.max_budget_usd == pytest.approx(float(CALL * 3))  # pyright: ignore[reportUnknownMemberType]
        await workshop.approve(approval, amount_usd=CALL * 10)
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert view.task.budget_usd == CALL * 13
    assert view.bill.calls == 7, "six commands and the result, none of them twice"
    assert {spec.session for spec in workshop.starts(task.id)} == {start.session}
    told = await entries(workshop, task.id)
    decided = next(entry for entry in told if isinstance(entry.event, ApprovalDecided))
    began = [entry.at for entry in told if _begins(entry)]
    assert began[-1] - decided.at < timedelta(seconds=fair_s(2))
    assert [event for event in await workshop.events(task.id) if isinstance(event, BudgetReached)]
    assert BudgetChanged(source=str(CALL * 3), target=str(CALL * 13), by=ALICE) in await workshop.events(task.id)


def _begins(entry: JournalEntry) -> bool:
    return isinstance(entry.event, AgentRunStateChanged) and entry.event.target == AgentRunState.RUNNING


async def test_approving_without_an_amount_raises_by_the_same_again_each_time(workshop: Workshop):
    project = workshop.project("shop", plays={"builder": runs(*"12345")})
    async with at_work(workshop):
        task = await workshop.submit(project, budget_usd=CALL * 2)
        for times in (1, 2):
            await workshop.approve(await asked_for_money(workshop, task.id, times=times))
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.COMPLETED
    assert view.task.budget_usd == CALL * 6
    assert [dict(one.answers) for one in view.approvals] == [{"Amount": "$0.0006"}] * 2


async def test_a_denial_offers_what_was_reached_as_not_finished(workshop: Workshop):
    """Building costs one call; then there is nothing left for the review."""
    project = workshop.project("shop")
    async with at_work(workshop):
        task = await workshop.submit(project, workflow="build_review", budget_usd=CALL)
        approval = await asked_for_money(workshop, task.id)
        assert "- build: Mended the sum." in approval.detail
        assert "Left to do: review." in approval.detail
        await workshop.deny(approval)
        view = await workshop.ended(task.id)
        assert view.task.state == TaskState.COMPLETED
        assert view.task.unfinished == "Stopped at its budget of $0.0003."
        assert workshop.commits(project, view.task.branch) == ["build/1"]
        (record,) = workshop.pull_requests(project)
        assert "Stopped at its budget of $0.0003." in record.read_text()

        await workshop.orchestrator.set_budget(task.id, CALL * 5, by=ALICE)
        await workshop.orchestrator.retry(task.id, by=ALICE)
        done = TaskStateChanged(source="running", target="completed")
        await workshop.until(task.id, lambda events: events[-1] == done)


async def test_the_last_call_may_end_the_work_and_then_nobody_is_asked(workshop: Workshop):
    project = workshop.project("shop", plays={"builder": runs("echo 1")})
    async with at_work(workshop):
        view = await workshop.ended((await workshop.submit(project, budget_usd=CALL * 2)).id)
    assert view.task.state == TaskState.COMPLETED
    assert view.approvals == ()


class Leisurely:
    """A runner that takes a while to end after the last call of an agent."""

    def __init__(self, inner: AgentRunner) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    async def run(self, spec: AgentSpec, *, on_signal: OnSignal, inbox: AgentInbox | None = None) -> AgentOutcome:
        outcome = await self._inner.run(spec, on_signal=on_signal, inbox=inbox)
        await asyncio.sleep(3 * GRACE_S)
        return outcome


async def test_an_agent_that_takes_a_while_to_end_after_its_last_call_is_let_end(workshop: Workshop):
    project = workshop.project("shop", plays={"builder": runs("echo 1")})
    async with at_work(workshop, runner=Leisurely(workshop.runner)):
        view = await workshop.ended((await workshop.submit(project, budget_usd=CALL * 2)).id)
    assert view.task.state == TaskState.COMPLETED
    assert view.approvals == ()


@pytest.mark.parametrize("calls", [pytest.param(1, marks=pytest.mark.long), 4, 5])
async def test_several_at_once_go_over_by_one_call_each_at_most(workshop: Workshop, calls: int):
    """Two begin with the same rest; whoever is in a model call when it is used up ends that call."""
    plays = {name: runs(*"12345678") for name in ("left", "right")}
    project = workshop.project("shop", plays=plays)
    async with at_work(workshop):
        task = await workshop.submit(project, workflow="pair", budget_usd=CALL * calls)
        approval = await asked_for_money(workshop, task.id)
        over = await spent(workshop, task.id) - CALL * calls
        assert Decimal(0) <= over <= CALL, "of two, one is over"
        assert await workshop.orchestrator.pending_approvals() == [approval]
        view = await workshop.orchestrator.task(task.id)
        assert {part.run.state for step in view.steps for part in step.runs} == {AgentRunState.QUEUED}
        await workshop.orchestrator.set_budget(task.id, None, by=ALICE)
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert view.approvals[0].state == ApprovalState.APPROVED
    assert len(view.approvals) == 1


async def test_an_agent_program_that_counts_more_than_the_ledger_asks_too(workshop: Workshop):
    began: list[str] = []

    async def stingy(stage: Stage) -> Mapping[str, object] | AgentFailed:
        began.append(stage.spec.session)
        if len(began) == 1:
            return AgentFailed(message="Used up.", transient=False, kind=FailureKind.OUT_OF_BUDGET)
        return await usual(stage)

    project = workshop.project("shop", plays={"builder": stingy})
    async with at_work(workshop):
        task = await workshop.submit(project, budget_usd=CALL * 100)
        await workshop.approve(await asked_for_money(workshop, task.id))
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.COMPLETED
    assert len(set(began)) == 1


async def test_an_agent_at_its_roles_own_limit_fails_as_before(workshop: Workshop):
    async def dear(_stage: Stage) -> AgentFailed:
        return AgentFailed(message="Used up its budget.", transient=False, kind=FailureKind.OUT_OF_BUDGET)

    project = workshop.project("shop", plays={"builder": dear})
    async with at_work(workshop):
        view = await workshop.ended((await workshop.submit(project)).id)
    assert view.task.state == TaskState.FAILED
    assert "Used up its budget." in view.task.failure


async def test_a_budget_that_is_asked_about_survives_a_restart_and_is_asked_once(workshop: Workshop):
    project = workshop.project("shop", plays={"builder": runs(*"1234")})
    async with at_work(workshop):
        task = await workshop.submit(project, budget_usd=CALL * 2)
        approval = await asked_for_money(workshop, task.id)
    await workshop.approve(approval, amount_usd=CALL * 9)
    async with at_work(workshop):
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.COMPLETED
    assert [one.id for one in view.approvals] == [approval.id]


async def test_a_raise_that_leaves_nothing_to_spend_is_refused_and_the_question_stays(workshop: Workshop):
    project = workshop.project("shop", plays={"builder": runs(*"1234")})
    async with at_work(workshop):
        task = await workshop.submit(project, budget_usd=CALL / 2)
        approval = await asked_for_money(workshop, task.id)
        assert approval.raise_usd == CALL, "half a call again would not be enough to go on"
        with pytest.raises(InvalidInputError, match=r"has used \$0.0003 already"):
            await workshop.approve(approval, amount_usd=CALL / 4)
        with pytest.raises(InvalidInputError, match="more than nothing"):
            await workshop.approve(approval, amount_usd=Decimal(0))
        assert await workshop.orchestrator.pending_approvals() == [approval]
        decided = await workshop.orchestrator.decide(
            approval.id, Decision(approved=True, amount_usd=CALL * 20), by=ALICE
        )
        assert decided.raise_usd == CALL * 20
        assert (await workshop.ended(task.id)).task.state == TaskState.COMPLETED


async def test_a_task_that_waits_for_money_can_be_paused_cancelled_and_is_left_alone_meanwhile(workshop: Workshop):
    project = workshop.project("shop", plays={"builder": runs(*"1234")})
    other = workshop.project("other")
    async with at_work(workshop):
        task = await workshop.submit(project, budget_usd=CALL)
        await asked_for_money(workshop, task.id)
        assert (await workshop.ended((await workshop.submit(other)).id)).task.state == TaskState.COMPLETED
        await workshop.orchestrator.pause(task.id, by=ALICE)
        await workshop.orchestrator.resume(task.id, by=ALICE)

        async def waits() -> bool:
            return (await workshop.orchestrator.task(task.id)).task.state == TaskState.AWAITING_APPROVAL

        await eventually_awaited(waits, within_s=PATIENCE_S, what="that it waits again")
        await workshop.orchestrator.cancel(task.id, by=ALICE)
        view = await workshop.ended(task.id)
    assert [one.state for one in view.approvals] == [ApprovalState.CANCELLED]
    assert len(workshop.starts(task.id)) == 1
