"""What work may take and what it took, with the real command line and agent program against the scripted model."""

import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.domain.cost import shown_usd
from tests.support.command_line import CommandLine

pytestmark = [pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.money]

REQUEST = "fix issue #123"


def branches(repository: Path) -> str:
    """All branches and worktrees of somebody's repository."""
    return "".join(
        subprocess.run(["git", *words], cwd=repository, capture_output=True, check=True, text=True, timeout=60).stdout
        for words in (("branch", "--all"), ("worktree", "list"))
    )


def shown_band(estimated: dict[str, Any]) -> str:
    """The money of an estimate as the cards show it."""
    cost = estimated["estimate"]["cost_usd"]
    likely, most = (shown_usd(Decimal(str(cost[name]))) for name in ("p50", "p90"))
    return f"{likely}, up to {most}"


async def test_a_dry_run_begins_nothing_and_the_run_after_it_is_held_against_its_estimate(
    shop: CommandLine, repository: Path
) -> None:
    before = branches(repository)
    looked = (await shop.run("run", REQUEST, "--dry-run", "--json")).document
    shown = " ".join((await shop.run("run", REQUEST, "--dry-run")).stdout.split())
    assert looked["stops"] is False
    assert "Dry run · fix issue #123" in shown
    assert branches(repository) == before
    assert (await shop.run("tasks", "--json")).document == []

    ended = await shop.run("run", REQUEST, "--yes")
    assert ended.code == 0, ended.stderr
    told = " ".join(ended.stdout.split())
    # it begins with what was shown; the plan makes it more exact, and that is what the outcome is held against
    assert f"Estimate: {shown_band(looked)}" in told
    task = (await shop.run("task", "1", "--json")).document
    expected = shown_band(task["task"])
    assert f"of an expected {expected}" in told
    assert [step["name"] for step in task["steps"]] == [step["name"] for step in looked["steps"]]
    why = " ".join((await shop.run("ask", "what did T1 cost and why?")).stdout.split())
    assert f"It was expected to cost {expected}: it cost $" in why

    # the task that was done counts from now on
    again = (await shop.run("estimate", REQUEST, "--json")).document
    assert again["estimate"]["tasks"] == 1
    assert again["estimate"]["cost_usd"]["p50"] < looked["estimate"]["cost_usd"]["p50"]
    held = (await shop.run("costs", "--calibration", "--json")).document
    assert (held["whole"]["tasks"], held["whole"]["assumed"]) == (1, 1)
    await shop.nobody_left()
