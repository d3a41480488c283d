"""Spans: what a trace tells of a period."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bot.observability.period import Period, PeriodKind
from bot.observability.sighting import TaskFacts
from bot.observability.span import span_of
from bot.observability.timeline import Timeline
from core.correlation import correlation_id
from core.domain.cost import Bill, TokenUsage
from tests.support.journal_script import STORY, entries
from tests.support.values import NOON, T1

FACTS = TaskFacts(project="shop", workflow="bug_fix", created_at=NOON)


def periods() -> dict[PeriodKind, Period]:
    timeline = Timeline()
    return {period.kind: period for entry in entries(STORY) for period in timeline.tell(entry)}


def test_the_spans_of_one_life_are_one_tree() -> None:
    spans = {kind: span_of(period, FACTS) for kind, period in periods().items()}

    assert {span.trace for span in spans.values()} == {correlation_id(T1, life=1, created_at=NOON)}
    assert len({span.id for span in spans.values()}) == len(spans)
    assert spans[PeriodKind.TASK].parent == ""
    assert spans[PeriodKind.STEP].parent == spans[PeriodKind.TASK].id
    assert spans[PeriodKind.AGENT_RUN].parent == spans[PeriodKind.STEP].id
    assert spans[PeriodKind.QUEUE].parent == spans[PeriodKind.STEP].id
    assert spans[PeriodKind.MODEL_CALL].parent == spans[PeriodKind.AGENT_RUN].id


def test_another_life_or_another_database_is_another_trace() -> None:
    period = periods()[PeriodKind.TASK]
    first = span_of(period, FACTS)

    assert span_of(replace(period, life=2), FACTS).trace != first.trace
    assert span_of(period, replace(FACTS, created_at=NOON + timedelta(seconds=1))).trace != first.trace


def test_a_span_says_who_worked_with_which_model_and_what_it_cost() -> None:
    usage = TokenUsage(input_tokens=1000, output_tokens=80, cache_read_tokens=7, cache_write_tokens=3)
    run = replace(
        periods()[PeriodKind.AGENT_RUN],
        model="claude-sonnet",
        bill=Bill(calls=2, usage=usage, cost_usd=Decimal("0.0042")),
    )

    span = span_of(run, FACTS)

    assert span.name == "agent builder"
    assert span.attributes == {
        "orchestrator.kind": "agent_run",
        "orchestrator.task": "T1",
        "orchestrator.life": 1,
        "orchestrator.project": "shop",
        "orchestrator.workflow": "bug_fix",
        "orchestrator.outcome": "completed",
        "orchestrator.step": "build",
        "orchestrator.role": "builder",
        "orchestrator.agent_run": "T1.1",
        "orchestrator.model_calls": 2,
        "orchestrator.cost_usd": 0.0042,
        "gen_ai.request.model": "claude-sonnet",
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.output_tokens": 80,
        "gen_ai.usage.cache_read.input_tokens": 7,
        "gen_ai.usage.cache_creation.input_tokens": 3,
    }


def test_every_kind_of_period_has_a_name_without_ids() -> None:
    approval = replace(periods()[PeriodKind.QUEUE], kind=PeriodKind.APPROVAL, detail="plan")
    names = {span_of(period, FACTS).name for period in (*periods().values(), approval)}

    assert names == {
        "task bug_fix",
        "step build",
        "agent builder",
        "wait for a place",
        "wait for approval plan",
        "chat claude-sonnet",
    }


def test_only_what_failed_is_marked_so_and_no_span_ends_before_it_begins() -> None:
    task = periods()[PeriodKind.TASK]

    assert not span_of(task, FACTS).failed
    assert span_of(replace(task, outcome="failed"), FACTS).failed
    backwards = span_of(replace(task, began=task.ended + timedelta(seconds=1)), FACTS)
    assert backwards.began == backwards.ended
