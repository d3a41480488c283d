"""What a call costs: the price of its own time, kept for good, and said when nobody listed one."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.onlooker import utc_now
from core.agents.runner import ModelAnswered
from core.domain.cost import Price, PriceChange, PriceList, Tariff, TokenUsage
from core.domain.task import AgentRun
from core.engine.signals import Process
from tests.integration.engine.test_engine_again import running, signals
from tests.support.engine import Workshop

pytestmark = pytest.mark.money

MILLION = TokenUsage(input_tokens=1_000_000)


def flat(usd: str) -> Price:
    """The same for every kind of token."""
    amount = Decimal(usd)
    return Price(input_usd=amount, output_usd=amount, cache_read_usd=amount, cache_write_usd=amount)


def listed(*changes: tuple[timedelta, str], first: str = "1") -> PriceList:
    """Prices of every claude model, which change so long from now on; the fallback is nine dollars."""
    moved = tuple(PriceChange(begin=utc_now() + when, price=flat(usd)) for when, usd in changes)
    return PriceList(tariffs={"claude": Tariff(first=flat(first), changes=moved)}, fallback=Tariff(first=flat("9")))


async def answered(workshop: Workshop, run: AgentRun, prices: PriceList, message: str, *, model: str = "") -> None:
    """One call of a million tokens."""
    workshop.parts = replace(workshop.parts, prices=prices)
    call = ModelAnswered(message_id=message, model=model or run.model, usage=MILLION)
    await signals(workshop, run, Process()).hear(call)


async def costs(workshop: Workshop, run: AgentRun) -> Decimal:
    """What the task cost."""
    return (await workshop.orchestrator.task(run.task)).bill.cost_usd


async def test_a_call_costs_what_counts_when_it_is_made(workshop: Workshop):
    run = await running(workshop)
    day = timedelta(days=1)
    await answered(workshop, run, listed((-day, "2"), (day, "4")), "m1")
    assert await costs(workshop, run) == 2
    await answered(workshop, run, listed((day, "4")), "m2")
    assert await costs(workshop, run) == 3


async def test_prices_that_change_in_the_file_change_nothing_that_was_spent(workshop: Workshop):
    run = await running(workshop)
    await answered(workshop, run, listed(first="1"), "m1")
    await answered(workshop, run, listed(first="7"), "m2")
    # told again, as after a crash
    await answered(workshop, run, listed(first="100"), "m1")
    assert await costs(workshop, run) == 8
    async with workshop.store.reading() as uow:
        assert (await uow.ledger.of_run(run.id)).calls == 2


async def test_a_model_nobody_listed_costs_the_fallback_and_the_task_says_so_once(workshop: Workshop):
    run = await running(workshop)
    prices = listed()
    for message in ("m1", "m2"):
        await answered(workshop, run, prices, message, model="gpt-99")
    view = await workshop.orchestrator.task(run.task)
    assert view.bill.cost_usd == 18
    assert view.notices == ("No price is listed for gpt-99; it is counted at the fallback price of prices.toml.",)
