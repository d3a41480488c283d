"""Follow-ups in the same thread keep what was asked before, except for what they name."""

from dataclasses import replace

import pytest

from core.costs.query import Group, Metric, Query, Subject, Where
from core.costs.words.following import follows
from core.costs.words.reading import read_question
from tests.unit.costs.test_questions import known

pytestmark = pytest.mark.money


def asked(said: str) -> Query:
    """What a whole question asks."""
    found = read_question(said, known())
    assert isinstance(found, Query)
    return found


@pytest.mark.parametrize(
    ("first", "then", "same_as"),
    [
        ("how much did we spend this week?", "and last week?", "how much did we spend last week?"),
        ("how much did we spend this week?", "what about last month", "how much did we spend last month?"),
        ("how much did we spend this week?", "last month?", "how much did we spend last month?"),
        ("how much did we spend this week?", "only opus", "how much did we spend on opus this week?"),
        ("how much did we spend this week?", "opus?", "how much did we spend on opus this week?"),
        ("how much did we spend this week?", "by model", "cost by model this week"),
        ("how much did we spend this week?", "and by model?", "cost by model this week"),
        ("cost by role this week", "and in october", "cost by role in october"),
        ("cost by role this week", "the same for project api", "cost by role this week in project api"),
        ("cost by role this week", "per day", "cost by day this week"),
        ("cost by role this week", "in tokens", "tokens by role this week"),
        ("how much did opus cost this week", "and sonnet?", "how much did sonnet cost this week"),
        ("how much did alice spend this week", "what about bob?", "how much did bob spend this week"),
        ("how much did alice spend this week", "and everybody", "how much did we spend this week"),
        ("how much did api cost this month", "for all projects", "how much did we spend this month"),
        ("which agent spent the most today?", "and yesterday?", "which agent spent the most yesterday?"),
        ("top 5 tasks by cost this month", "top 3", "top 3 tasks by cost this month"),
        ("show me failed tasks since friday", "only in api", "show me failed tasks in api since friday"),
        ("show me failed tasks since friday", "and yesterday", "show me failed tasks yesterday"),
        ("average cost of a bug fix", "and of a feature?", "average cost of a feature"),
    ],
)
def test_what_is_named_takes_the_place_of_what_was_there(first: str, then: str, same_as: str) -> None:
    found = follows(then, asked(first), known())
    assert found is not None
    assert replace(found, said="") == replace(asked(same_as), said="")


@pytest.mark.parametrize(
    "said",
    [
        "and also update the docs",
        "only change the tests",
        "thanks",
        "ok",
        "use opus",
        "by the way, fix the login",
        "and",
        "what about the tests?",
        "now do it again",
        "yes",
        "",
    ],
)
def test_other_words_are_no_follow_up(said: str) -> None:
    assert follows(said, asked("how much did we spend this week?"), known()) is None


def test_the_bill_of_a_task_becomes_figures_when_a_group_is_named() -> None:
    found = follows("by model", asked("what did T142 cost"), known())
    assert found is not None
    assert (found.subject, found.metric, found.group) == (Subject.FIGURES, Metric.COST, Group.MODEL)
    assert found.where == Where(tasks=("T142",))
