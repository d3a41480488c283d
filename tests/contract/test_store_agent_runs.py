"""Agent runs and approvals are stored alike on both databases."""

import asyncio
from dataclasses import MISSING, fields, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from core.domain.approval import Approval, ApprovalKind, ApprovalState, Choice, Question, Risk
from core.domain.errors import ConflictError, NotFoundError
from core.domain.identity import PersonId, ProjectName, StepName, agent_run_id, approval_id, task_id
from core.domain.queue import WaitingRun
from core.domain.task import AT_WORK, FINAL_TASK_STATES, AgentRun, AgentRunState, Priority, RunPurpose, TaskState
from core.store import Store, tables
from tests.support.values import BUILD, NOON, a_call, a_run, a_task, an_approval

FULL_RUN = a_run(
    state=AgentRunState.COMPLETED,
    purpose=RunPurpose.MERGE,
    attempts=3,
    session="0b2f4e9e-0000-4000-8000-000000000000",
    forked_session="0b2f4e9e-0000-4000-8000-000000000001",
    forked_message="0b2f4e9e-0000-4000-8000-000000000002",
    not_before=NOON + timedelta(seconds=80, microseconds=1),
    transient_failures=2,
    interruptions=1,
    restarts=1,
    peak_memory_bytes=3 * 2**31,
    cpu_s=12.25,
    activity="Editing a.py",
    result={"summary": "done"},
    error="none",
    reported_cost_usd="0.0042",
    started_at=NOON,
    finished_at=NOON + timedelta(seconds=9),
    resting_since=NOON + timedelta(microseconds=1_500_001),
    rested_s=0.25,
)

FULL_APPROVAL = an_approval(
    agent_run=agent_run_id(task_id(1), 1),
    detail="rm -r build",
    reason="Rule 3 asks.",
    risk=Risk.HIGH,
    tool="Bash",
    tool_input={"command": "rm -r build", "timeout": 3, "flags": [True, None]},
    tool_use_id="toolu_1",
    questions=(Question(text="Which?", choices=(Choice(label="a", description="first"), Choice(label="b"))),),
    state=ApprovalState.APPROVED,
    decided_by=PersonId("console:alice"),
    decided_at=NOON + timedelta(minutes=1),
    decision_reason="It is only a build folder.",
    answers={"Which?": "a"},
    used_at=NOON + timedelta(minutes=2),
    what='{"command":"rm -r build"}',
    always=True,
    raise_usd=Decimal("0.000000000001"),
    budget="project=api/month",
    limit_usd=Decimal(20),
)


@pytest.fixture(autouse=True)
async def two_tasks(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.tasks.add(a_task(1))
        await unit.tasks.add(a_task(2, project=ProjectName("garden")))


async def test_an_agent_run_comes_back_as_it_was_stored(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.agent_runs.add(a_run())
        await unit.agent_runs.save(FULL_RUN)
    async with store.reading() as unit:
        assert await unit.agent_runs.get(FULL_RUN.id) == FULL_RUN


async def test_an_unknown_agent_run_is_not_found(store: Store) -> None:
    async with store.reading() as unit:
        with pytest.raises(NotFoundError, match=r"There is no agent run T1\.9"):
            await unit.agent_runs.get(agent_run_id(task_id(1), 9))
        assert await unit.agent_runs.find(task_id(1), BUILD, 1) is None


async def test_ordinals_of_a_task_are_given_out_once(store: Store) -> None:
    async def take(number: int) -> int:
        async with store.transaction() as unit:
            return await unit.agent_runs.next_ordinal(task_id(number))

    assert sorted(await asyncio.gather(*(take(1) for _ in range(8)))) == list(range(1, 9))
    assert await take(2) == 1
    with pytest.raises(NotFoundError, match="There is no task T3"):
        await take(3)


async def test_saving_a_task_does_not_reset_its_ordinals(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.agent_runs.next_ordinal(task_id(1))
        await unit.tasks.save(await unit.tasks.get(task_id(1)))
        assert await unit.agent_runs.next_ordinal(task_id(1)) == 2


async def test_the_latest_run_of_a_round_is_found_and_the_tenth_is_later_than_the_second(store: Store) -> None:
    async with store.transaction() as unit:
        for ordinal in (2, 10, 9):
            await unit.agent_runs.add(a_run(ordinal=ordinal))
        await unit.agent_runs.add(a_run(ordinal=11, round=2))
        await unit.agent_runs.add(a_run(ordinal=12, step=StepName("plan")))
        latest = await unit.agent_runs.find(task_id(1), BUILD, 1)
        assert latest is not None
        assert latest.id == "T1.10"
        listed = [run.id for run in await unit.agent_runs.of(task_id(1))]
        assert listed == ["T1.2", "T1.9", "T1.10", "T1.11", "T1.12"]


async def test_active_runs_are_those_of_unfinished_tasks_that_have_not_ended(store: Store) -> None:
    async with store.transaction() as unit:
        for ordinal, state in enumerate(AgentRunState, start=1):
            await unit.agent_runs.add(a_run(ordinal=ordinal, state=state))
        await unit.agent_runs.add(a_run(task_id(2)))
    async with store.reading() as unit:
        assert [run.id for run in await unit.agent_runs.active()] == ["T1.1", "T1.2", "T1.3", "T1.4", "T2.1"]
    for state in FINAL_TASK_STATES:
        async with store.transaction() as unit:
            await unit.tasks.save(a_task(1, state=state))
        async with store.reading() as unit:
            assert [run.id for run in await unit.agent_runs.active()] == ["T2.1"]
    async with store.transaction() as unit:
        await unit.tasks.save(a_task(1, state=TaskState.PAUSED))
        assert [run.id for run in await unit.agent_runs.active()] == ["T1.1", "T1.2", "T1.3", "T1.4", "T2.1"]


async def test_an_approval_comes_back_as_it_was_stored(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.agent_runs.add(a_run())
        await unit.approvals.add(an_approval())
        await unit.approvals.save(FULL_APPROVAL)
    async with store.reading() as unit:
        assert await unit.approvals.get(FULL_APPROVAL.id) == FULL_APPROVAL
        assert await unit.approvals.find_key("key-1") == FULL_APPROVAL
        assert await unit.approvals.find_key("key-2") is None
        with pytest.raises(NotFoundError, match="There is no approval A7"):
            await unit.approvals.get(approval_id(7))


async def test_asking_twice_under_one_key_is_a_conflict(store: Store) -> None:
    with pytest.raises(ConflictError):
        async with store.transaction() as unit:
            await unit.approvals.add(an_approval(1))
            await unit.approvals.add(an_approval(2, key="key-1"))


async def test_approvals_are_listed_oldest_first_by_task_by_run_and_by_project(store: Store) -> None:
    run = a_run()
    async with store.transaction() as unit:
        await unit.agent_runs.add(run)
        await unit.approvals.add(an_approval(10, agent_run=run.id))
        await unit.approvals.add(an_approval(9, agent_run=run.id, state=ApprovalState.DENIED))
        await unit.approvals.add(an_approval(8, kind=ApprovalKind.PLAN))
        await unit.approvals.add(an_approval(2, task_id(2)))
    async with store.reading() as unit:
        approvals = unit.approvals
        assert [each.id for each in await approvals.of(task_id(1))] == ["A8", "A9", "A10"]
        assert [each.id for each in await approvals.of_run(run.id)] == ["A9", "A10"]
        assert [each.id for each in await approvals.pending()] == ["A2", "A8", "A10"]
        assert [each.id for each in await approvals.pending(project=ProjectName("shop"))] == ["A8", "A10"]


async def test_approval_numbers_have_a_row_of_their_own(store: Store) -> None:
    async with store.transaction() as unit:
        assert [await unit.approvals.next_number() for _ in range(3)] == [1, 2, 3]
        assert await unit.tasks.next_number() == 1


@pytest.mark.parametrize(("table", "value"), [(tables.agent_runs, AgentRun), (tables.approvals, Approval)])
def test_a_table_has_a_column_for_each_field(table: tables.Table, value: type) -> None:
    assert {column.name for column in table.columns} == {field.name for field in fields(value)}


async def waiting(store: Store) -> dict[str, WaitingRun]:
    async with store.reading() as unit:
        return {run.id: run for run in await unit.agent_runs.waiting()}


async def at_work(store: Store) -> list[tuple[str, str]]:
    async with store.reading() as unit:
        return sorted(await unit.agent_runs.at_work())


async def test_a_waiting_run_is_told_with_all_that_decides_about_its_turn(store: Store) -> None:
    later = NOON + timedelta(minutes=5)
    async with store.transaction() as unit:
        await unit.tasks.save(a_task(2, project=ProjectName("garden"), priority=Priority.HIGH))
        await unit.agent_runs.add(a_run(task_id(2), role="tester", model="claude-haiku", not_before=later))
    assert await waiting(store) == {
        "T2.1": WaitingRun(
            id=agent_run_id(task_id(2), 1),
            task=task_id(2),
            project=ProjectName("garden"),
            person=PersonId("console:alice"),
            role="tester",
            model="claude-haiku",
            priority=Priority.HIGH,
            created_at=NOON,
            not_before=later,
        )
    }


@pytest.mark.parametrize("task_state", TaskState)
async def test_a_run_waits_for_a_place_only_while_it_is_queued_and_its_task_neither_rests_nor_has_ended(
    store: Store, task_state: TaskState
) -> None:
    async with store.transaction() as unit:
        await unit.tasks.save(a_task(1, state=task_state))
        for ordinal, state in enumerate(AgentRunState, start=1):
            await unit.agent_runs.add(a_run(ordinal=ordinal, state=state))
    rests = task_state in FINAL_TASK_STATES | {TaskState.PAUSED}
    assert list(await waiting(store)) == ([] if rests else ["T1.1"])


async def test_places_are_held_by_runs_that_start_or_run_also_while_their_task_is_being_paused(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.tasks.save(a_task(1, state=TaskState.PAUSED))
        for ordinal, state in enumerate(AgentRunState, start=1):
            await unit.agent_runs.add(a_run(ordinal=ordinal, state=state, model=state.value))
        await unit.agent_runs.add(a_run(task_id(2), state=AgentRunState.RUNNING))
    held = sorted(("shop", state.value) for state in AT_WORK)
    assert await at_work(store) == [("garden", "claude-sonnet"), *held]
    for state in FINAL_TASK_STATES:
        async with store.transaction() as unit:
            await unit.tasks.save(a_task(1, state=state))
        assert await at_work(store) == [("garden", "claude-sonnet")]


async def test_places_are_given_away_by_one_unit_at_a_time(store: Store) -> None:
    inside = 0

    async def give_a_place() -> int:
        """Start the first run that waits, and return how many had their place before."""
        nonlocal inside
        async with store.transaction() as unit:
            await unit.agent_runs.lock_places()
            inside += 1
            assert inside == 1, "two units give places away at once"
            before = len(await unit.agent_runs.at_work())
            first = (await unit.agent_runs.waiting())[0]
            await unit.agent_runs.save(replace(await unit.agent_runs.get(first.id), state=AgentRunState.STARTING))
            # the unit commits after this, so the next one may enter while it does
            inside -= 1
            return before

    async with store.transaction() as unit:
        for ordinal in range(1, 7):
            await unit.agent_runs.add(a_run(ordinal=ordinal))
    given = await asyncio.gather(*(give_a_place() for _ in range(6)))
    assert sorted(given) == [0, 1, 2, 3, 4, 5], "each sees what the one before it gave away"


def test_every_field_with_a_default_is_exercised() -> None:
    runs, approvals = (FULL_RUN, a_run()), (FULL_APPROVAL, an_approval())
    assert not [
        field.name
        for full, plain in (runs, approvals)
        for field in fields(full)
        if (field.default is not MISSING or field.default_factory is not MISSING)
        and getattr(plain, field.name) == getattr(full, field.name)
    ]


async def test_runs_of_a_task_that_has_used_up_its_budget_or_is_asked_about_it_get_no_place(store: Store) -> None:
    async with store.transaction() as unit:
        for number, budget in ((11, None), (12, "0.01"), (13, "0.0042"), (14, "5")):
            task = a_task(number, state=TaskState.RUNNING, budget_usd=None if budget is None else Decimal(budget))
            await unit.tasks.add(task)
            await unit.agent_runs.add(a_run(task.id))
            await unit.ledger.record(a_call(f"msg_{number}", agent_run_id(task.id, 1)))
        asked = an_approval(1, task_id(14), kind=ApprovalKind.BUDGET)
        await unit.approvals.add(asked)
        assert {run.task for run in await unit.agent_runs.waiting()} == {"T11", "T12"}
        await unit.approvals.save(replace(asked, state=ApprovalState.APPROVED))
        assert {run.task for run in await unit.agent_runs.waiting()} == {"T11", "T12", "T14"}
