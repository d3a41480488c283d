"""Says when figures of money rest on the fallback price, because nobody listed a model's own."""

from dataclasses import replace
from decimal import Decimal

from adapters.chat.card import Card, Text
from bot.cards.agent import short_model
from bot.cards.words import line
from bot.commands.context import Asker, Context
from bot.commands.known import visible
from config.price_loader import load_prices
from core.costs.asking import MOST_ROWS, Asking
from core.costs.query import Group, Metric, Order, Query
from core.costs.source import Projects
from core.domain.cost import shown_usd
from core.domain.errors import ConfigurationError

_MONEY = frozenset({Metric.COST, Metric.AVERAGE})
_NAMED = 3


async def unpriced(query: Query, context: Context, *, projects: Projects, zone: str) -> dict[str, Decimal]:
    """Models among the calls of `query` that no price is listed for, with what they were counted at, the dearest first.

    Empty where money is not asked for, and when the price list cannot be read: then that is told elsewhere.
    """
    if query.metric not in _MONEY:
        return {}
    try:
        prices = load_prices(context.seen.settings.home)
    except ConfigurationError:
        return {}
    asking = Asking(context.seen.store, clock=context.seen.clock)
    if all(prices.knows(model) for model in await asking.models()):
        # nearly always: nothing is summed a second time for it
        return {}
    asked = replace(query, metric=Metric.COST, group=Group.MODEL, order=Order.MOST, limit=MOST_ROWS)
    found = await asking.figures(asked, projects=projects, zone=zone)
    return {row.key: row.amount.value for row in found.rows if not prices.knows(row.key)}


async def with_fallback_told(card: Card, query: Query, asker: Asker, context: Context, *, zone: str) -> Card:
    """`card` with a line about it before its last section, which says what was understood."""
    found = await unpriced(query, context, projects=visible(asker, context), zone=zone)
    if not found:
        return card
    *sections, last = card.sections
    return replace(card, sections=(*sections, Text(text=fallback_words(found)), last))


def fallback_words(found: dict[str, Decimal]) -> str:
    """`No price is listed for gpt-99: $1.20 is counted at the fallback price. Add it to prices.toml.`"""
    names = [line(short_model(model) or "a model without a name", 40) for model in found]
    named = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    them = "it" if len(names) == 1 else "them"
    total = shown_usd(sum(found.values(), Decimal(0)))
    return f"No price is listed for {named}: {total} is counted at the fallback price. Add {them} to prices.toml."
