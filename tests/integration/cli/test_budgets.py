"""Budgets that tasks share, from the command line."""

import json
from collections.abc import Callable

import pytest
from typer.testing import Result

pytestmark = pytest.mark.money
Run = Callable[..., Result]


def listed(run: Run) -> dict[str, dict[str, object]]:
    return {each["key"]: each for each in json.loads(run("budget", "list", "--json").stdout)}


def test_a_budget_is_set_shown_and_taken_away(run: Run) -> None:
    shown = run("budget", "set", "--project", "shop", "--monthly", "200", "--warn-at", "80", "--owner", "slack:T1/U2")
    assert "shop, monthly" in shown.stdout
    assert "$200.00" in shown.stdout
    run("budget", "set", "--role", "builder", "--daily", "7.50")
    known = listed(run)
    assert (
        known["project=shop/month"]
        | {
            "limit_usd": 200.0,
            "warn_at": [80],
            "owners": ["slack:T1/U2"],
            "raised_by_usd": 0.0,
        }
        == known["project=shop/month"]
    )
    assert known["role=builder/day"]["limit_usd"] == 7.5
    assert "builder, daily" in run("budget").stdout
    run("budget", "remove", "--project", "shop")
    run("budget", "set", "--role", "builder", "--daily", "none")
    assert listed(run) == {}
    acts = json.loads(run("audit", "--json").stdout)["entries"]
    assert [(each["act"], each["subject"]) for each in acts].count(("budget", "project=shop/month")) == 2


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (("set", "--project", "shop"), "How much, and in which period?", 2),
        (("set", "200", "--project", "shop"), "In which period is '200' the limit?", 2),
        (("set", "--project", "shop", "--daily", "much"), "'much' is no amount of money.", 2),
        (("set", "--project", "nowhere", "--daily", "5"), "nowhere", 4),
        (("set", "--role", "poet", "--daily", "5"), "There is no role poet.", 2),
        (("set", "--person", "slack:T1/*", "--daily", "5"), "is more than one person", 2),
        (("remove", "--project", "shop"), "There is no budget of shop", 4),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(run: Run, arguments: tuple[str, ...], said: str, code: int) -> None:
    assert said in run("budget", *arguments, code=code).stderr
