"""Forecasts on cards: the band in words, what costs most first, and honest where there is little to go by."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from adapters.chat.card import Card, Meter, Table, Text
from bot.cards.forecast import Ahead, Lasting, band_words, forecast_card, lasting_card
from core.budgets.allowance import Allowance
from core.costs.query import Group
from core.domain.identity import PersonId
from core.domain.limit import Budget, BudgetScope
from core.domain.period import PeriodUnit, month
from core.forecasts.projection import WHOLE, Outlook, Projection, TooEarly

pytestmark = pytest.mark.money

EARLY = TooEarly(spent_usd=Decimal("1.50"), on=date(2026, 11, 27))


def band(spent: str, low: str, likely: str, high: str) -> Projection:
    return Projection(
        spent_usd=Decimal(spent), low_usd=Decimal(low), likely_usd=Decimal(likely), high_usd=Decimal(high), days=56
    )


LARGE, SMALL = band("96.2", "180.4", "211.9", "260.1"), band("1", "1.2", "3.5", "7.25")


def texts(card: Card) -> list[str]:
    return [section.text for section in card.sections if isinstance(section, Text)]


def test_a_band_is_told_without_cents_where_dollars_are_many() -> None:
    assert band_words(LARGE) == "likely $212 (between $180 and $260)"
    assert band_words(SMALL) == "likely $3.50 (between $1.20 and $7.25)"
    assert band_words(band("7", "7", "7", "7")) == "likely $7.00"
    assert band_words(EARLY) == "too early to tell: from Fri 27 Nov on there are 3 days to go by"
    assert band_words(TooEarly(spent_usd=Decimal(0), on=None)).startswith("nothing was spent lately")


def test_what_will_cost_most_stands_first() -> None:
    projects: dict[str, Outlook] = {WHOLE: LARGE, "web": EARLY, "docs": SMALL, "api": LARGE}
    people: dict[str, Outlook] = {WHOLE: LARGE, "slack:T1/U2": LARGE}
    groups = [(Group.PROJECT, projects), (Group.PERSON, people)]
    card = forecast_card(
        Ahead(title="this month", over=False, whole=LARGE, groups=groups),
        {PersonId("slack:T1/U2"): "Bo"},
        note="As said.",
    )
    assert (card.title, card.status) == ("Forecast · this month", "about $212")
    first, second = (section for section in card.sections if isinstance(section, Table))
    assert [row[0] for row in first.rows] == ["api", "docs", "web"]
    assert first.rows[0] == ("api", "$96.20", "$212 ($180 to $260)")
    assert first.rows[2] == ("web", "$1.50", "told from Fri 27 Nov on")
    assert second.rows[0][0] == "Bo"
    assert "Likely $212 (between $180 and $260)." in texts(card)


def test_a_time_that_is_over_is_told_as_such() -> None:
    card = forecast_card(Ahead(title="last month", over=True, whole=band("7", "7", "7", "7")), {}, note="")
    assert (card.status, texts(card)[0]) == ("$7.00", "That time is over: $7.00 was spent.")


def stands(spent: str, limit: str) -> Allowance:
    budget = Budget(scope=BudgetScope(project="api"), unit=PeriodUnit.MONTH, usd=Decimal(limit))
    return Allowance(budget=budget, period=month(datetime(2026, 11, 10, tzinfo=UTC), "UTC"), spent_usd=Decimal(spent))


@pytest.mark.parametrize(
    ("spent", "limit", "ahead", "status", "said"),
    [
        ("96.20", "200", LARGE, "Probably not", "Likely $212 (between $180 and $260): probably not."),
        ("96.20", "300", LARGE, "Yes", "Likely $212 (between $180 and $260): yes."),
        ("96.20", "220", LARGE, "Probably", "Likely $212 (between $180 and $260): probably."),
        ("1.50", "220", EARLY, "Too early to tell", "$218.50 left. Too early to tell: from Fri 27 Nov on"),
        ("96.20", "90", LARGE, "No", "It is used up; work that draws on it waits. It was passed by $6.20."),
    ],
)
def test_whether_a_budget_lasts_is_the_first_word(
    spent: str, limit: str, ahead: Outlook, status: str, said: str
) -> None:
    lasting = Lasting(name="the monthly budget of api", stands=stands(spent, limit), ahead=ahead)
    card = lasting_card([lasting], whole="", note="")
    assert card.status == status
    assert texts(card)[0].startswith(said)
    assert isinstance(card.sections[0], Meter)
    assert card.sections[0].label == "The monthly budget of api"
