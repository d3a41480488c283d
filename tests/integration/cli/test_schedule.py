"""`orchestrator schedule`: made, listed, rested and removed at a terminal."""

import json
from collections.abc import Callable

import pytest
from typer.testing import Result

pytestmark = pytest.mark.money

Run = Callable[..., Result]


def test_a_schedule_is_made_listed_rested_and_removed(run: Run) -> None:
    made = run(
        "schedule", "add", "every weekday at 9", "fix flaky tests", "-p", "shop", "--tz", "Europe/Berlin", "--json"
    )
    document = json.loads(made.stdout)
    assert (document["id"], document["cron"], document["time_zone"]) == ("S1", "0 9 * * 1-5", "Europe/Berlin")
    assert document["next"] is not None

    listed = run("schedule", "list").stdout
    assert "fix flaky tests" in listed
    assert "At 09:00 on Monday" in listed

    assert "S1 is paused." in run("schedule", "pause", "1").stdout
    assert json.loads(run("schedule", "show", "s1", "--json").stdout)["state"] == "paused"
    assert "S1 goes on." in run("schedule", "resume", "S1").stdout
    assert "S1 is deleted." in run("schedule", "delete", "S1").stdout
    assert json.loads(run("schedule", "list", "--json").stdout) == []


@pytest.mark.parametrize(
    ("arguments", "says", "code"),
    [
        (("add", "evry day", "x", "-p", "shop"), "does not begin with a time", 2),
        (("add", "every day", "-p", "shop"), "What is to be done then?", 2),
        (("add", "every day", "x", "-p", "shop", "--tz", "Mars"), "'Mars' is no time zone", 2),
        (("add", "list", "-p", "shop"), "'list' is no time", 2),
        (("add", "every day", "-p", "shop", "--template", "nope"), "nope", 4),
        (("add", "every day", "daily report", "-p", "shop"), "shop has no channel to report to", 2),
        (("pause", "S9"), "schedule S9", 4),
        (("show", "x"), "'x' is not a schedule", 2),
    ],
)
def test_what_cannot_be_meant_is_one_line_with_what_to_type(
    run: Run, arguments: tuple[str, ...], says: str, code: int
) -> None:
    told = run("schedule", *arguments, code=code)
    assert says in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1
