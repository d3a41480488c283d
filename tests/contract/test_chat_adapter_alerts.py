"""An alert about a budget arrives as a direct message, readable, on every platform; the second try finds the first."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.cards.unusual import unusual_card
from bot.delivery.budget_alerts import alert_card
from core.domain.budget_event import BudgetThresholdReached
from core.domain.event import JournalEntry
from core.domain.identity import task_id
from core.domain.unusual import Oddity, Unusual
from tests.support.chat_stage import Stage

pytestmark = [pytest.mark.slack, pytest.mark.telegram, pytest.mark.discord, pytest.mark.money]

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
REACHED = BudgetThresholdReached(
    budget="project=shop/month",
    name="the monthly budget of shop",
    percent=90,
    limit_usd="200",
    spent_usd="181.20",
    until=datetime(2026, 4, 1, tzinfo=UTC),
    told=(),
)


@pytest.mark.parametrize("percent", [90, 100])
async def test_an_alert_is_read_by_one_person_alone_and_once(stage: Stage, percent: int) -> None:
    event = replace(REACHED, percent=percent, spent_usd="200.03" if percent == 100 else "181.20")
    entry = JournalEntry(seq=7, task=task_id(1), at=NOON, event=event)
    card = alert_card(entry, event)
    key = f"budget:7:{stage.bob.id}"
    await stage.adapter.direct(stage.bob.id, card, key=key)
    await stage.adapter.direct(stage.bob.id, card, key=key, again=True)
    read = [text for text in stage.read_directly(stage.bob) if "The monthly budget of shop" in text]
    assert len(read) == 1
    assert ("Used up" if percent == 100 else "90 % is spent") in read[0]
    assert ("$200.03 of $200.00" if percent == 100 else "$181.20 of $200.00") in read[0]
    assert not any("The monthly budget" in text for text in stage.stands(stage.channel))


@pytest.mark.parametrize("kind", Oddity)
async def test_unusual_spending_is_read_by_one_person_alone(stage: Stage, kind: Oddity) -> None:
    share, usd = (Decimal("0.31"), Decimal("0.78")), (Decimal("4.20"), Decimal("1.35"))
    found, usual = share if kind is Oddity.CACHE else usd
    seen = Unusual(
        key="k", kind=kind, project="shop", task=task_id(1), about="T1" if kind is Oddity.TASK else "2026-03-10",
        role="builder", found=found, usual=usual, over=12, at=NOON,
    )  # fmt: skip
    await stage.adapter.direct(stage.bob.id, unusual_card(7, seen), key=f"unusual:7:{stage.bob.id}")
    (text,) = [text for text in stage.read_directly(stage.bob) if "(the middle of 12" in text]
    assert ("31 %" if kind is Oddity.CACHE else "$4.20") in text
