"""A waiting approval costs nothing: a hundred tasks wait, and there is no agent, no queue place, and room for more."""

import asyncio
import os

import psutil
import pytest

from core.domain.task import TaskState
from tests.support.engine import Workshop
from tests.support.engine_plays import runs
from tests.support.waiting import fair_s

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(900), pytest.mark.long]

WAITING = 100
ALL_S = 200.0


def agents_alive() -> list[str]:
    """Agents at work in this process, and programs it has started."""
    tasks = [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("agent-")]
    return tasks + [str(child) for child in psutil.Process().children(recursive=True)]


async def test_a_hundred_waiting_tasks_leave_the_engine_free(busy: Workshop, capsys: pytest.CaptureFixture[str]):
    own = psutil.Process(os.getpid())
    before_programs = set(agents_alive())
    project = busy.project("shop", plays={"builder": runs("risky deploy")})
    first = await busy.submit(project)
    await busy.asked(first.id)
    before = own.memory_info().rss
    tasks = [first, *[await busy.submit(project) for _ in range(WAITING - 1)]]
    for task in tasks:
        await busy.until(task.id, lambda events: events[-1].type == "agent_run_state_changed", within_s=ALL_S)
        await busy.asked(task.id)
    each_kb = (own.memory_info().rss - before) / 1024 / (WAITING - 1)
    with capsys.disabled():
        print(f"\na waiting task takes {each_kb:.0f} kB")

    assert len(await busy.orchestrator.pending_approvals()) == WAITING
    assert set(agents_alive()) <= before_programs
    free = await busy.submit(busy.project("free"))
    assert (await busy.ended(free.id, within_s=fair_s(10))).task.state == TaskState.COMPLETED

    for approval in await busy.orchestrator.pending_approvals():
        await busy.approve(approval)
    for task in tasks:
        assert (await busy.ended(task.id, within_s=ALL_S)).task.state == TaskState.COMPLETED
    assert len(busy.pull_requests(project)) == WAITING
