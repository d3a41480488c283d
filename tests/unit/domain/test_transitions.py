"""The state machines: their ends are ends, every state leads to one, and an illegal move is told exactly."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import chain, product

import pytest

from core.domain.errors import ConflictError, IllegalTransitionError
from core.domain.task import (
    AGENT_RUN_ENDS,
    AGENT_RUN_TRANSITIONS,
    AT_WORK,
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
RESTS: Mapping[str, set[StrEnum]] = {
    "task": {TaskState.COMPLETED, TaskState.FAILED, TaskState.CANCELLED},
    "step": {StepState.COMPLETED, StepState.FAILED, StepState.SKIPPED, StepState.CANCELLED},
    "agent run": {*RUN_ENDS},
}
"""Where each of them comes to rest; only a person, or a loop back, makes more of it."""
AT_ITS_GATE = {("step", StepState.COMPLETED): StepState.WAITING}
BEGINNINGS: Mapping[str, StrEnum] = {"task": TaskState.QUEUED, "step": StepState.PENDING}
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


def test_an_agent_run_that_has_ended_stays_ended() -> None:
    assert {state for state, targets in AGENT_RUN_TRANSITIONS.items() if not targets} == RUN_ENDS


@pytest.mark.parametrize("kind", BEGINNINGS)
def test_what_rests_can_begin_again_but_only_from_the_beginning_or_at_its_gate(kind: str) -> None:
    for state in RESTS[kind]:
        begins: set[StrEnum] = {BEGINNINGS[kind]}
        gate = {target for (its_kind, source), target in AT_ITS_GATE.items() if (its_kind, source) == (kind, state)}
        assert TABLES[kind][state] == begins | gate, f"{kind} {state}"


@tables
def test_every_other_state_can_come_to_rest(kind: str) -> None:
    table = TABLES[kind]
    stuck = [state for state in table if state not in RESTS[kind] and not reachable(table, state) & RESTS[kind]]
    assert stuck == []


@tables
def test_every_state_can_be_reached_from_the_first_one(kind: str) -> None:
    table = TABLES[kind]
    first = next(iter(table))
    assert reachable(table, first) | {first} == set(table)


@tables
def test_no_state_lists_itself_because_staying_is_always_allowed(kind: str) -> None:
    assert [state for state, targets in TABLES[kind].items() if state in targets] == []


def test_the_named_sets_of_states_are_those_meant() -> None:
    assert RESTS["task"] == FINAL_TASK_STATES
    assert RESTS["agent run"] == AGENT_RUN_ENDS
    assert {AgentRunState.STARTING, AgentRunState.RUNNING} == AT_WORK


@pytest.mark.parametrize("state", sorted(set(TaskState) - FINAL_TASK_STATES - {TaskState.PAUSED}))
def test_an_open_task_can_be_paused_and_go_on_where_it_was(state: TaskState) -> None:
    for source, target in ((state, TaskState.PAUSED), (TaskState.PAUSED, state)):
        check_transition(TASK_TRANSITIONS, kind="Task", name="T1", source=source, target=target)


@pytest.mark.parametrize("state", [AgentRunState.STARTING, AgentRunState.RUNNING, AgentRunState.WAITING])
def test_an_agent_run_that_was_stopped_or_is_tried_again_goes_back_to_the_queue(state: AgentRunState) -> None:
    check_transition(AGENT_RUN_TRANSITIONS, kind="Agent run", name="T1.1", source=state, target=AgentRunState.QUEUED)


def test_an_agent_run_waits_for_people_only_once_it_runs() -> None:
    asks = [state for state, targets in AGENT_RUN_TRANSITIONS.items() if AgentRunState.WAITING in targets]
    assert asks == [AgentRunState.RUNNING]


def test_a_result_that_was_sent_back_with_words_is_made_again() -> None:
    check_transition(STEP_TRANSITIONS, kind="Step", name="T1/plan", source=StepState.WAITING, target=StepState.PENDING)


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
