"""Budgets that tasks share: all that draw on one stop, each asks, and one raise or another period lets all go on."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.domain.approval import ApprovalKind, ApprovalState
from core.domain.budget_event import BudgetLimitChanged, BudgetThresholdReached
from core.domain.cost import shown_usd
from core.domain.errors import InvalidInputError, NotFoundError
from core.domain.event import HOUSE, AgentRunStateChanged, ApprovalDecided, JournalEntry
from core.domain.identity import PersonId, TaskId
from core.domain.limit import BudgetScope
from core.domain.period import PeriodUnit
from core.domain.task import AgentRunState, TaskState
from core.engine import run_agent as run_agent_module
from tests.support.engine import ALICE, PATIENCE_S, Workshop, at_work, copied_database, open_workshop, utc_now
from tests.support.engine_plays import Held, runs
from tests.support.waiting import fair_s

pytestmark = [pytest.mark.slow, pytest.mark.money]

CALL = Decimal("0.0003")
"""What one model call of a play costs."""
BEGIN = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
OWNER = PersonId("slack:T1/U9")
SHOP, EVERYTHING = BudgetScope(project="shop"), BudgetScope()


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction] # pytest uses it
    """Whoever is about to end may take as long as the machine does."""
    monkeypatch.setattr(run_agent_module, "MAY_FINISH_S", PATIENCE_S)


@dataclass(slots=True)
class SteadyClock:
    """Noon of a day in the middle of a month, whenever the tests run; `ahead` is what was turned."""

    began: datetime = field(default_factory=utc_now)
    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return BEGIN + (utc_now() - self.began) + self.ahead


@pytest.fixture
def clock() -> SteadyClock:
    return SteadyClock()


@pytest.fixture
async def workshop(tmp_path: Path, sqlite_template: Path, clock: SteadyClock) -> AsyncGenerator[Workshop]:
    async with open_workshop(tmp_path, copied_database(sqlite_template, tmp_path), clock=clock) as made:
        yield made


async def limited(
    workshop: Workshop, calls: int, scope: BudgetScope = SHOP, unit: PeriodUnit = PeriodUnit.MONTH
) -> None:
    await workshop.orchestrator.budgets.set(scope, unit, CALL * calls, by=ALICE, owners=[OWNER])


async def told(workshop: Workshop) -> list[BudgetThresholdReached]:
    entries = await workshop.store.journal.read(limit=100_000)
    return [entry.event for entry in entries if isinstance(entry.event, BudgetThresholdReached)]


async def is_said(workshop: Workshop, task: TaskId, state: ApprovalState) -> None:
    """Wait until a question of the task was decided so."""
    await workshop.until(
        task, lambda events: any(isinstance(each, ApprovalDecided) and each.state == state for each in events)
    )


async def test_all_that_draw_on_it_stop_and_one_raise_lets_all_go_on(workshop: Workshop):
    project = workshop.project("shop", plays={"builder": runs(*"123456")})
    await limited(workshop, 6)
    async with at_work(workshop):
        tasks = [await workshop.submit(project) for _ in range(2)]
        asked = [(await workshop.asked(task.id))[0] for task in tasks]
        (stands,) = await workshop.orchestrator.budgets.standing()
        assert Decimal(0) <= stands.passed_by_usd <= CALL, "of two at work, one is over by one call"
        for each in asked:
            assert (each.kind, each.budget) == (ApprovalKind.BUDGET, "project=shop/month")
            assert each.title == "The monthly budget of shop is used up"
        for task in tasks:
            view = await workshop.orchestrator.task(task.id)
            assert [part.run.state for step in view.steps for part in step.runs] == [AgentRunState.QUEUED]
        await workshop.approve(asked[0], amount_usd=CALL * 20)
        views = [await workshop.ended(task.id) for task in tasks]
    assert [view.task.state for view in views] == [TaskState.COMPLETED] * 2
    assert [view.bill.calls for view in views] == [7, 7], "nothing was done twice"
    entries = await workshop.store.journal.read(limit=100_000)
    raised = next(each.at for each in reversed(entries) if isinstance(each.event, BudgetLimitChanged))
    began = {each.task: each.at for each in entries if each.at >= raised and _begins(each)}
    assert max(began.values()) - raised < timedelta(seconds=fair_s(2))
    assert began.keys() == {task.id for task in tasks}
    states = [each.state for view in views for each in view.approvals]
    assert states == [ApprovalState.APPROVED] * 2, "one raise answers both questions"
    both = [each for view in views for each in view.approvals]
    assert len({each.decided_by for each in both}) == 1
    assert {each.answers["New budget"] for each in both} == {shown_usd(stands.limit_usd + CALL * 20)}


def _begins(entry: JournalEntry) -> bool:
    return isinstance(entry.event, AgentRunStateChanged) and entry.event.target == AgentRunState.RUNNING


async def test_a_new_task_under_a_used_up_budget_is_held_with_the_question_before_it_costs_anything(
    workshop: Workshop,
):
    project = workshop.project("shop", plays={"builder": runs("1")})
    async with at_work(workshop):
        await workshop.ended((await workshop.submit(project)).id)
        await limited(workshop, 1)
        task = await workshop.submit(project)
        await workshop.asked(task.id)
        view = await workshop.orchestrator.task(task.id)
        assert view.bill.calls == 0
        assert [each for each in view.notices if "the monthly budget of shop was used up" in each]
        other = await workshop.submit(workshop.project("other"))
        assert (await workshop.ended(other.id)).task.state == TaskState.COMPLETED, "it draws on nothing"
        await limited(workshop, 50)
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.COMPLETED


async def test_a_limit_that_is_lowered_below_what_is_spent_holds_at_the_next_call_and_is_told(workshop: Workshop):
    held = Held(then=runs(*"123456"))
    project = workshop.project("shop", plays={"builder": runs("1")})
    async with at_work(workshop):
        await workshop.ended((await workshop.submit(project)).id)
        await limited(workshop, 100)
        busy = workshop.project("busy", plays={"builder": held})
        await limited(workshop, 100, BudgetScope(project="busy"))
        task = await workshop.submit(busy)
        await held.began.wait()
        await limited(workshop, 1, EVERYTHING)
        held.go_on.set()
        (asked,) = await workshop.asked(task.id)
        view = await workshop.orchestrator.task(task.id)
    assert asked.budget == "everything/month"
    assert view.bill.calls == 1, "the call that was next, which told how much is spent"
    assert [each.percent for each in await told(workshop)] == [100]


async def test_another_period_lets_held_work_go_on_by_itself_also_after_a_restart(
    workshop: Workshop, clock: SteadyClock
):
    project = workshop.project("shop", plays={"builder": runs(*"1234")})
    await limited(workshop, 3, EVERYTHING, PeriodUnit.DAY)
    async with at_work(workshop):
        task = await workshop.submit(project)
        await workshop.asked(task.id)
    clock.ahead = timedelta(days=1)
    async with at_work(workshop):
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert view.bill.calls == 5
    (asked,) = view.approvals
    assert (asked.state, asked.decided_by, asked.decision_reason) == (
        ApprovalState.CANCELLED, None, "A new day has begun.",
    )  # fmt: skip


async def test_a_raise_holds_for_its_period_alone(workshop: Workshop, clock: SteadyClock):
    workshop.project("shop")
    await limited(workshop, 3, EVERYTHING, PeriodUnit.DAY)
    await workshop.orchestrator.budgets.raise_by("everything/day", CALL * 2, by=ALICE)
    (today,) = await workshop.orchestrator.budgets.standing()
    clock.ahead = timedelta(days=1)
    (tomorrow,) = await workshop.orchestrator.budgets.standing()
    assert (today.limit_usd, tomorrow.limit_usd) == (CALL * 5, CALL * 3)


async def test_the_budget_of_a_role_stops_that_role_alone(workshop: Workshop):
    project = workshop.project("shop", plays={"builder": runs("1")})
    async with at_work(workshop):
        first = await workshop.ended((await workshop.submit(project, workflow="build_review")).id)
        await limited(workshop, 1, BudgetScope(role="reviewer"))
        task = await workshop.submit(project, workflow="build_review")
        (asked,) = await workshop.asked(task.id)
        view = await workshop.orchestrator.task(task.id)
        assert [step.step.state.value for step in view.steps] == ["completed", "pending"], "it was built all the same"
        await workshop.orchestrator.budgets.set(BudgetScope(role="reviewer"), PeriodUnit.MONTH, None, by=ALICE)
        view = await workshop.ended(task.id)
    assert asked.title == "The monthly budget of reviewer is used up"
    (asked,) = view.approvals
    assert (asked.state, asked.decided_by, asked.answers) == (ApprovalState.APPROVED, ALICE, {"New budget": "no limit"})
    assert (first.task.state, view.task.state) == (TaskState.COMPLETED, TaskState.COMPLETED)


async def test_the_budget_of_a_person_holds_nobody_else(workshop: Workshop):
    project = workshop.project("shop", plays={"builder": runs("1")})
    async with at_work(workshop):
        await workshop.ended((await workshop.submit(project)).id)
        await limited(workshop, 1, BudgetScope(person=ALICE))
        task = await workshop.submit(project)
        await workshop.asked(task.id)
        bob = PersonId("console:bob")
        other = await workshop.orchestrator.submit("fix it", project=project.name, by=bob, workflow="build_only")
        assert (await workshop.ended(other.id)).task.state == TaskState.COMPLETED
        assert (await workshop.orchestrator.task(task.id)).task.state == TaskState.AWAITING_APPROVAL


async def test_what_is_left_of_the_scarcest_budget_bounds_an_agent(workshop: Workshop):
    project = workshop.project("shop", plays={"builder": runs("1")})
    await limited(workshop, 9)
    await limited(workshop, 5, BudgetScope(model="claude"))
    async with at_work(workshop):
        task = await workshop.submit(project, budget_usd=CALL * 7)
        await workshop.ended(task.id)
        other = await workshop.submit(project, budget_usd=CALL * 2)
        await workshop.ended(other.id)
    starts = [workshop.starts(each.id)[0].max_budget_usd for each in (task, other)]
    assert starts == pytest.approx([float(CALL * 5), float(CALL * 2)])  # pyright: ignore[reportUnknownMemberType]


async def test_a_refusal_ends_the_task(workshop: Workshop):
    project = workshop.project("shop", plays={"builder": runs(*"123")})
    await limited(workshop, 2)
    async with at_work(workshop):
        task = await workshop.submit(project)
        (asked,) = await workshop.asked(task.id)
        await workshop.deny(asked, "It is enough")
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.CANCELLED


async def test_each_threshold_is_told_once_to_who_asked_and_to_the_owners(workshop: Workshop):
    project = workshop.project("shop", plays={"builder": runs(*"123456789")})
    await limited(workshop, 10)
    async with at_work(workshop):
        view = await workshop.ended((await workshop.submit(project)).id)
    assert view.bill.calls == 10
    found = await told(workshop)
    assert [each.percent for each in found] == [50, 75, 90, 100]
    assert {each.told for each in found} == {(ALICE, OWNER)}
    assert {each.name for each in found} == {"the monthly budget of shop"}
    assert found[-1].until == datetime(2026, 4, 1, tzinfo=UTC)


async def test_the_thresholds_of_a_tasks_own_budget_are_told_too_but_for_its_end_which_is_asked_about(
    workshop: Workshop,
):
    project = workshop.project("shop", plays={"builder": runs(*"123456789")})
    async with at_work(workshop):
        task = await workshop.submit(project, budget_usd=CALL * 10)
        await workshop.ended(task.id)
    assert [(each.percent, each.name, each.told) for each in await told(workshop)] == [
        (percent, f"the budget of {task.id}", (ALICE,)) for percent in (50, 75, 90)
    ]


async def test_what_changes_a_budget_is_told_in_the_journal_and_wrong_amounts_change_nothing(workshop: Workshop):
    budgets = workshop.orchestrator.budgets
    await limited(workshop, 4)
    for wrong in (Decimal(0), Decimal(-1)):
        with pytest.raises(InvalidInputError):
            await budgets.set(SHOP, PeriodUnit.MONTH, wrong, by=ALICE)
        with pytest.raises(InvalidInputError):
            await budgets.raise_by("project=shop/month", wrong, by=ALICE)
    with pytest.raises(NotFoundError):
        await budgets.raise_by("project=shop/day", CALL, by=ALICE)
    with pytest.raises(NotFoundError):
        await budgets.set(SHOP, PeriodUnit.DAY, None, by=ALICE)
    await budgets.set(SHOP, PeriodUnit.MONTH, None, by=ALICE)
    entries = await workshop.store.journal.read(task=HOUSE)
    changes = [each.event for each in entries if isinstance(each.event, BudgetLimitChanged)]
    assert [(each.source, each.target, each.by) for each in changes] == [
        ("", str(CALL * 4), ALICE),
        (str(CALL * 4), "", ALICE),
    ]
    assert await budgets.standing() == []
