"""Agents that say nothing any more, agent programs and workers that are killed: the work goes on where it was."""

import asyncio
import signal

import pytest

from core.domain.event import AgentRunPostponed, AgentStuck
from tests.support.cast import write
from tests.support.quick_worker import working
from tests.support.studio import Studio, reconciled
from tests.support.turned_clock import TurnedClock
from tests.support.waiting import eventually_awaited

pytestmark = [pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]

SILENCE_S = 600.0
"""After so long something is done about an agent that says nothing."""


async def acted_upon(studio: Studio, clock: TurnedClock) -> None:
    """Let time pass until an agent that says nothing was nudged and begun again."""

    async def both() -> bool:
        if len(await studio.told("agent_stuck")) >= 2:
            return True
        clock.turn(SILENCE_S)
        return False

    await eventually_awaited(both, within_s=150, what="a nudge and a new start")


async def test_an_agent_that_hangs_is_nudged_then_begun_again_and_goes_on(studio: Studio) -> None:
    clock = TurnedClock()
    studio.cast.hold("build", after=1)
    async with (
        working(studio.shop, vigil_clock=clock),
        studio.shop.started("run", "write a note", "-w", "solo", "--json") as running,
    ):
        await studio.cast.hears("build", after=1)
        await studio.remembers("build")
        await acted_upon(studio, clock)
        await studio.cast.hears("build", after=1, times=2)
        studio.cast.let_go()
        ended = await running.ended()

    assert (ended.code, ended.document["task"]["state"]) == (0, "completed")
    stuck = [event for event in await studio.told("agent_stuck") if isinstance(event, AgentStuck)]
    assert [event.action for event in stuck[:2]] == ["nudged", "restarted"]
    run = (await studio.run("agent", "T1.1", "--json")).document
    assert (run["attempts"], run["restarts"]) == (2, 1)
    assert sum(scene.done == 0 for scene in studio.cast.of("build")) == 1, "the session did not go on"
    reconciled(await studio.view(), exactly=False)


async def test_an_agent_that_hangs_again_is_given_up_with_what_to_do(studio: Studio) -> None:
    studio.write_settings("[agents]\nstuck_after_s = 1.5")
    studio.cast.hold("build")
    ended = await studio.run("run", "write a note", "-w", "solo", "--yes")

    assert ended.code == 1
    assert "The builder showed no progress" in ended.stdout
    assert "Read its log, then retry the step" in ended.stdout
    (pattern, *_) = (await studio.run("failures", "--json")).document
    assert pattern["kind"] == "stuck"


async def test_an_agent_program_that_is_killed_goes_on_in_the_same_session(studio: Studio) -> None:
    studio.cast.hold("build", after=1)
    async with working(studio.shop), studio.shop.started("run", "write a note", "-w", "solo", "--json") as running:
        await studio.cast.hears("build", after=1)
        await studio.remembers("build")
        (program,) = studio.agent_programs()
        program.kill()
        await studio.cast.hears("build", after=1, times=2)
        studio.cast.let_go()
        ended = await running.ended()

    assert (ended.code, ended.document["task"]["state"]) == (0, "completed")
    (postponed,) = [event for event in await studio.told("agent_run_postponed") if isinstance(event, AgentRunPostponed)]
    assert postponed.failure == "crashed"
    assert "The agent program ended unexpectedly" in postponed.reason
    assert sum(scene.done == 0 for scene in studio.cast.of("build")) == 1, "the session did not go on"
    assert (await studio.run("agent", "T1.1", "--json")).document["attempts"] == 2
    reconciled(await studio.view(), exactly=False)


async def test_a_worker_killed_while_steps_run_beside_each_other_is_replaced_and_repeats_nothing(
    studio: Studio,
) -> None:
    work = [
        {"name": "left", "role": "builder", "instruction": "Write the left one.", "files": ["left-1.md"]},
        {"name": "right", "role": "builder", "instruction": "Write the right one.", "files": ["right-1.md"]},
    ]
    studio.cast.plays("plan", result={"work": work})
    studio.cast.plays("left", write("left-1.md"))
    studio.cast.plays("right", write("right-1.md"))
    studio.cast.hold("left", after=1)
    studio.cast.hold("right", after=1)
    request = ("run", "bring order into the pricing folder", "-w", "custom", "--plan-gate", "never")
    async with studio.shop.started(*request) as worker:
        await asyncio.gather(studio.cast.hears("left", after=1), studio.cast.hears("right", after=1))
        await asyncio.gather(studio.remembers("left"), studio.remembers("right"))
        worker.send(signal.SIGKILL)
        await worker.process.wait()
        await studio.shop.nobody_left()
    studio.cast.let_go()
    async with studio.shop.started("worker"):
        view = await studio.ends()

    assert view.task.state == "completed"
    document = (await studio.run("task", "1", "--json")).document
    assert {line for line in document["diff"].splitlines() if line.startswith("+++")} == {
        "+++ b/left-1.md",
        "+++ b/right-1.md",
    }
    assert {step["attempts"] for step in document["steps"]} <= {0, 1}, "a step was begun anew"
    for step in ("left", "right"):
        assert sum(scene.done == 0 for scene in studio.cast.of(step)) == 1, "the session did not go on"
    reconciled(view, exactly=False)
