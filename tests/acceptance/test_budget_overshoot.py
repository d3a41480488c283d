"""By how much a limit is passed, with the real agent program: one model call of each agent at work, never more."""

from collections.abc import Sequence

import pytest

from core.domain.event import ModelCalled
from tests.support.dear_notes import CALL_USD, writes_dear_notes
from tests.support.studio import Studio
from tests.support.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.money, pytest.mark.long]

LIMIT_USD = 4
BESIDE = """\
name: beside
description: Two builders beside each other.
steps:
  - name: left
    role: builder
    instruction: Write notes.
  - name: right
    role: builder
    instruction: Write notes.
"""


async def stopped(studio: Studio, *options: str) -> list[ModelCalled]:
    """The model calls of T1 once people are asked about money and no agent is at work any more."""
    async with studio.shop.started("worker") as worker:
        await worker.line("Working.")
        await studio.run("run", "write notes", "--no-wait", *options)
        asked = await studio.asked("A1")
        assert asked.kind.value == "budget"
        # people are asked by the first that is held; another one may be in the middle of a call
        await eventually(lambda: not studio.agent_programs(), what="the rest of all agents")
        calls = [event for event in await studio.told("model_called") if isinstance(event, ModelCalled)]
        worker.process.terminate()
        await worker.ended()
    return calls


def passed_by(calls: Sequence[ModelCalled]) -> float:
    spent = sum(float(each.cost_usd) for each in calls)
    print(f"passed by ${spent - LIMIT_USD:.2f}, one call costs ${CALL_USD}")
    return spent - LIMIT_USD


@pytest.mark.parametrize("whose", ["of the task", "of the project"])
async def test_two_agents_beside_each_other_pass_a_limit_by_one_call_each_at_most(studio: Studio, whose: str) -> None:
    writes_dear_notes(studio, "left", "right")
    studio.write_data("workflows/beside.yaml", BESIDE)
    studio.cast.meet("left", "right")
    options = ["--budget", str(LIMIT_USD)] if whose == "of the task" else []
    if not options:
        await studio.run("budget", "set", "--project", "shop", "--monthly", str(LIMIT_USD))
    calls = await stopped(studio, "--workflow", "beside", *options)

    assert len({each.agent_run for each in calls}) == 2
    assert 0 <= passed_by(calls) < 2 * float(CALL_USD) + 0.001
    await studio.shop.nobody_left()


async def test_one_agent_passes_a_limit_by_one_call_at_most(studio: Studio) -> None:
    writes_dear_notes(studio)
    calls = await stopped(studio, "--workflow", "solo", "--budget", str(LIMIT_USD))

    assert 0 <= passed_by(calls) < float(CALL_USD)
    await studio.shop.nobody_left()
