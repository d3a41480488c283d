"""Plain questions become typed queries: phrasings, clocks and zones are data, and so is what is no question."""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core.costs.query import Group, Metric, Order, Query, Subject, Where
from core.costs.words.known import Known
from core.costs.words.reading import Partly, read_question
from core.domain.period import Period
from core.domain.task import TaskState, TaskType

pytestmark = pytest.mark.money

_HERE = Path(__file__).parent
_KINDS = ("projects", "persons", "roles", "models", "tasks")


def known(now: str = "2026-11-18T10:00:00+00:00", zone: str = "Europe/Berlin", **changes: Any) -> Known:
    """Alice's world: three projects, one of them in New Zealand, and Bob, who goes by two names."""
    facts: dict[str, Any] = {
        "now": datetime.fromisoformat(now),
        "zone": zone,
        "zones": {"nz": "Pacific/Auckland"},
        "projects": ("api", "web", "nz"),
        "roles": ("analyst", "planner", "builder", "tester", "reviewer"),
        "models": ("claude-opus-4-1", "claude-sonnet-4-5"),
        "people": {"Alice": "slack:T1/U1", "Bob Miller": "slack:T1/U2", "Bob": "slack:T1/U2"},
        "me": "slack:T1/U1",
    }
    return Known(**{**facts, **changes})


def _asks() -> list[Any]:
    clocks = tomllib.loads((_HERE / "questions.toml").read_text())["clock"]
    return [
        pytest.param(clock["now"], clock["zone"], each, id=f"{clock['now'][:10]} {each['say'][0]}")
        for clock in clocks
        for each in clock["ask"]
    ]


def _expected(each: dict[str, Any]) -> dict[str, Any]:
    period = None
    if "begin" in each:
        period = Period(begin=datetime.fromisoformat(each["begin"]), end=datetime.fromisoformat(each["end"]))
    return {
        "subject": Subject(each.get("subject", "figures")),
        "metric": Metric(each.get("metric", "cost")),
        "group": Group(each["group"]) if "group" in each else None,
        "where": Where(
            **{kind: tuple(each.get(kind, ())) for kind in _KINDS},
            types=tuple(map(TaskType, each.get("types", ()))),
            states=tuple(map(TaskState, each.get("states", ()))),
        ),
        "period": period,
        "order": Order(each.get("order", "most")),
        "limit": each.get("limit"),
    }


@pytest.mark.parametrize(("now", "zone", "each"), _asks())
def test_a_question_becomes_its_typed_query_however_it_is_said(now: str, zone: str, each: dict[str, Any]) -> None:
    for said in each["say"]:
        found = read_question(said, known(now, zone))
        assert isinstance(found, Query), said
        assert {name: getattr(found, name) for name in _expected(each)} == _expected(each), said


def test_there_are_many_phrasings_and_requests() -> None:
    assert sum(len(each.values[2]["say"]) for each in _asks()) >= 250  # pyright: ignore[reportArgumentType]
    assert len(_requests()) >= 40


def _requests() -> list[str]:
    return tomllib.loads((_HERE / "requests.toml").read_text())["say"]


def test_a_request_is_never_a_question() -> None:
    for said in _requests():
        assert read_question(said, known()) is None, said
        # nor in a thread where one task is talked about
        assert read_question(said, known(task="T7")) is None, said


@pytest.mark.parametrize(
    ("said", "unknown"),
    [
        ("how much did we spend on kubernetes?", ("kubernetes",)),
        ("what did project secret cost", ("secret",)),
        ("who spent more than usual?", ("more than usual",)),
        ("which customers have the highest spending", ("customers",)),
    ],
)
def test_a_question_about_money_with_unknown_words_says_which(said: str, unknown: tuple[str, ...]) -> None:
    assert read_question(said, known()) == Partly(unknown=unknown)


def test_a_date_that_is_none_is_not_answered_with_all_of_the_past() -> None:
    assert read_question("how much did we spend since 31 february", known()) is None


def test_in_a_thread_this_is_its_task() -> None:
    here = known(task="T7")
    for said in ("how much did this cost?", "what did this task cost and why", "why was it so expensive?"):
        found = read_question(said, here)
        assert isinstance(found, Query)
        assert (found.subject, found.where.tasks) == (Subject.BILL, ("T7",))


def test_names_of_people_and_projects_may_be_any_words() -> None:
    world = known(projects=("day", "costs"), people={"Will May": "slack:T1/U9"})
    found = read_question("how much did project costs spend today", world)
    assert isinstance(found, Query)
    assert found.where.projects == ("costs",)
    found = read_question("how much did user will may spend today", world)
    assert isinstance(found, Query)
    assert found.where.persons == ("slack:T1/U9",)
