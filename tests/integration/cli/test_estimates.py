"""What work may take and what would come of it, on the command line: cards for people, documents for scripts."""

import json
from typing import Any

import pytest

from tests.integration.cli.conftest import Run

pytestmark = pytest.mark.money


def tasks(run: Run) -> list[str]:
    """Every task there is."""
    return [task["id"] for task in json.loads(run("tasks", "--json").stdout)]


def document(run: Run, *arguments: str) -> dict[str, Any]:
    """The JSON of one command."""
    return json.loads(run(*arguments, "--json").stdout)


def test_an_estimate_is_a_card_and_a_document(run: Run) -> None:
    shown = " ".join(run("estimate", "fix the rounding of totals", "-p", "shop").stdout.split())
    assert "About $" in shown
    assert "Nine in ten stay within" in shown
    told = document(run, "estimate", "fix the rounding of totals", "-p", "shop")
    assert (told["project"], told["type"], told["workflow"]) == ("shop", "bug_fix", "bug_fix")
    estimate = told["estimate"]
    assert 0 < estimate["cost_usd"]["p50"] < estimate["cost_usd"]["p90"]
    assert estimate["from_priors"] == (estimate["tasks"] == 0)
    assert [step["step"] for step in estimate["steps"]][-1] == "review"


def test_another_model_makes_another_estimate(run: Run) -> None:
    request = ("estimate", "fix the rounding of totals", "-p", "shop")
    usual, dear = document(run, *request), document(run, *request, "-m", "claude-opus-5-5")
    assert {step["model"] for step in dear["estimate"]["steps"]} == {"claude-opus-5-5"}
    assert dear["estimate"]["cost_usd"]["p50"] > usual["estimate"]["cost_usd"]["p50"]
    assert dear["estimate"]["tokens"]["p50"] > 0


def test_without_a_project_it_is_asked_which_is_meant(run: Run) -> None:
    assert "Say which with --project" in run("estimate", "fix it", code=4).output


def test_a_dry_run_shows_everything_and_begins_nothing(run: Run) -> None:
    before = tasks(run)
    told = document(run, "run", "fix issue #123", "-p", "shop", "--budget", "0.01", "--dry-run")
    assert [step["name"] for step in told["steps"]] == ["analyse", "plan", "build", "test", "review"]
    assert told["steps"][1]["approved"] == "plan"
    assert told["steps"][3]["loop"] == {"back_to": "build", "max_rounds": 2}
    assert {rule["effect"] for rule in told["rules"]} == {"ask", "deny"}
    assert told["budget_usd"] == 0.01
    assert [each["kind"] for each in told["trouble"]] == ["budget"]
    shown = " ".join(run("run", "fix issue #123", "-p", "shop", "--dry-run").stdout.split())
    assert "Dry run · fix issue #123" in shown
    assert "Start it with the same command without --dry-run." in shown
    assert tasks(run) == before


def test_the_mode_and_the_analyst_are_seen_in_the_steps(run: Run) -> None:
    request = ("run", "fix typo in README.md", "-p", "shop", "--dry-run")
    simple = document(run, *request)
    assert simple["steps"][0]["certainty"] == "skipped"
    assert document(run, *request, "--include-analyst")["steps"][0]["certainty"] == "sure"
    assert all(step["beside"] == [] for step in simple["steps"])


def test_a_template_can_be_looked_at_first(run: Run) -> None:
    before = tasks(run)
    told = document(run, "template", "run", "fix-issue", "--set", "issue=7", "-p", "shop", "--dry-run")
    assert "7" in told["request"]
    assert tasks(run) == before


def test_calibration_is_a_card_and_a_document(run: Run) -> None:
    assert "No task that was estimated is completed yet." in " ".join(run("costs", "--calibration").stdout.split())
    assert document(run, "costs", "--calibration") == {"whole": None, "by_type": []}
    assert document(run, "ask", "how good are our estimates?") == {"whole": None, "by_type": []}
    assert document(run, "ask", "was anything unusual?") == {"seen": []}
