"""Tasks and steps are stored alike on both databases."""

import asyncio
from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from core.domain.errors import ConflictError, NotFoundError
from core.domain.estimate import Band, Estimate, Likeness, StepEstimate
from core.domain.identity import Place, ProjectName, StepName, TaskId, task_id
from core.domain.project import PlanGate
from core.domain.pull_request import FollowUp, ForgeWait, ReviewTarget
from core.domain.task import Complexity, Priority, Step, StepState, Task, TaskState, TaskType
from core.domain.workflow import Mode
from core.store import Store, tables
from tests.support.values import BUILD, NOON, a_step, a_task

FULL_TASK = a_task(
    place=Place(platform="slack", space="T1", channel="C1", thread="1.2"),
    state=TaskState.FAILED,
    type=TaskType.BUG_FIX,
    complexity=Complexity.COMPLEX,
    priority=Priority.HIGH,
    mode=Mode.PARALLEL,
    plan_gate=PlanGate.COMPLEX,
    model="claude-opus",
    budget_usd=Decimal("7.5"),
    estimate=Estimate(
        tasks=4,
        cost_usd=Band(p50=0.42, p90=2.5),
        duration_s=Band(p50=300.0, p90=900.5),
        tokens=Band(p50=120_000.0, p90=480_000.0),
        alike=(Likeness.TYPE, Likeness.PROJECT),
        steps=(
            StepEstimate(
                step=StepName("build"),
                role="builder",
                model="claude-opus",
                cost_usd=Band(p50=0.3, p90=2.0),
                tokens=Band(p50=90_000.0, p90=400_000.0),
                duration_s=Band(p50=200.0, p90=600.0),
            ),
        ),
    ),
    template="fix-issue@1.2",
    forked_from=task_id(7),
    life=3,
    restore_commit="c" * 40,
    issue="123",
    issue_title="Total is wrong",
    issue_text="It adds\nthe tax twice.",
    base_branch="main",
    base_commit="a" * 40,
    branch="orchestrate/T1-fix",
    commit="b" * 40,
    pull_request="7",
    pull_request_url="https://forge.example/pull/7",
    pull_request_state="open",
    pull_request_commit="d" * 40,
    unfinished="Stopped before all was done.",
    forge_wait=ForgeWait(until=NOON, reason="busy", since=NOON - timedelta(hours=1), failures=2),
    forge_mark="needs_approval",
    follow_up=FollowUp(life=3, why="review", text="Be kind", news=("review/5", "review/6")),
    reviews=ReviewTarget(reference="45", url="https://forge.example/pull/45", author="maria", commit="e" * 40),
    is_cleaned=True,
    failure="The tests failed. Look at them.",
    request_key="Ev123",
    started_at=NOON + timedelta(seconds=1),
    finished_at=NOON + timedelta(microseconds=2_000_001),
    resting_since=NOON + timedelta(microseconds=1_500_001),
    rested_s=0.25,
)


async def test_a_task_comes_back_as_it_was_stored(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.tasks.add(FULL_TASK)
    async with store.reading() as unit:
        assert await unit.tasks.get(FULL_TASK.id) == FULL_TASK


async def test_saving_a_task_replaces_every_field(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.tasks.add(a_task())
    async with store.transaction() as unit:
        await unit.tasks.save(FULL_TASK)
    async with store.reading() as unit:
        assert await unit.tasks.get(FULL_TASK.id) == FULL_TASK


async def test_a_task_is_found_by_the_request_it_came_from_and_a_request_makes_one_task(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.tasks.add(a_task(1))
        await unit.tasks.add(a_task(2))
        await unit.tasks.add(a_task(3, request_key="Ev1"))
        assert await unit.tasks.find_request("Ev1") == a_task(3, request_key="Ev1")
        assert await unit.tasks.find_request("Ev2") is None
    with pytest.raises(ConflictError):
        async with store.transaction() as unit:
            await unit.tasks.add(a_task(4, request_key="Ev1"))


async def test_every_field_of_a_task_differs_from_its_default_in_these_tests() -> None:
    plain = a_task()
    same = {field.name for field in fields(Task) if getattr(plain, field.name) == getattr(FULL_TASK, field.name)}
    assert same == {"id", "number", "project", "request", "title", "requested_by", "workflow", "created_at"}


async def test_an_unknown_task_is_named_in_the_error_with_a_hint(store: Store) -> None:
    async with store.transaction() as unit:
        with pytest.raises(NotFoundError, match="There is no task T9") as caught:
            await unit.tasks.get(task_id(9))
        assert caught.value.hint
        with pytest.raises(NotFoundError):
            await unit.tasks.save(a_task(9))


async def test_the_same_task_cannot_be_added_twice(store: Store) -> None:
    with pytest.raises(ConflictError):
        async with store.transaction() as unit:
            await unit.tasks.add(a_task())
            await unit.tasks.add(a_task())


async def test_tasks_are_listed_newest_first_and_narrowed_by_project_state_and_limit(store: Store) -> None:
    other = ProjectName("garden")
    async with store.transaction() as unit:
        for number in range(1, 13):
            state = TaskState.RUNNING if number % 2 else TaskState.COMPLETED
            await unit.tasks.add(a_task(number, state=state, project=other if number == 11 else ProjectName("shop")))
    async with store.reading() as unit:
        listed = [task.number for task in await unit.tasks.list()]
        assert listed == list(range(12, 0, -1))
        running = await unit.tasks.list(project=ProjectName("shop"), states=[TaskState.RUNNING], limit=3)
        assert [task.number for task in running] == [9, 7, 5]
        assert await unit.tasks.list(states=[]) == []


async def test_task_numbers_are_given_once_and_given_back_by_a_rollback(store: Store) -> None:
    async def take() -> int:
        async with store.transaction() as unit:
            return await unit.tasks.next_number()

    assert sorted(await asyncio.gather(*(take() for _ in range(10)))) == list(range(1, 11))

    with pytest.raises(ZeroDivisionError):
        async with store.transaction() as unit:
            assert await unit.tasks.next_number() == 11
            raise ZeroDivisionError
    assert await take() == 11


async def test_steps_come_back_in_the_order_of_the_workflow(store: Store) -> None:
    steps = [
        a_step(name=StepName("review"), position=2),
        a_step(
            state=StepState.COMPLETED,
            round=2,
            result={"files": ["a.py"], "ok": True, "nested": {"n": 1.5, "none": None}},
            summary="Changed a.py",
            base_commit="c" * 40,
            started_at=NOON,
            finished_at=NOON + timedelta(seconds=3),
        ),
        a_step(name=StepName("plan"), position=0),
    ]
    async with store.transaction() as unit:
        await unit.tasks.add(a_task())
        await unit.tasks.add(a_task(2))
        await unit.steps.add_all(steps)
        await unit.steps.add_all([a_step(task_id(2))])
    async with store.reading() as unit:
        assert await unit.steps.of(task_id(1)) == [steps[2], steps[1], steps[0]]
        assert await unit.steps.get(task_id(1), BUILD) == steps[1]


async def test_saving_a_step_changes_that_step_only(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.tasks.add(a_task())
        await unit.steps.add_all([a_step(), a_step(name=StepName("review"), position=2)])
    async with store.transaction() as unit:
        step = await unit.steps.get(task_id(1), BUILD)
        await unit.steps.save(replace(step, state=StepState.RUNNING))
        with pytest.raises(NotFoundError, match="There is no step T1 nothing"):
            await unit.steps.save(a_step(name=StepName("nothing")))
    async with store.reading() as unit:
        assert [step.state for step in await unit.steps.of(task_id(1))] == [StepState.RUNNING, StepState.PENDING]


async def test_steps_that_a_plan_dropped_are_taken_away_from_their_task_only(store: Store) -> None:
    async with store.transaction() as unit:
        for number in (1, 2):
            await unit.tasks.add(a_task(number))
            await unit.steps.add_all([a_step(task_id(number)), a_step(task_id(number), name=StepName("review"))])
    async with store.transaction() as unit:
        await unit.steps.remove(task_id(1), [BUILD, StepName("never there")])
        await unit.steps.remove(task_id(1), [])
    async with store.reading() as unit:
        assert [step.name for step in await unit.steps.of(task_id(1))] == ["review"]
        assert sorted(step.name for step in await unit.steps.of(task_id(2))) == ["build", "review"]


FORKS = {2: 1, 3: 2, 4: 1, 5: None, 6: 5, 12: 3}
"""Task → the task it was forked from: a family of 1, 2, 3, 4 and 12, and another of 5 and 6."""


@pytest.mark.parametrize(
    ("member", "family"),
    [*((number, [1, 2, 3, 4, 12]) for number in (1, 2, 3, 4, 12)), (5, [5, 6]), (6, [5, 6]), (7, [7]), (99, [])],
)
async def test_the_family_of_a_task_is_everybody_it_is_related_to_by_forks_oldest_first(
    store: Store, member: int, family: list[int]
) -> None:
    def parent(number: int) -> TaskId | None:
        forked_from = FORKS.get(number)
        return task_id(forked_from) if forked_from else None

    async with store.transaction() as unit:
        for number in (12, 1, 2, 3, 4, 5, 6, 7):
            await unit.tasks.add(a_task(number, forked_from=parent(number)))
    async with store.reading() as unit:
        assert [task.number for task in await unit.tasks.family(task_id(member))] == family


async def test_a_step_cannot_belong_to_a_task_that_does_not_exist(store: Store) -> None:
    with pytest.raises(ConflictError):
        async with store.transaction() as unit:
            await unit.steps.add_all([a_step()])


@pytest.mark.parametrize(
    ("table", "value", "extra"),
    [(tables.tasks, Task, {"agent_run_count"}), (tables.steps, Step, set[str]())],
    ids=lambda part: getattr(part, "name", None),
)
def test_a_table_has_a_column_for_each_field(table: tables.Table, value: type, extra: set[str]) -> None:
    assert {column.name for column in table.columns} - extra == {field.name for field in fields(value)}
