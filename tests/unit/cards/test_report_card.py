"""A report says what was unusual and what the month will come to, and nothing of it where there was nothing."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.schedules.report import Happened, report_card
from core.domain.identity import ProjectName, task_id
from core.domain.period import week
from core.domain.unusual import Oddity, Unusual
from core.forecasts.projection import Projection, TooEarly
from tests.support.conversations.words import texts

pytestmark = pytest.mark.money

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
QUIET = Happened(
    project=ProjectName("shop"), period=week(NOW, "UTC"), spent=(), before_usd=Decimal(0), ended=(), waiting=0
)
DEAR = Unusual(
    key="task:T1", kind=Oddity.TASK, project="shop", task=task_id(1), about="T1", found=Decimal("4.20"),
    usual=Decimal("1.35"), over=12, at=NOW,
)  # fmt: skip
LIKELY = Projection(
    spent_usd=Decimal(100), low_usd=Decimal(180), likely_usd=Decimal(212), high_usd=Decimal(260), days=56
)


def test_a_calm_week_has_no_such_lines() -> None:
    told = texts(report_card(QUIET, zone="UTC"))
    assert "Unusual" not in told
    assert "This month" not in told
    early = replace(QUIET, ahead=TooEarly(spent_usd=Decimal(1), on=None))
    assert "This month" not in texts(report_card(early, zone="UTC"))


def test_what_was_unusual_and_what_is_ahead_are_told() -> None:
    seen = tuple(replace(DEAR, key=f"task:T{number}", task=task_id(number)) for number in range(1, 6))
    told = texts(report_card(replace(QUIET, unusual=seen, ahead=LIKELY), zone="UTC"))
    assert "T1: It has cost $4.20, 3.1 times the $1.35 that such a task usually costs in shop" in told
    assert "And 2 more: costs --unusual" in told
    assert "This month: likely $212 (between $180 and $260)." in told
