"""`orchestrator demo` from outside: what is printed, what it leaves, and that its verdicts are real."""

import subprocess
import time
from pathlib import Path

import pytest

from bot.demo.repository import make_sample_repository
from bot.demo.scripted import ScriptedModel
from tests.support.command_line import CommandLine
from tests.support.directed_model import Director
from tests.support.machines import KEY
from tests.support.terminal import terminal

pytestmark = [pytest.mark.slow, pytest.mark.agent_cli]

TASK_KEYS = {"number", "state", "branch", "commit", "cost_usd", "duration_s"}
STEP_KEYS = {
    *("name", "role", "state", "attempts", "cost_usd", "input_tokens", "output_tokens", "duration_s"),
}
FIRST_LINE = "A scripted model plays all agents here: no key is needed, and no money is spent."
ROLES = ["analyst", "planner", "builder", "tester", "reviewer"]


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout


def passes_its_tests(folder: Path) -> bool:
    command = ["python", "-m", "unittest", "discover", "-s", "tests", "-t", "."]
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False).returncode == 0


async def test_json_is_one_document_with_the_promised_keys_and_a_diff_that_really_mends_the_sample(
    machine: CommandLine,
) -> None:
    began_s = time.monotonic()
    ended = await machine.run("demo", "--json", "--yes")
    took_s = time.monotonic() - began_s

    document = ended.document
    assert ended.code == 0
    assert set(document) == {"task", "steps", "approvals", "diff"}
    assert set(document["task"]) >= TASK_KEYS
    assert [set(step) for step in document["steps"]] == [STEP_KEYS] * 5
    assert [set(approval) for approval in document["approvals"]] == [{"kind", "decision", "by"}] * 2
    assert [step["role"] for step in document["steps"]] == ROLES
    assert {step["state"] for step in document["steps"]} == {"completed"}
    assert all(step["attempts"] == 1 and step["input_tokens"] > step["output_tokens"] > 0 for step in document["steps"])
    assert [(each["kind"], each["decision"], each["by"]) for each in document["approvals"]] == [
        ("plan", "approved", "console:alice"),
        ("tool", "approved", "console:alice"),
    ]
    assert document["task"]["state"] == "completed"
    assert document["task"]["cost_usd"] == pytest.approx(sum(step["cost_usd"] for step in document["steps"]))
    assert 0 < document["task"]["duration_s"] < took_s
    assert ended.stderr.splitlines()[0] == FIRST_LINE
    sample = await make_sample_repository(machine.folder / "sample")
    assert not passes_its_tests(sample), "the sample has no bug"
    subprocess.run(["git", "apply"], cwd=sample, input=document["diff"].encode(), check=True, timeout=20)
    assert passes_its_tests(sample)


@pytest.mark.long
async def test_without_a_terminal_it_says_that_it_answers_yes_itself_and_prints_plain_lines(
    machine: CommandLine,
) -> None:
    ended = await machine.run("demo")

    lines = ended.stdout.splitlines()
    assert (ended.code, ended.stderr) == (0, "")
    assert lines[0] == FIRST_LINE
    assert "There is no terminal to ask at, so every approval is answered with yes." in lines
    assert "\x1b" not in ended.stdout
    assert any(line.startswith("A1 answered with yes") for line in lines)
    assert any(line.startswith("Branch orchestrate/T1-") for line in lines)
    assert "    +        if pieces >= threshold:" in lines
    bill = lines[lines.index("T1 · Bill") :]
    assert [line.split()[0] for line in bill[4:9]] == ROLES
    assert list(machine.temporary.iterdir()) == []
    assert not machine.home.exists()
    await machine.nobody_left()


@pytest.mark.long
async def test_a_wrong_edit_fails_the_task_because_the_tests_really_run(machine: CommandLine) -> None:
    ended = await machine.run("demo", "--no-fix", "--json", "--yes")

    document = ended.document
    states = {step["role"]: step["state"] for step in document["steps"]}
    assert (ended.code, document["task"]["state"]) == (1, "failed")
    assert states == {
        **{"analyst": "completed", "planner": "completed", "builder": "completed"},
        **{"tester": "failed", "reviewer": "cancelled"},
    }
    assert "exit code 1" in document["task"]["failure"]
    assert "+        if pieces > threshold + 1:" in document["diff"]
    assert document["task"]["commit"]
    assert list(machine.temporary.iterdir()) == []
    await machine.nobody_left()


@pytest.mark.long
async def test_with_a_key_another_model_does_the_work_and_nothing_of_the_user_is_touched(
    machine: CommandLine, director: Director, model: ScriptedModel
) -> None:
    director.hold("reviewer")
    variables = {
        "ANTHROPIC_API_KEY": KEY,
        "ANTHROPIC_BASE_URL": model.url,
        "ORCHESTRATOR_HOME": str(machine.home),
        "ORCHESTRATOR_AGENTS__CONCURRENCY": "no number",
    }
    machine.write_settings("this is = not even toml")
    async with machine.started("demo", **variables) as running:
        first = await running.line("")
        await director.hears("reviewer")
        (house,) = machine.temporary.glob("orchestrator-demo-*")
        branch = git(house / "repository", "for-each-ref", "--format=%(refname:short)", "refs/heads/orchestrate")
        message = git(house / "repository", "log", "-1", "--format=%an|%(trailers:key=Task,valueonly)", branch.strip())
        director.let_go()
        ended = await running.ended()

    assert first == f"ANTHROPIC_API_KEY is set, so the model at {model.url} does the work, and it may cost real money."
    assert branch.startswith("orchestrate/T1-")
    assert message.split() == ["Orchestrator|T1"]
    assert ended.code == 0
    assert set(director.finished) == set(ROLES)
    assert not machine.home.exists()
    assert list(machine.user_home.iterdir()) == []
    assert list(machine.temporary.iterdir()) == []


async def test_approvals_are_answered_at_the_keyboard(machine: CommandLine) -> None:
    async with terminal(machine, "demo") as seat:
        await seat.shows(FIRST_LINE)
        await seat.shows("Approve A1? [y]es")
        seat.type("y")
        await seat.shows("chmod +x scripts/check.sh")
        await seat.shows("Approve A2?")
        seat.type("n leave its mode alone")
        await seat.shows("Branch orchestrate/T1-")
        code = await seat.ended()

    assert code == 0
    assert "every approval is answered with yes" not in seat.printed
    assert "orchestrator cancel" not in seat.printed, "it would mean a task of the user's own"
    assert "old mode" not in seat.printed, "the command ran although it was denied"
    assert "+        if pieces >= threshold:" in seat.printed
