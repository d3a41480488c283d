"""Advice rests on enough evidence, says at most what could be saved, and otherwise what is missing."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.cards.advice import advice_card, cache_words, model_words
from core.advice.advice import Standing, Trial, cache_advice, model_advice
from core.domain.cost import Price, PriceList, Tariff, TokenUsage
from tests.support.conversations.words import texts

pytestmark = pytest.mark.money

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)


def price(usd: int) -> Tariff:
    """A model of so many dollars per million tokens read; the cache costs a tenth of it."""
    each = Decimal(usd)
    return Tariff(first=Price(input_usd=each, output_usd=each * 5, cache_read_usd=each / 10, cache_write_usd=each))


PRICES = PriceList(
    tariffs={"claude-opus": price(10), "claude-sonnet": price(2), "claude-haiku": price(1)}, fallback=price(10)
)
READ = TokenUsage(input_tokens=4_000_000)
OPUS = Trial(
    role="builder", model="claude-opus", steps=20, first_try=17, sent_back=3, rounds=23, calls=310, usage=READ,
    cost_usd=Decimal(40),
)  # fmt: skip
SONNET = Trial(
    role="builder", model="claude-sonnet", steps=20, first_try=18, sent_back=2, rounds=22, calls=300, usage=READ,
    cost_usd=Decimal(8),
)  # fmt: skip


def test_a_cheaper_model_that_does_as_well_is_advised_with_what_it_saves_at_most() -> None:
    (advice,) = model_advice([OPUS, SONNET], PRICES, at=NOW)
    assert (advice.standing, advice.at_most_usd) == (Standing.ADVISED, Decimal(32))
    told = model_words(advice)
    assert (
        "builder could use sonnet instead of opus. At the first try sonnet did 18 of 20 steps (90 %), opus 17 of"
        in told
    )
    assert "310 calls of opus come to $40.00, the same with sonnet to $8.00: at most $32.00 less" in told


@pytest.mark.parametrize(
    ("first_try", "standing"), [(18, Standing.ADVISED), (16, Standing.ADVISED), (15, Standing.WORSE)]
)
def test_as_well_is_the_share_at_the_first_try_give_or_take_little(first_try: int, standing: Standing) -> None:
    (advice,) = model_advice([OPUS, replace(SONNET, first_try=first_try)], PRICES, at=NOW)
    assert advice.standing is standing


def test_too_few_steps_say_how_many_are_missing() -> None:
    (advice,) = model_advice([OPUS, replace(SONNET, steps=4, first_try=4)], PRICES, at=NOW)
    assert advice.standing is Standing.TOO_FEW
    assert model_words(advice) == "builder: sonnet has done 4 steps alone, of the 10 it takes to compare."
    (advice,) = model_advice([replace(OPUS, steps=1, first_try=1), SONNET], PRICES, at=NOW)
    assert "opus has done 1 step alone" in model_words(advice)


def test_a_role_without_a_cheaper_model_is_told_what_would_tell_more_unless_nothing_is_cheaper() -> None:
    (advice,) = model_advice([OPUS], PRICES, at=NOW)
    assert advice.standing is Standing.UNTRIED
    assert "nothing cheaper than opus ($40.00). After 10 steps with a cheaper model" in model_words(advice)
    assert model_advice([replace(OPUS, model="claude-haiku", cost_usd=Decimal(4))], PRICES, at=NOW) == []


def test_where_several_models_are_in_use_nothing_else_is_looked_for() -> None:
    tester = replace(SONNET, role="tester")
    assert [each.used.role for each in model_advice([OPUS, tester], PRICES, at=NOW)] == ["builder"]


def test_cents_and_dearer_models_are_not_spoken_of() -> None:
    assert model_advice([replace(OPUS, cost_usd=Decimal("0.99")), SONNET][:1], PRICES, at=NOW) == []
    dear = replace(SONNET, cost_usd=Decimal(90), usage=TokenUsage(input_tokens=45_000_000))
    assert model_advice([dear, OPUS], PRICES, at=NOW) == []


def test_what_counts_are_todays_prices_and_models_without_one_are_not_compared() -> None:
    # opus cost more when it was used than it would today
    (advice,) = model_advice([replace(OPUS, cost_usd=Decimal(90)), SONNET], PRICES, at=NOW)
    assert advice.at_most_usd == 32
    guessed = replace(SONNET, model="gpt-unknown")
    (advice,) = model_advice([OPUS, guessed], PRICES, at=NOW)
    assert advice.standing is Standing.UNTRIED
    assert model_advice([replace(OPUS, model="gpt-unknown"), SONNET], PRICES, at=NOW) == []


def test_the_best_of_several_cheaper_models_is_advised() -> None:
    haiku = replace(SONNET, model="claude-haiku", cost_usd=Decimal(4))
    (advice,) = model_advice([OPUS, SONNET, haiku], PRICES, at=NOW)
    assert advice.cheaper == haiku
    (advice,) = model_advice([OPUS, SONNET, replace(haiku, first_try=3)], PRICES, at=NOW)
    assert advice.cheaper == SONNET


def test_a_role_that_reads_little_from_the_cache_is_told_against_the_others() -> None:
    reviewer = replace(OPUS, role="reviewer", usage=TokenUsage(input_tokens=1_000_000, cache_read_tokens=4_000_000))
    cold = replace(OPUS, usage=TokenUsage(input_tokens=4_000_000, cache_read_tokens=1_000_000))
    (advice,) = cache_advice([reviewer, cold], PRICES, at=NOW)
    assert (advice.role, advice.share, advice.others) == ("builder", Decimal("0.2"), Decimal("0.8"))
    # three million tokens at nine dollars less
    assert advice.at_most_usd == 27
    assert "builder reads 20 % from the cache, the others 80 %." in cache_words(advice)
    assert cache_advice([cold], PRICES, at=NOW) == []
    little = replace(cold, usage=TokenUsage(input_tokens=400_000, cache_read_tokens=100_000))
    assert cache_advice([reviewer, little], PRICES, at=NOW) == []


def test_the_card_says_first_what_could_be_saved_and_that_nothing_changes_by_itself() -> None:
    card = advice_card(model_advice([OPUS, SONNET], PRICES, at=NOW), [], title="the last 90 days", note="")
    assert card.status == "at most $32 less"
    assert "Nothing is changed by itself." in texts(card)
    calm = advice_card([], [], title="the last 90 days", note="")
    assert calm.status == "nothing to change"
    assert "Nothing stands out." in texts(calm)
