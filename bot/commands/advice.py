"""`costs --advice`: which role could use a cheaper model, and where the cache is read too little, with the evidence."""

from dataclasses import replace
from typing import Any

from bot.cards.advice import advice_card, cache_words, model_words
from bot.cards.answer import Shown, understood
from bot.commands.context import Asker, Context
from bot.commands.known import visible
from bot.commands.reply import Private
from config.price_loader import load_prices
from core.advice.advice import CacheAdvice, ModelAdvice, Trial, cache_advice, model_advice
from core.advice.trials import trials
from core.costs.query import Query, Subject
from core.costs.wording import shown_dates
from core.costs.words.known import Known

Found = tuple[list[ModelAdvice], list[CacheAdvice]]


async def advice(query: Query, asker: Asker, context: Context, known: Known) -> Private:
    """The advice as a card."""
    models, caches = await _found(query, asker, context, known)
    zone = known.zone_of(query.where.projects)
    dates = "all time" if query.period is None else shown_dates(query.period, zone=zone)
    over = "" if query.where.projects or visible(asker, context) is None else "in the projects you may see"
    note = understood(replace(query, subject=Subject.ADVICE), zone, Shown(names={}, over=over))
    return Private(card=advice_card(models, caches, title=query.said or dates, note=note.text))


async def advice_document(query: Query, asker: Asker, context: Context, known: Known) -> dict[str, Any]:
    """The advice for scripts; money and shares as exact text."""
    models, caches = await _found(query, asker, context, known)
    return {
        "models": [
            {
                "role": each.used.role,
                "standing": each.standing.value,
                "at_most_usd": f"{each.at_most_usd:f}",
                "used": _trial(each.used),
                "cheaper": _trial(each.cheaper) if each.cheaper is not None else None,
                "text": model_words(each),
            }
            for each in models
        ],
        "caches": [
            {
                "role": each.role,
                "share": f"{each.share:.4f}",
                "others": f"{each.others:.4f}",
                "read_tokens": each.read_tokens,
                "at_most_usd": f"{each.at_most_usd:f}",
                "text": cache_words(each),
            }
            for each in caches
        ],
    }


async def _found(query: Query, asker: Asker, context: Context, known: Known) -> Found:
    prices = context.orchestrator.around.prices or load_prices(context.seen.settings.home)
    async with context.seen.store.reading() as uow:
        found = await trials(uow, query, projects=visible(asker, context))
    return model_advice(found, prices, at=known.now), cache_advice(found, prices, at=known.now)


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "model": trial.model,
        "steps": trial.steps,
        "first_try": trial.first_try,
        "sent_back": trial.sent_back,
        "failed": trial.failed,
        "rounds": trial.rounds,
        "calls": trial.calls,
        "cost_usd": f"{trial.cost_usd:f}",
    }
