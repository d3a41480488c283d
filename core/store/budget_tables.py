"""The tables of budgets that people, projects, roles and models share."""

from sqlalchemy import Column, Integer, Table

from core.domain.identity import PersonId
from core.domain.limit import BudgetScope
from core.domain.period import PeriodUnit
from core.store.columns import Json, OpenText, Usd, UtcTime, Words
from core.store.metadata import metadata

budgets = Table(
    "budgets",
    metadata,
    Column("key", OpenText, primary_key=True),
    Column("scope", Json(BudgetScope), nullable=False),
    Column("unit", Words(PeriodUnit), nullable=False),
    Column("usd", Usd),
    Column("warn_at", Json(tuple[int, ...]), nullable=False),
    Column("owners", Json(tuple[PersonId, ...]), nullable=False),
    Column("by", OpenText, nullable=False),
    Column("at", UtcTime, nullable=False),
)
"""What people set; what the settings say is not here."""

budget_tallies = Table(
    "budget_tallies",
    metadata,
    Column("budget", OpenText, primary_key=True),
    Column("begin", UtcTime, primary_key=True),
    Column("extra_usd", Usd, nullable=False),
    Column("told_percent", Integer, nullable=False),
    Column("told_limit_usd", Usd, nullable=False),
)
"""One row for a budget and a period. Whoever records a model call holds those of its budgets until the end."""
