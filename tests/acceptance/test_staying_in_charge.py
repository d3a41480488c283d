"""Staying in charge from the command line while agents work: words, pauses, other lives, forks, notes and tools."""

import json
import sys

import pytest

from bot.demo.scripted import ToolUse
from core.domain.event import BranchRestored, RoleAsked
from tests.support.cast import QUESTION, write
from tests.support.studio import Studio, reconciled, states
from tests.support.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]

WEATHER = """
from mcp.server.mcpserver import MCPServer

server = MCPServer("weather")

@server.tool()
def forecast(city: str) -> str:
    return f"It will rain in {city}."

@server.tool()
def hail(city: str) -> str:
    return f"It hails in {city}."

server.run("stdio")
"""


async def test_what_is_said_to_a_running_agent_is_in_its_next_request(studio: Studio) -> None:
    studio.cast.hold("build")
    async with studio.shop.started("run", "write a note", "-w", "solo", "--json") as running:
        await studio.cast.hears("build")
        told = await studio.run("steer", "1", "keep the old name as an alias")
        studio.cast.let_go()
        ended = await running.ended()

    assert told.stdout == "T1.1 will hear it soon.\n"
    assert (ended.code, ended.document["task"]["state"]) == (0, "completed")
    first, second, *_ = studio.cast.of("build")
    assert "keep the old name" not in json.dumps(first.asked.body)
    assert "keep the old name as an alias" in json.dumps(second.asked.body)
    assert len(await studio.told("message_delivered")) == 1
    reconciled(await studio.view())


async def test_a_paused_task_costs_no_process_and_goes_on_in_the_same_session(studio: Studio) -> None:
    studio.cast.hold("build", after=1)
    async with studio.shop.started("run", "write a note", "-w", "solo", "--json") as running:
        await studio.cast.hears("build", after=1)
        await studio.remembers("build")
        paused = await studio.run("pause", "1", "--reason", "lunch")
        await eventually(lambda: not studio.agent_programs(), what="the end of the agent program")
        card = (await studio.run("task", "1")).stdout
        again = await studio.run("pause", "1")
        studio.cast.let_go()
        resumed = await studio.run("resume", "1")
        ended = await running.ended()

    assert paused.stdout == "T1 is paused. Go on with: orchestrator resume 1\n"
    assert "Paused" in card
    assert again.refused(5) == "T1 is paused already. Go on with: orchestrator resume T1"
    assert resumed.stdout == "T1 is resumed. Follow it with: orchestrator watch 1\n"
    assert (ended.code, ended.document["task"]["state"]) == (0, "completed")
    assert sum(scene.done == 0 for scene in studio.cast.of("build")) == 1, "the session did not go on"
    reconciled(await studio.view(), exactly=False)


async def test_an_ended_task_is_tried_again_from_a_step_and_set_back_to_before_one(studio: Studio) -> None:
    async with studio.shop.started("worker") as worker:
        await worker.line("Working.")
        done = await studio.asks("write a note", workflow="pair")
        first = done.document["task"]["commit"]
        refused = await studio.run("retry", "1")
        retried = await studio.run("retry", "1", "--from", "check")
        checked = await studio.ends()
        rewound = await studio.run("rewind", "1", "build")
        view = await studio.ends()

    assert refused.refused(5).startswith("T1 is completed: nothing of it failed.")
    assert retried.stdout == "T1 is tried again from step check. Follow it with: orchestrator watch 1\n"
    assert (checked.task.life, checked.task.state, checked.task.commit) == (2, "completed", first)
    assert [len(step.runs) for step in checked.steps] == [1, 2]
    assert rewound.stdout == "T1 is set back to before step build. Follow it with: orchestrator watch 1\n"
    assert (view.task.life, view.task.state) == (3, "completed")
    assert [len(step.runs) for step in view.steps] == [2, 3]
    assert studio.git("diff", "--name-only", "main", view.task.branch) == "build-2.md", "the first work is still there"
    (restored,) = [event for event in await studio.told("branch_restored") if isinstance(event, BranchRestored)]
    assert studio.git("rev-parse", restored.kept_as) == first, "what was given up cannot be found any more"
    reconciled(view)


@pytest.mark.money
async def test_a_task_is_forked_at_a_step_compared_and_one_of_them_is_kept(studio: Studio) -> None:
    studio.cast.hold("check")
    async with studio.shop.started("worker") as worker:
        await worker.line("Working.")
        await studio.run("run", "write a note", "-w", "pair", "--no-wait")
        await studio.cast.hears("check", task="T1")
        forked = await studio.run("fork", "1", "use short words only", "--at", "build")
        await studio.cast.hears("check", task="T2")
        studio.cast.let_go()
        await studio.asked("A1")
        await studio.asked("A2")
        compared = (await studio.run("compare", "1", "2", "--json")).document
        kept = await studio.run("keep", "2")
        view = await studio.ends("T2")

    assert forked.stdout.splitlines() == [
        "T2 goes its own way from build of T1. Follow it with: orchestrator watch 2",
        "Later: orchestrator compare 1 2",
    ]
    assert "use short words only" in studio.cast.of("build", task="T2")[0].asked.prompt
    assert [side["id"] for side in compared["tasks"]] == ["T1", "T2"]
    assert [side["diff"]["files"] for side in compared["tasks"]] == [["build-1.md"]] * 2
    assert [side["tests"] for side in compared["tasks"]] == ["passed", "passed"]
    assert all(side["cost_usd"] > 0 for side in compared["tasks"])
    assert kept.stdout == "T2 is kept; cancelled: T1.\n"
    assert (view.task.state, (await studio.view("T1")).task.state) == ("completed", "cancelled")
    assert (view.task.pull_request, (await studio.view("T1")).task.pull_request) == ("124", "")
    reconciled(view)


@pytest.mark.money
async def test_a_fork_of_an_agent_goes_on_with_what_that_agent_knows(studio: Studio) -> None:
    studio.cast.hold("check")
    async with studio.shop.started("worker") as worker:
        await worker.line("Working.")
        await studio.run("run", "write a note", "-w", "pair", "--no-wait")
        await studio.cast.hears("check", task="T1")
        forked = await studio.run("fork", "1", "and say for whom it is", "--at", "T1.1", "--json")
        await studio.cast.hears("check", task="T2")
        studio.cast.let_go()
        await studio.asked("A1")
        await studio.run("keep", "1")
        view = await studio.ends("T1")

    assert (forked.code, forked.document["id"], forked.document["forked_from"]) == (0, "T2", "T1")
    begun = studio.cast.of("build", task="T2")[0]
    assert begun.asked.results_of("Write"), "its session is no copy"
    assert "and say for whom it is" in begun.asked.prompt
    assert (view.task.state, (await studio.view("T2")).task.state) == ("completed", "cancelled")
    reconciled(view)


async def test_a_plan_is_sent_back_with_words_and_asked_about_again(studio: Studio) -> None:
    async with studio.shop.started("worker") as worker:
        await worker.line("Working.")
        await studio.run("run", "write a note", "-w", "trio", "--no-wait")
        plan = await studio.asked("A1")
        studio.cast.plays("plan", result={"summary": "Write it down, and the docs too."})
        revised = await studio.run("revise", plan.id, "also update the docs")
        second = await studio.asked("A2")
        await studio.run("approve", second.id)
        view = await studio.ends()

    assert revised.stdout == "A1 is sent back with your words; T1 goes on.\n"
    assert "also update the docs" in studio.cast.of("plan")[-1].asked.prompt
    assert ("docs too" in plan.detail, "docs too" in second.detail) == (False, True)
    assert "docs too" in studio.cast.of("build")[0].asked.prompt, "the builder was told the old plan"
    assert [approval.state.value for approval in view.approvals] == ["changed", "approved"]
    assert (view.task.state, states(view)["plan"]) == ("completed", "completed")
    reconciled(view)


async def test_an_agent_asks_another_role_and_leaves_a_note_for_those_after_it(studio: Studio) -> None:
    question = ToolUse(name="mcp__orchestrator__ask_role", input={"role": "planner", "question": "Which of the names?"})
    note = ToolUse(name="mcp__orchestrator__notes_add", input={"text": "The old name stays as an alias."})
    studio.cast.plays("build", question, note, write("build-1.md"))
    studio.cast.plays(QUESTION, result={"summary": "The short one.", "details": ""})
    ended = await studio.asks("write a note", workflow="trio")

    assert (ended.code, ended.document["task"]["state"]) == (0, "completed")
    (asked,) = studio.cast.of(QUESTION)
    assert asked.role == "planner"
    assert "Task T1, step plan, round 1." in asked.asked.prompt, "it does not know what it did"
    assert not asked.asked.tools & {"Write", "Edit", "Bash"}
    (answer,) = studio.cast.of("build")[-1].asked.results_of("mcp__orchestrator__ask_role")
    assert answer.text == "The short one."
    assert "The old name stays as an alias." in studio.cast.of("check")[0].asked.prompt
    (event,) = [each for each in await studio.told("role_asked") if isinstance(each, RoleAsked)]
    assert (event.role, event.question, event.answer) == ("planner", "Which of the names?", "The short one.")
    view = await studio.view()
    assert view.bill.calls == len(studio.cast.scenes), "what the answer cost is on nobody's bill"
    reconciled(view, exactly=False)


async def test_an_agent_uses_the_listed_tool_of_a_projects_server_and_no_other(studio: Studio) -> None:
    program = studio.shop.folder / "weather.py"
    program.write_text(WEATHER)
    command = json.dumps([sys.executable, str(program)])
    studio.write_settings(
        f'[projects.shop.mcp.weather]\ncommand = {command}\ntools = ["forecast"]\nroles = ["builder"]'
    )
    calls = [ToolUse(name=f"mcp__weather__{tool}", input={"city": "Oslo"}) for tool in ("forecast", "hail")]
    studio.cast.plays("build", *calls, write("build-1.md"))
    ended = await studio.asks("write down the weather", workflow="pair")

    assert (ended.code, ended.document["task"]["state"]) == (0, "completed")
    last = studio.cast.of("build")[-1].asked
    (forecast,), (hail,) = last.results_of("mcp__weather__forecast"), last.results_of("mcp__weather__hail")
    assert "It will rain in Oslo." in forecast.text
    assert not forecast.is_error
    assert hail.is_error
    assert "hails" not in hail.text
    assert not [tool for tool in studio.cast.of("check")[0].asked.tools if "weather" in tool], "it is not the tester's"
