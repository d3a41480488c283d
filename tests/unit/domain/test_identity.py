"""Ids: short names a person can type, and the task they lead to."""

from hypothesis import given
from hypothesis import strategies as st

from core.domain.identity import agent_run_id, approval_id, task_id, task_of

numbers = st.integers(1, 10**9)


def test_ids_are_the_short_names_people_type() -> None:
    assert task_id(142) == "T142"
    assert agent_run_id(task_id(142), 3) == "T142.3"
    assert approval_id(17) == "A17"


@given(numbers, numbers)
def test_an_agent_run_leads_back_to_its_task(number: int, ordinal: int) -> None:
    assert task_of(agent_run_id(task_id(number), ordinal)) == task_id(number)


@given(numbers, numbers, numbers, numbers)
def test_different_agent_runs_have_different_ids(task: int, ordinal: int, other: int, other_ordinal: int) -> None:
    same = agent_run_id(task_id(task), ordinal) == agent_run_id(task_id(other), other_ordinal)
    assert same == ((task, ordinal) == (other, other_ordinal))
