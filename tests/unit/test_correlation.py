"""Correlation: log lines and spans of one piece of work carry the same names."""

import asyncio
from datetime import timedelta, timezone

import pytest
from structlog.contextvars import get_contextvars

from core.correlation import bound, correlation_id, span_id
from core.domain.identity import TaskId
from tests.support.values import FIRST_RUN, NOON, T1


def test_a_correlation_id_is_the_same_in_every_process_and_time_zone() -> None:
    here = correlation_id(T1, life=1, created_at=NOON)

    assert here == correlation_id(T1, life=1, created_at=NOON.astimezone(timezone(timedelta(hours=5))))
    assert here == "4604b91d3621a66185bf9dc6199c6bb2"
    assert span_id(here, "build:1") == "66392d2b1918cb7b"


def test_names_are_bound_while_it_lasts_and_the_inner_one_inherits() -> None:
    with bound(task=T1, correlation="abc"):
        with bound(task=T1, agent_run=FIRST_RUN):
            assert get_contextvars() == {"task": "T1", "agent_run": "T1.1", "correlation": "abc"}
        assert get_contextvars() == {"task": "T1", "correlation": "abc"}
    assert get_contextvars() == {}


def test_without_any_correlation_a_random_one_holds_the_lines_together() -> None:
    with bound(task=T1):
        first = get_contextvars()["correlation"]
        with bound(task=T1, agent_run=FIRST_RUN):
            assert get_contextvars()["correlation"] == first
    with bound(task=T1):
        assert get_contextvars()["correlation"] != first
    assert len(first) == 32


async def test_each_piece_of_work_at_the_same_time_has_its_own_names() -> None:
    async def work(task: TaskId) -> str:
        with bound(task=task):
            await asyncio.sleep(0)
            return get_contextvars()["task"]

    assert await asyncio.gather(work(TaskId("T1")), work(TaskId("T2"))) == ["T1", "T2"]


def test_names_go_even_when_the_work_fails() -> None:
    with pytest.raises(RuntimeError), bound(task=T1):
        raise RuntimeError
    assert get_contextvars() == {}
