"""The state machines: their ends are ends, every state leads to one, and an illegal move is told exactly."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import chain, product

import pytest

from core.domain.errors import ConflictError, IllegalTransitionError
from core.domain.task import (
    AGENT_RUN_TRANSITIONS,
    FINAL_TASK_STATES,
    STEP_TRANSITIONS,
    TASK_TRANSITIONS,
    AgentRunState,
    StepState,
    TaskState,
    check_transition,
)

Table = Mapping[StrEnum, frozenset[StrEnum]]

TABLES: Mapping[str, Table] = {
    "task": {**TASK_TRANSITIONS},
    "step": {**STEP_TRANSITIONS},
    "agent run": {**AGENT_RUN_TRANSITIONS},
}
RUN_ENDS = {AgentRunState.COMPLETED, AgentRunState.FAILED, AgentRunState.CANCELLED}
ENDS: Mapping[str, set[StrEnum]] = {
    "task": {TaskState.COMPLETED, TaskState.FAILED, TaskState.CANCELLED},
    # a finished step may be worked on again after a loop back, so only a cancelled one has really ended
    "step": {StepState.CANCELLED},
    "agent run": {*RUN_ENDS},
}
tables = pytest.mark.parametrize("kind", TABLES)


def reachable(table: Table, source: StrEnum) -> set[StrEnum]:
    """Every state that one or more moves from `source` lead to."""
    found: set[StrEnum] = set()
    wanted = [*table[source]]
    while wanted:
        state = wanted.pop()
        if state not in found:
            found.add(state)
            wanted.extend(table[state])
    return found


@tables
def test_the_table_knows_every_state_and_no_other(kind: str) -> None:
    table = TABLES[kind]
    states = set(type(next(iter(table))))
    assert set(table) == states
    assert states.issuperset(chain.from_iterable(table.values()))


@tables
def test_exactly_the_final_states_have_no_way_out(kind: str) -> None:
    assert {state for state, targets in TABLES[kind].items() if not targets} == ENDS[kind]


@tables
def test_every_other_state_can_reach_an_end(kind: str) -> None:
    table = TABLES[kind]
    stuck = [state for state in table if state not in ENDS[kind] and not reachable(table, state) & ENDS[kind]]
    assert stuck == []


@tables
def test_every_state_can_be_reached_from_the_first_one(kind: str) -> None:
    table = TABLES[kind]
    first = next(iter(table))
    assert reachable(table, first) | {first} == set(table)


@tables
def test_no_state_lists_itself_because_staying_is_always_allowed(kind: str) -> None:
    assert [state for state, targets in TABLES[kind].items() if state in targets] == []


def test_the_final_states_of_a_task_are_those_without_a_way_out() -> None:
    assert ENDS["task"] == FINAL_TASK_STATES


@pytest.mark.parametrize("state", sorted(set(TaskState) - FINAL_TASK_STATES))
@pytest.mark.parametrize("end", [TaskState.CANCELLED, TaskState.FAILED])
def test_a_task_can_be_cancelled_and_can_fail_wherever_it_stands(state: TaskState, end: TaskState) -> None:
    check_transition(TASK_TRANSITIONS, kind="Task", name="T1", source=state, target=end)


@pytest.mark.parametrize("state", [StepState.PENDING, StepState.RUNNING, StepState.WAITING])
@pytest.mark.parametrize("end", [StepState.CANCELLED, StepState.FAILED])
def test_an_open_step_can_end_with_its_task(state: StepState, end: StepState) -> None:
    check_transition(STEP_TRANSITIONS, kind="Step", name="T1/build", source=state, target=end)


@pytest.mark.parametrize("state", sorted(set(AgentRunState) - RUN_ENDS))
@pytest.mark.parametrize("end", [AgentRunState.CANCELLED, AgentRunState.FAILED])
def test_an_open_agent_run_can_end_with_its_task(state: AgentRunState, end: AgentRunState) -> None:
    check_transition(AGENT_RUN_TRANSITIONS, kind="Agent run", name="T1.1", source=state, target=end)


@pytest.mark.parametrize("state", [StepState.COMPLETED, StepState.FAILED, StepState.SKIPPED, StepState.PENDING])
def test_a_step_at_rest_can_be_done_again_after_a_loop_back(state: StepState) -> None:
    check_transition(STEP_TRANSITIONS, kind="Step", name="T1/build", source=state, target=StepState.PENDING)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (TaskState.QUEUED, TaskState.COMPLETED),
        (TaskState.QUEUED, TaskState.RUNNING),
        (TaskState.PLANNING, TaskState.COMPLETED),
        (TaskState.PAUSED, TaskState.COMPLETED),
        (TaskState.RUNNING, TaskState.QUEUED),
    ],
)
def test_a_task_neither_skips_its_planning_nor_completes_while_it_is_not_running(
    source: TaskState, target: TaskState
) -> None:
    with pytest.raises(IllegalTransitionError):
        check_transition(TASK_TRANSITIONS, kind="Task", name="T1", source=source, target=target)


@tables
def test_the_check_allows_what_the_table_holds_and_staying_put_and_nothing_else(kind: str) -> None:
    table = TABLES[kind]
    for source, target in product(table, repeat=2):
        allowed = source == target or target in table[source]
        try:
            check_transition(table, kind=kind, name="it", source=source, target=target)
            assert allowed, f"{kind} went from {source} to {target}"
        except IllegalTransitionError:
            assert not allowed, f"{kind} could not go from {source} to {target}"


def test_an_illegal_move_is_a_conflict_that_says_what_from_and_to() -> None:
    with pytest.raises(ConflictError) as refusal:
        check_transition(TASK_TRANSITIONS, kind="Task", name="T7", source=TaskState.COMPLETED, target=TaskState.RUNNING)
    error = refusal.value
    assert isinstance(error, IllegalTransitionError)
    assert (error.kind, error.name, error.source, error.target) == ("Task", "T7", "completed", "running")
    assert error.message == str(error) == "Task T7 is completed and cannot become running."
