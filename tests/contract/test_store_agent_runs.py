"""Agent runs and approvals are stored alike on both databases."""

import asyncio
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from core.domain.approval import Approval, ApprovalKind, ApprovalState, Choice, Question, Risk
from core.domain.errors import ConflictError, NotFoundError
from core.domain.identity import PersonId, ProjectName, StepName, agent_run_id, approval_id, task_id
from core.domain.task import FINAL_TASK_STATES, AgentRun, AgentRunState, TaskState
from core.store import Store, tables
from tests.support.values import BUILD, NOON, a_run, a_task, an_approval

FULL_RUN = a_run(
    state=AgentRunState.COMPLETED,
    attempts=3,
    session="0b2f4e9e-0000-4000-8000-000000000000",
    activity="Editing a.py",
    result={"summary": "done"},
    error="none",
    reported_cost_usd="0.0042",
    started_at=NOON,
    finished_at=NOON + timedelta(seconds=9),
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
        assert len(await unit.agent_runs.active()) == 4


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


def test_every_optional_field_is_exercised() -> None:
    assert not [
        field.name
        for full, plain in ((FULL_RUN, replace(a_run())), (FULL_APPROVAL, an_approval()))
        for field in fields(full)
        if getattr(plain, field.name) in ("", None, (), {}) and getattr(full, field.name) in ("", None, (), {})
    ]
