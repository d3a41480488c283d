"""What was spent, on the command line: cards for people, documents for scripts, the ledger as a file."""

import csv
import json
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Run

pytestmark = pytest.mark.money


def test_costs_are_shown_by_what_is_asked(run: Run) -> None:
    assert "$0.54" in run("costs", "--all-time").stdout
    told = run("costs", "--by", "model", "--all-time").stdout
    assert "sonnet-4-5" in told
    assert "Understood as: cost by model, all time" in " ".join(told.split())
    assert "It can be agent" in run("costs", "--by", "colour", code=2).output
    assert "costs does not know" in " ".join(run("costs", "of", "kubernetes", code=2).output.split())


def test_costs_and_questions_are_documents_for_scripts(run: Run) -> None:
    document = json.loads(run("costs", "--by", "task", "--all-time", "--json").stdout)
    assert document["query"]["group"] == "task"
    assert [(row["name"], Decimal(row["usd"]), row["calls_counted"]) for row in document["rows"]] == [
        ("T1", Decimal("0.42"), 1),
        ("T2", Decimal("0.1234"), 1),
    ]
    assert Decimal(document["total"]["usd"]) == Decimal("0.5434")
    assert document["fallback_priced"] == []
    listed = json.loads(run("ask", "show me failed tasks of all time", "--json").stdout)
    assert [task["id"] for task in listed["tasks"]] == ["T4", "T5"]


def test_a_question_is_answered_and_gone_on_from(run: Run) -> None:
    assert "T1.1 builder: $0.42 of $0.54" in " ".join(
        run("ask", "which agent spent the most of all time?").stdout.split()
    )
    told = " ".join(run("ask", "by", "role").stdout.split())
    assert "Understood as: cost by role, all time" in told
    assert "how much did we spend this week?" in run("ask", "how much did we spend on kubernetes?").stdout


def test_the_ledger_is_exported_with_exact_money(run: Run) -> None:
    rows = list(csv.DictReader(StringIO(run("export", "calls").stdout)))
    assert [row["cost_usd"] for row in rows] == ["0.42", "0.1234"]
    assert set(rows[0]) >= {
        *("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "thinking_tokens"),
        *("model", "role", "agent_run", "task", "step", "person", "project", "at", "cost_usd"),
    }
    assert rows[0]["at"].endswith("+00:00")
    found = json.loads(run("export", "calls", "--format", "json", "--project", "shop").stdout)
    assert [row["cost_usd"] for row in found] == ["0.42", "0.1234"]


def test_a_forecast_is_a_card_and_a_document(run: Run) -> None:
    assert "Forecast · this month" in run("costs", "--forecast").stdout
    document = json.loads(run("costs", "--forecast", "--by", "role", "--json").stdout)
    assert set(document["by"]) == {"role"}
    assert set(document["whole"]) == {"spent_usd", "low_usd", "likely_usd", "high_usd", "days", "told_on"}


def test_a_picture_of_the_figures_is_written_where_it_is_wanted(run: Run, tmp_path: Path) -> None:
    drawn, dark = tmp_path / "costs.png", tmp_path / "costs.svg"
    told = run("costs", "--by", "task", "--all-time", "--chart", str(drawn))
    assert "$0.54" in told.stdout
    assert f"Wrote {drawn}." in told.stderr
    assert drawn.read_bytes().startswith(b"\x89PNG")
    assert "Replaced" in run("ask", "cost by task of all time", "--chart", str(drawn)).stderr
    document = run("costs", "--by", "task", "--all-time", "--chart", str(dark), "--dark", "--json").stdout
    assert len(json.loads(document)["rows"]) == 2
    assert b"<svg" in dark.read_bytes()


def test_a_picture_that_cannot_be_is_refused_with_what_to_do(run: Run, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere" / "costs.png"
    assert "There is no folder" in run("costs", "--chart", str(missing), code=2).stderr
    assert "Say where it goes" in run("costs", "--dark", code=2).stderr
    assert "is no picture" in run("costs", "--chart", str(tmp_path / "costs.txt"), code=2).stderr
    folder = tmp_path / "folder.png"
    folder.mkdir()
    assert "is no file" in run("costs", "--chart", str(folder), code=2).stderr
    told = run("ask", "how much did we spend this week?", "--chart", str(tmp_path / "one.png"), code=2)
    assert "A picture would say no more" in told.stderr
    assert "Understood as" in told.stdout
    assert not (tmp_path / "one.png").exists()


def test_what_was_unusual_is_a_card_and_a_document(run: Run) -> None:
    assert "Nothing unusual was seen." in run("costs", "--unusual").stdout
    assert json.loads(run("costs", "--unusual", "--json").stdout) == {"seen": []}


def test_advice_is_a_card_and_a_document(run: Run) -> None:
    assert "Advice · the last 90 days" in run("costs", "--advice").stdout
    assert set(json.loads(run("costs", "--advice", "--json").stdout)) == {"models", "caches"}
    assert "Ask for one at a time" in run("costs", "--advice", "--forecast", code=2).output


def test_whether_budgets_last_is_a_document_too(run: Run) -> None:
    run("budget", "set", "--project", "shop", "--monthly", "200")
    document = json.loads(run("ask", "are we going to stay under budget?", "--json").stdout)
    (budget,) = document["budgets"]
    assert (budget["key"], budget["limit_usd"], budget["lasts"]) == ("project=shop/month", "200", "unknown")
    assert budget["likely_usd"] is None
    assert document["whole"]["told_on"] == budget["told_on"]
    (listed,) = json.loads(run("budget", "list", "--json").stdout)
    assert listed["forecast"]["told_on"] == budget["told_on"]
