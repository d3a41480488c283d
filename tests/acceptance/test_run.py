"""`orchestrator run` on somebody's repository, and the same work looked at and decided from other terminals."""

import asyncio
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine
from tests.support.directed_model import Director
from tests.support.terminal import terminal
from tests.support.waiting import eventually, fair_s

pytestmark = [pytest.mark.slow, pytest.mark.agent_cli]

REQUEST = "fix issue #123"


def stored(shop: CommandLine, question: str, task: str) -> list[str]:
    """Names from the database, which costs no process: nobody looks as often as a test that waits."""
    with closing(sqlite3.connect(shop.database)) as connection:
        return [name for (name,) in connection.execute(question, (task,))]


async def asked_by(shop: CommandLine, task: str) -> str:
    """The first approval that `task` waits for, once it does."""

    def waiting() -> list[str]:
        return stored(shop, "SELECT id FROM approvals WHERE task = ? AND state = 'pending'", task)

    await eventually(lambda: bool(waiting()), within_s=150, what=f"a question of {task}")
    approvals = (await shop.run("status", "--json")).document["approvals"]
    assert [each["id"] for each in approvals if each["task"] == task] == waiting()
    return waiting()[0]


async def task_ends(shop: CommandLine, task: str) -> None:
    ended = "SELECT id FROM tasks WHERE id = ? AND finished_at IS NOT NULL"
    await eventually(lambda: bool(stored(shop, ended, task)), within_s=150, what=f"the end of {task}")
    assert task not in [each["id"] for each in (await shop.run("status", "--json")).document["tasks"]]


async def test_a_person_follows_a_task_while_others_decide_from_elsewhere(shop: CommandLine, repository: Path) -> None:
    async with terminal(shop, "run", REQUEST) as seat:
        await seat.shows("Approve A1? [y]es")
        status = await shop.run("status")
        plan = await shop.run("task", "1")
        approved = await shop.run("approve", "A1", "--comment", "keep it small")
        await seat.shows("Approve A2?")
        denied = await shop.run("deny", "a2", "--reason", "its mode is fine", "--json")
        await seat.shows("See the changes with: orchestrator task 1 --diff")
        code = await seat.ended()

    assert code == 0
    assert status.stdout.splitlines()[1].split()[:4] == ["T1", "awaiting", "approval", "shop"]
    assert "A1 waits for you (T1, plan): Start work on this plan" in status.stdout
    assert '  orchestrator task 1\n  orchestrator approve A1\n  orchestrator revise A1 "…"\n' in status.stdout
    assert '  orchestrator deny A1 --reason "…"\n' in status.stdout
    assert "No worker is running" not in status.stdout
    assert "pricing/discount.py" in plan.stdout, "nobody can approve a plan that cannot be read"
    assert approved.stdout == "A1 is approved; T1 goes on.\n"
    assert (denied.document["state"], denied.document["by"]) == ("denied", "console:alice")

    document = (await shop.run("task", "T1", "--json")).document
    assert document["task"]["state"] == "completed"
    assert [(each["kind"], each["decision"]) for each in document["approvals"]] == [
        ("plan", "approved"),
        ("tool", "denied"),
    ]
    assert "old mode" not in document["diff"]
    assert "+        if pieces >= threshold:" in document["diff"]
    branch = document["task"]["branch"]
    head = subprocess.run(["git", "rev-parse", branch], cwd=repository, capture_output=True, text=True, check=True)
    assert head.stdout.strip() == document["task"]["commit"]
    assert "+        if pieces >= threshold:" in (await shop.run("task", "1", "--diff")).stdout

    log = (await shop.run("logs", "T1.3")).stdout
    assert log.startswith("── T1.3 · builder · step build · completed")
    assert "Bash       chmod +x scripts/check.sh" in log
    assert (await shop.run("logs", "1")).stdout.count("── T1.") == 5
    assert (await shop.run("logs", "T1.9")).refused(4).startswith("There is no agent run T1.9. Agent runs of T1: T1.1")
    assert (await shop.run("approve", "A1")).refused(5).startswith("A1 was already approved by console:alice.")
    assert (await shop.run("status")).stdout.startswith("Nothing is running.")
    await shop.nobody_left()


@pytest.mark.long
async def test_a_worker_does_what_other_processes_hand_over(shop: CommandLine) -> None:
    queued = await shop.run("run", REQUEST, "--no-wait", "--project", "shop")
    assert queued.stdout == "T1 is queued. It begins when a worker runs: orchestrator worker\n"
    assert "No worker is running, so nothing moves." in (await shop.run("status")).stdout

    async with shop.started("worker") as worker:
        await worker.line("Working.")
        refused = (await shop.run("worker")).refused(6)
        other, plan = await asyncio.gather(shop.run("run", REQUEST, "--yes", "--json"), asked_by(shop, "T1"))
        assert (await shop.run("deny", plan, "--reason", "later")).stdout == f"{plan} is denied, so T1 ends here.\n"
        await task_ends(shop, "T1")
        worker.process.terminate()
        stopped = await worker.ended()

    assert refused.startswith("Another process already does the work of this home (process")
    assert (other.code, other.document["task"]["id"]) == (0, "T2")
    assert other.document["task"]["state"] == "completed"
    assert (stopped.code, stopped.stdout) == (0, "")
    assert stopped.stderr == "Stopped. What is not finished goes on when a worker runs again.\n"
    tasks = (await shop.run("tasks", "--json")).document
    assert [(task["id"], task["state"]) for task in tasks] == [("T2", "completed"), ("T1", "cancelled")]
    await shop.nobody_left()


async def test_a_cancel_from_elsewhere_ends_the_agent_at_once(shop: CommandLine, director: Director) -> None:
    director.hold("analyst")
    async with shop.started("run", REQUEST) as running:
        await director.hears("analyst")
        cancelled = await shop.run("cancel", "T1", "--reason", "wrong issue")
        await agents_gone(shop)
        ended = await running.ended(within_s=fair_s(5))

    assert cancelled.stdout.startswith("T1 is cancelled. Its branch orchestrate/T1-")
    assert ended.code == 1
    assert "T1 Cancelled" in ended.stdout
    assert (await shop.run("cancel", "1")).refused(5).startswith("T1 has already ended: it is cancelled.")
    await shop.nobody_left()


async def agents_gone(shop: CommandLine) -> None:
    """Agents work in worktrees; two seconds after a cancel nobody does any more."""
    async with asyncio.timeout(fair_s(2)):
        while shop.processes(lambda process: "worktrees" in process.cwd()):
            await asyncio.sleep(0.05)


@pytest.mark.long
async def test_who_only_looked_on_takes_over_when_the_worker_ends(shop: CommandLine, director: Director) -> None:
    director.hold("analyst")
    async with shop.started("worker") as worker:
        await worker.line("Working.")
        async with shop.started("run", REQUEST, "--yes") as running:
            await director.hears("analyst")
            worker.process.terminate()
            await worker.ended()
            director.let_go()
            await running.line("The worker has ended; its work goes on here.")
            ended = await running.ended()

    assert ended.code == 0
    assert "T1 Done" in ended.stdout
    await shop.nobody_left()
