"""Commands by which a person stays in charge: each says what has changed, or why it cannot be."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from bot.cli.fork import fork_point

Run = Callable[..., Result]
GOES_ON = "It goes on when a worker runs: orchestrator worker\n"


def state_of(run: Run, number: int) -> str:
    return json.loads(run("task", str(number), "--json").stdout)["task"]["state"]


def test_a_task_is_paused_and_resumed(run: Run) -> None:
    assert run("pause", "2").stdout == "T2 is paused. Go on with: orchestrator resume 2\n"
    assert state_of(run, 2) == "paused"
    assert "T2 is paused already" in run("pause", "2", code=5).stderr

    assert run("resume", "2").stdout == f"T2 is resumed. {GOES_ON}"
    assert state_of(run, 2) == "running"
    assert run("resume", "2", code=5).stderr.startswith("Error: T2 is not paused")


def test_an_ended_task_is_tried_again_from_what_failed_or_from_a_step(run: Run) -> None:
    assert run("retry", "4").stdout == f"T4 is tried again. {GOES_ON}"
    again = json.loads(run("retry", "5", "--from", "plan", "--json").stdout)

    assert (state_of(run, 4), again["state"], again["life"]) == ("queued", "queued", 2)
    assert "2: it was begun again" in run("task", "4").stdout
    assert "T2" in run("retry", "2", code=5).stderr
    assert "has no step bild" in run("retry", "1", "--from", "bild", code=2).stderr


def test_a_task_is_set_back_to_a_step(run: Run) -> None:
    assert run("rewind", "1", "build").stdout == f"T1 is set back to before step build. {GOES_ON}"
    assert "has no step bild" in run("rewind", "1", "bild", code=2).stderr


def test_agents_are_told_something(run: Run) -> None:
    told = run("steer", "2", "keep the old name").stdout
    (kept,) = json.loads(run("steer", "3", "be brief", "--json").stdout)

    assert told.startswith("T2.1 will hear it.")
    assert (kept["task"], kept["to"]) == ("T3", None)
    assert "alice said: keep the old name" in run("agent", "T2.1").stdout
    assert "is not an agent run" in run("steer", "2", "x", "--to", "build", code=2).stderr
    run("steer", "1", "too late", code=5)
    run("steer", "2", " ", code=2)


def test_priorities_change(run: Run) -> None:
    assert run("priority", "2", "low").stdout == "T2 has low priority now.\n"
    assert "running, low" in run("status").stdout
    run("priority", "2", "urgent", code=2)


def test_one_of_several_forks_is_kept(run: Run) -> None:
    assert run("keep", "1").stdout == "T1 is kept; cancelled: T6.\n"
    assert state_of(run, 6) == "cancelled"
    assert "was never forked" in run("keep", "4", code=5).stderr


def test_what_cannot_be_forked_is_told(run: Run) -> None:
    assert "has not begun" in run("fork", "1", "--at", "build", code=5).stderr
    assert "not said where" in run("fork", "1", code=2).stderr
    assert "There is no agent run T1.9" in run("fork", "1", "--at", "T1.9", code=4).stderr


def test_a_fork_begins_at_a_step_an_agent_or_a_message() -> None:
    assert fork_point("build") == ("build", None, "")
    assert fork_point("T142.3") == (None, "T142.3", "")
    assert fork_point("142.3:0b0d-8f") == (None, "T142.3", "0b0d-8f")


def test_a_tool_call_can_be_approved_with_words_but_not_sent_back(run: Run) -> None:
    assert "but not sent back" in run("revise", "A1", "otherwise", code=2).stderr
    decided = json.loads(run("approve", "A1", "but carefully", "--json").stdout)

    assert (decided["id"], decided["state"]) == ("A1", "approved")
    events = json.loads(run("export", "events", "--format", "json").stdout)
    (told,) = [json.loads(each["data"]) for each in events if each["type"] == "approval_decided"]
    assert told["reason"] == "but carefully"
    run("approve", "A1", code=5)


def test_a_project_is_archived_only_without_open_tasks_and_brought_back(run: Run) -> None:
    assert "docs still has 1 open tasks" in run("project", "archive", "docs", code=5).stderr
    run("kill", "3")
    assert run("project", "archive", "docs").stdout == (
        "docs is archived. Bring it back with: orchestrator project restore docs\n"
    )
    assert "(archived)" in run("project", "list").stdout
    assert "The project docs is archived." in run("run", "x", "-p", "docs", "--no-wait", code=5).stderr
    run("project", "restore", "docs")
    assert run("run", "x", "-p", "docs", "--no-wait").stdout.startswith("T7 is queued.")


def test_run_hands_over_every_choice(run: Run) -> None:
    choices = ("--mode", "sequential", "--model", "claude-x", "--priority", "high", "--plan-gate", "never")
    handed = json.loads(run("execute", "add a flag", "-p", "shop", *choices, "--no-wait", "--json").stdout)

    assert handed["priority"] == "high"
    assert "Model" in run("task", "7").stdout
    assert "claude-x" in run("task", "7").stdout


def test_nothing_is_left_to_clean_where_nothing_was_done(run: Run) -> None:
    assert run("clean", "--dry-run").stdout.startswith("Nothing to remove: worktrees are kept for 14 days")
    assert json.loads(run("clean", "--json").stdout) == {"removed": True, "bytes": 0, "forgotten": 0, "items": []}


@pytest.mark.slow
def test_old_logs_are_shown_and_then_removed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(run("logs", "T4.1", "--path").stdout.strip())
    folder.mkdir(parents=True)
    (folder / "text.txt").write_text("x" * 3000)
    monkeypatch.setenv("ORCHESTRATOR_RETENTION__LOGS_DAYS", "1")

    shown = run("clean", "--dry-run").stdout
    assert "would go. Remove it with: orchestrator clean" in shown
    assert folder.exists()

    (item,) = json.loads(run("clean", "--json").stdout)["items"]
    assert (item["task"], item["kind"], item["bytes"]) == ("T4", "logs", 3000)
    assert not folder.exists()
