"""Commands on a house with a past: what they print, their JSON, their exit codes, and what they leave alone."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.main import application
from tests.support.command_line import CommandLine

Run = Callable[..., Result]


def test_agents_say_what_they_do_or_why_not(run: Run) -> None:
    lines = run("agents").stdout.splitlines()

    assert lines[0].split() == ["agent", "role", "model", "state", "time", "cost", "now"]
    assert re.match(r"T2.1   builder   sonnet-4-5  running  .* \$0.12  Editing src/pricing/money.py$", lines[1])
    assert re.search(r"tries again in 1[0-4]m \d\ds: The Messages API answered 529: overloaded.$", lines[2])
    assert re.search(r"opus-4-1 is held for 4[0-4]m \d\ds: The provider asks for a pause.$", lines[3])
    assert lines[4].endswith("asks A1: Run: chmod +x scripts/check.sh")
    assert lines[5].endswith("its task is paused")
    assert lines[-1] == "1 of 5 agents at work. More about one with: orchestrator agent T2.1"


def test_agents_as_json_and_those_that_ended(run: Run) -> None:
    listed = json.loads(run("agents", "--all", "--project", "shop", "--json").stdout)

    assert [each["id"] for each in listed] == ["T6.1", "T5.1", "T4.1", "T2.3", "T2.2", "T2.1", "T1.1"]
    assert {"id", "task", "role", "model", "state", "now", "since", "cost_usd", "not_before"} <= set(listed[0])
    aliased = json.loads(run("list-agents", "-a", "-p", "shop", "--json").stdout)
    assert [each["id"] for each in aliased] == [each["id"] for each in listed]


def test_one_agent_shows_what_its_files_hold(run: Run, machine: CommandLine) -> None:
    document = json.loads(run("agent", "T2.1", "--json").stdout)
    folder = Path(document["log_folder"])
    folder.mkdir(parents=True)
    (folder / "prompt.txt").write_text("Mend the price.\n")
    (folder / "text.txt").write_text("I look at it.\n\nNow I know.\n")
    (folder / "tools.jsonl").write_text('{"event": "call", "id": "1", "tool": "Read", "input": {}}\n')

    page = run("agent", "t2.1").stdout
    document = json.loads(run("agent-details", "2.1", "--json").stdout)

    assert folder.is_relative_to(machine.home / "agent_logs")
    for told in ("Mend the price.", "Now I know.", "Tool calls   1", "9,200 in (8,000 from the cache), 340 out"):
        assert told in page
    assert (document["tool_calls"], document["text_tail"]) == (1, "I look at it.\nNow I know.")


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (["agent", "T9.1"], 4, "There is no agent run T9.1."),
        (["agent", "T2"], 2, "'T2' is a task, not an agent run."),
        (["agent", "x"], 2, "'x' is not an agent run."),
        (["logs", "T4.7"], 4, "Agent runs of T4: T4.1."),
        (["watch", "T99"], 4, "There is no task T99."),
        (["compare", "1"], 2, "One task cannot be compared."),
        (["compare", "1", "99"], 4, "There is no task T99."),
        (["export", "--since", "soon"], 2, "'soon' is no time."),
        (["export", "-o", "/nowhere/at/all.csv"], 2, "cannot be written"),
        (["export", "--project", "shap"], 4, "There is no project shap."),
        (["failures", "--since", "x"], 2, "'x' is no time."),
        (["project", "show", "shap"], 4, "There is no project shap."),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_refusals_are_one_line(run: Run, command: list[str], code: int, told: str) -> None:
    ended = run(*command, code=code)

    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert told in ended.stderr


def test_an_export_is_whole_in_both_formats_and_to_a_file(run: Run, machine: CommandLine) -> None:
    rows = list(csv.DictReader(io.StringIO(run("export", "runs").stdout)))
    same = json.loads(run("export", "runs", "--format", "json").stdout)
    told = run("export", "runs", "-o", "runs.csv").stderr

    assert [row["id"] for row in rows] == [row["id"] for row in same]
    assert rows[0]["cost_usd"] == "0.42"
    assert same[0]["cost_usd"] == "0.42"
    assert (machine.folder / "runs.csv").read_text() == run("export", "runs").stdout
    assert told == "8 runs written to runs.csv\n"
    assert [path.name for path in machine.folder.iterdir() if path.name.endswith(".part")] == []


def test_failures_are_grouped_with_what_helps(run: Run) -> None:
    page = run("failures").stdout
    first, second = json.loads(run("failures", "--json").stdout)

    assert page.startswith("2 ×  The Messages API does not accept the key")
    assert "for example T5.1, T4.1" in page
    assert (first["count"], first["examples"], second["kind"]) == (2, ["T5.1", "T4.1"], "overloaded")
    assert run("failures", "--project", "docs").stdout == "Nothing has failed since 30d ago.\n"


def test_tasks_are_compared_side_by_side(run: Run) -> None:
    page = run("compare", "1", "4").stdout
    document = json.loads(run("compare", "T1", "4", "--json").stdout)

    assert re.search(r"^tests +passed +not run$", page, re.MULTILINE)
    assert document["verdict"] == "Only T1 completed with its tests passing."
    assert [side["state"] for side in document["tasks"]] == ["completed", "failed"]


def test_projects_are_listed_shown_and_compared(run: Run) -> None:
    listed = run("project", "list").stdout
    figures = json.loads(run("project", "compare", "--json").stdout)
    shown = run("project", "show", "shop").stdout

    assert re.search(r"^shop +2 +5 +\$0.54", listed, re.MULTILINE)
    assert {each["project"]: each["tasks"] for each in figures} == {"shop": 5, "docs": 1}
    assert "5: 1 completed, 2 failed, 1 paused, 1 running" in shown
    assert re.search(r"^shop +5 +1 +2 +2 +33 %", run("project", "compare").stdout, re.MULTILINE)


def test_lists_and_cards_say_what_is_special(run: Run) -> None:
    status = run("status").stdout
    (paused,) = json.loads(run("tasks", "--state", "paused", "--json").stdout)

    assert re.search(r"^T6 +paused, low ", status, re.MULTILINE)
    assert re.search(r"^T2 +running, high ", status, re.MULTILINE)
    assert re.search(r"^opus-4-1 is held until .*\d\d:\d\d UTC: The provider asks for a pause\.$", status, re.MULTILINE)
    (held,) = json.loads(run("status", "--json").stdout)["held"]
    assert (held["model"], held["reason"]) == ("claude-opus-4-1", "The provider asks for a pause.")
    assert (paused["priority"], paused["forked_from"]) == ("low", "T1")
    assert "Forked from  T1" in run("task", "6").stdout


def test_a_task_that_has_ended_is_watched_once(run: Run) -> None:
    page = run("watch", "4").stdout

    assert "T4 · Fix issue 123" in page
    assert "Try again: orchestrator retry T4" in page


def test_logs_are_followed_to_the_end_of_an_agent(run: Run) -> None:
    folder = Path(run("logs", "T4.1", "--path").stdout.strip())
    folder.mkdir(parents=True)
    (folder / "text.txt").write_text("One.\nTwo.\nThree.\n")

    followed = run("logs", "T4.1", "--follow", "--tail", "2").stdout
    whole = run("logs", "T4.1", "--tail", "1").stdout

    assert followed == "── T4.1 · builder · step build\nTwo.\nThree.\n── T4.1 is failed\n"
    assert len(whole.splitlines()) == 2


@pytest.mark.slow
def test_the_doctor_finds_what_is_missing(run: Run) -> None:
    found = json.loads(run("doctor", "--offline", "--json", code=1).stdout)
    marks = {each["about"]: each["mark"] for each in found["findings"]}
    page = run("doctor", "--offline", code=1).stdout

    assert found["ok"] is False
    assert [about for about, mark in marks.items() if mark == "broken"] == ["Key"]
    assert (marks["Worker"], marks["Approvals"], marks["Project shop"]) == ("warning", "warning", "fine")
    assert marks["Database"] == "fine"
    assert "→ Start one: orchestrator worker" in page
    assert page.rstrip().endswith("could be better.")


@pytest.mark.slow
def test_the_doctor_tells_a_file_that_cannot_be_used_from_other_faults(run: Run, machine: CommandLine) -> None:
    machine.write_settings("x = 1\n")

    ended = run("doctor", "--json", code=3)

    (only,) = json.loads(ended.stdout)["findings"]
    assert (only["about"], only["mark"]) == ("Settings", "broken")
    assert "x is not a known key" in only["text"]


@pytest.mark.slow
def test_the_doctor_makes_nothing(machine: CommandLine, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in machine.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(machine.folder)

    ended = CliRunner().invoke(application(), ["doctor", "--offline"])

    assert ended.exit_code == 1
    assert "orchestrator init" in ended.stdout
    assert not machine.home.exists()
