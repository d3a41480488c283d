"""Cards about where money is going, to draw: a forecast, budgets that last or do not, what was unusual, and advice."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from adapters.chat.card import Card
from bot.cards.advice import advice_card
from bot.cards.forecast import Ahead, Lasting, forecast_card, lasting_card
from bot.cards.unusual import unusual_card, unusual_list
from core.advice.advice import CacheAdvice, ModelAdvice, Standing, Trial
from core.budgets.allowance import Allowance
from core.budgets.names import budget_name
from core.costs.query import Group
from core.domain.identity import PersonId, task_id
from core.domain.limit import Budget, BudgetScope
from core.domain.period import PeriodUnit, month
from core.domain.unusual import Oddity, Unusual
from core.forecasts.projection import WHOLE, Outlook, Projection, TooEarly

NOW = datetime(2026, 11, 18, 15, 20, tzinfo=UTC)
_NOTE = "Understood as: cost, this month (1 Nov to 30 Nov 2026)."


def ahead_cards() -> dict[str, Card]:
    """The cards by a short name."""
    return {
        "forecast": _forecast(),
        "lasting": _lasting(),
        "unusual-task": unusual_card(7, DEAR),
        "unusual-day": unusual_card(8, _SPIKE),
        "unusual-cache": unusual_card(9, _CACHE),
        "unusual": unusual_list((DEAR, _AGENT, _SPIKE, _CACHE), title="this month", zone="Europe/Berlin", note=_NOTE),
        "advice": _advice(),
    }


def _band(spent: str, low: str, likely: str, high: str) -> Projection:
    return Projection(
        spent_usd=Decimal(spent), low_usd=Decimal(low), likely_usd=Decimal(likely), high_usd=Decimal(high), days=56
    )


_API, _WEB = _band("96.20", "180.4", "211.9", "260.1"), _band("31.07", "48.2", "54.3", "63.8")
_DOCS = TooEarly(spent_usd=Decimal("1.12"), on=date(2026, 11, 27))
_ALL = _band("128.39", "240.2", "269.9", "312.5")


def _forecast() -> Card:
    projects: dict[str, Outlook] = {WHOLE: _ALL, "api": _API, "web": _WEB, "docs": _DOCS}
    people: dict[str, Outlook] = {WHOLE: _ALL, "slack:T1/U2": _API, "slack:T1/U3": _WEB}
    names = {PersonId("slack:T1/U2"): "Alice", PersonId("slack:T1/U3"): "Bob"}
    groups = [(Group.PROJECT, projects), (Group.PERSON, people)]
    return forecast_card(Ahead(title="this month", over=False, whole=_ALL, groups=groups), names, note=_NOTE)


def _lasting() -> Card:
    def one(scope: BudgetScope, usd: str, ahead: Outlook) -> Lasting:
        budget = Budget(scope=scope, unit=PeriodUnit.MONTH, usd=Decimal(usd))
        stands = Allowance(budget=budget, period=month(NOW, "UTC"), spent_usd=ahead.spent_usd)
        return Lasting(name=budget_name(scope, budget.unit), stands=stands, ahead=ahead)

    budgets = [
        one(BudgetScope(project="api"), "200", _API),
        one(BudgetScope(project="web"), "80", _WEB),
        one(BudgetScope(project="docs"), "20", _DOCS),
    ]
    whole = "All in all $128.39 was spent this month. Likely $270 (between $240 and $312)."
    return lasting_card(budgets, whole=whole, note="Understood as: spending against the budget, this month.")


DEAR = Unusual(
    key="task:T142",
    kind=Oddity.TASK,
    project="api",
    task=task_id(142),
    about="T142",
    found=Decimal("4.20"),
    usual=Decimal("1.35"),
    over=12,
    at=NOW,
)
_AGENT = replace(DEAR, kind=Oddity.AGENT, about="T142.3", role="builder", found=Decimal("3.10"), usual=Decimal("0.88"))
_SPIKE = replace(DEAR, kind=Oddity.DAY, about="2026-11-18", found=Decimal("48.10"), usual=Decimal("12.30"), over=20)
_CACHE = replace(_SPIKE, kind=Oddity.CACHE, found=Decimal("0.31"), usual=Decimal("0.78"), over=17)


def _advice() -> Card:
    opus = Trial(
        role="builder", model="claude-opus-5-5", steps=20, first_try=17, sent_back=3, rounds=23, calls=310,
        cost_usd=Decimal("41.20"),
    )  # fmt: skip
    sonnet = replace(opus, model="claude-sonnet-5-5", first_try=18, sent_back=2, cost_usd=Decimal("7.90"))
    reviewer = replace(opus, role="reviewer", steps=31, first_try=30, sent_back=0, cost_usd=Decimal("12.30"))
    models = [
        ModelAdvice(
            standing=Standing.ADVISED,
            used=opus,
            cheaper=sonnet,
            comes_usd=Decimal("41.20"),
            cheaper_usd=Decimal("8.24"),
        ),
        ModelAdvice(
            standing=Standing.UNTRIED, used=reviewer, cheaper=None, comes_usd=Decimal(12), cheaper_usd=Decimal(12)
        ),
    ]
    cache = CacheAdvice(
        role="analyst",
        share=Decimal("0.22"),
        others=Decimal("0.81"),
        read_tokens=5_000_000,
        at_most_usd=Decimal("3.40"),
    )
    note = "Understood as: where money could be saved, the last 90 days."
    return advice_card(models, [cache], title="the last 90 days", note=note)
