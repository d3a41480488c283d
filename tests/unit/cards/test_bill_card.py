"""The bill: a line for each agent, and the sum."""

from dataclasses import replace
from decimal import Decimal

from adapters.chat.card import Table, Text
from bot.cards.bill import bill_card
from bot.cards.elapsed import shown_duration
from bot.sample_task import sample_view
from core.domain.cost import Bill, TokenUsage
from core.domain.event import CostMismatchFound
from core.domain.identity import AgentRunId
from core.views import TaskView


def table(view: TaskView) -> Table:
    """The table of the bill."""
    [found] = [section for section in bill_card(view).sections if isinstance(section, Table)]
    return found


def test_each_agent_that_worked_has_a_line_and_the_others_have_none() -> None:
    assert [row[0] for row in table(sample_view()).rows] == ["analyst", "planner", "builder"]


def test_tokens_in_count_what_went_through_the_cache() -> None:
    view = sample_view()
    usage = TokenUsage(input_tokens=1_000, output_tokens=7, cache_read_tokens=200, cache_write_tokens=30)
    view = replace(view, bill=Bill(calls=3, usage=usage, cost_usd=Decimal("0.0042")))
    assert table(view).total == ("Total", "", "3", "1,230", "7", "$0.0042")
    assert any(isinstance(s, Text) and s.text.startswith("200 of the tokens") for s in bill_card(view).sections)


def test_runs_of_one_role_are_added_up_and_counted() -> None:
    view = sample_view()
    build = view.steps[2]
    view = replace(view, steps=(*view.steps[:2], replace(build, runs=build.runs * 2), *view.steps[3:]))
    row = table(view).rows[2]
    assert (row[0], row[2], row[5]) == ("builder ×2", "12", "$0.12")


def test_a_role_that_changed_its_model_has_a_line_for_each() -> None:
    view = sample_view()
    build = view.steps[2]
    other = replace(build.runs[0], run=replace(build.runs[0].run, model="claude-opus-5"))
    view = replace(view, steps=(replace(build, runs=(*build.runs, other)),))
    assert [row[:2] for row in table(view).rows] == [("builder", "claude-sonnet-5"), ("builder", "claude-opus-5")]


def test_a_sum_that_differs_from_the_agent_programs_stands_under_the_bill() -> None:
    found = CostMismatchFound(agent_run=AgentRunId("T142.3"), ledger_usd="1", reported_usd="1.5")
    view = replace(sample_view(), mismatches=(found,))
    said = [section.text for section in bill_card(view).sections if isinstance(section, Text)]
    assert "T142.3: the ledger counts $1.00, the agent program says $1.50." in said


def test_durations_read_like_speech() -> None:
    assert [shown_duration(s) for s in (-5, 0, 59.9, 65, 7_500, 90_000)] == [
        "0s",
        "0s",
        "59s",
        "1m 05s",
        "2h 05m",
        "1d 1h",
    ]
