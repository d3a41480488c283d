"""Tokens and money: prices found by the longest prefix, exact sums, and amounts people can read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.cost import LongPromptPrice, Price, PriceChange, PriceList, Tariff, TokenUsage, shown_usd

pytestmark = pytest.mark.money

counts = st.integers(0, 10**10)
usages = st.builds(
    TokenUsage, input_tokens=counts, output_tokens=counts, cache_read_tokens=counts, cache_write_tokens=counts
)
dollars = st.decimals(0, 1000, places=4)
prices = st.builds(Price, input_usd=dollars, output_usd=dollars, cache_read_usd=dollars, cache_write_usd=dollars)
amounts = st.decimals(-1_000_000, 1_000_000, places=6)


def flat(usd: str) -> Price:
    """A price that is the same for every kind of token."""
    return Price(
        input_usd=Decimal(usd), output_usd=Decimal(usd), cache_read_usd=Decimal(usd), cache_write_usd=Decimal(usd)
    )


def always(usd: str) -> Tariff:
    """A price that never changes."""
    return Tariff(first=flat(usd))


NOW = datetime(2026, 10, 7, tzinfo=UTC)
LISTED = PriceList(
    tariffs={"claude-": always("1"), "claude-opus": always("2"), "claude-opus-4-5": always("3"), "gpt": always("4")},
    fallback=always("9"),
)
moments = st.datetimes(timezones=st.just(UTC))
tariffs = st.builds(
    lambda first, changes: Tariff(
        first=first, changes=tuple(PriceChange(begin=begin, price=changes[begin]) for begin in sorted(changes))
    ),
    prices,
    st.dictionaries(moments, prices, max_size=5),
)


@pytest.mark.parametrize(
    ("model", "usd"),
    [
        ("claude-haiku", "1"),
        ("claude-opus", "2"),
        ("claude-opus-4", "2"),
        ("claude-opus-4-5-20251101", "3"),
        ("gpt", "4"),
        ("claude", "9"),
        ("my-claude-opus", "9"),
        ("Claude-opus", "9"),
        ("", "9"),
    ],
)
def test_the_longest_listed_prefix_prices_a_model_and_the_fallback_prices_the_rest(model: str, usd: str) -> None:
    assert LISTED.price(model, NOW) == flat(usd)
    assert LISTED.knows(model) == (usd != "9")


@given(st.dictionaries(st.text("ab", min_size=1, max_size=4), tariffs), st.text("ab", max_size=6), moments)
def test_no_listed_prefix_of_a_model_is_longer_than_the_one_that_prices_it(
    listed: dict[str, Tariff], model: str, at: datetime
) -> None:
    price_list = PriceList(tariffs=listed, fallback=always("9"))
    longest = next((model[:length] for length in range(len(model), 0, -1) if model[:length] in listed), None)
    assert price_list.price(model, at) == (flat("9") if longest is None else listed[longest].price(at))
    assert price_list.knows(model) == (longest is not None)


def test_a_change_counts_from_its_first_moment_on() -> None:
    tariff = Tariff(first=flat("1"), changes=(PriceChange(begin=NOW, price=flat("2")),))
    moment = timedelta(microseconds=1)
    assert [tariff.price(at) for at in (NOW - moment, NOW, NOW + moment)] == [flat("1"), flat("2"), flat("2")]


@given(tariffs, moments)
def test_a_call_costs_what_the_last_change_before_it_says(tariff: Tariff, at: datetime) -> None:
    past = {change.begin: change.price for change in tariff.changes if change.begin <= at}
    assert tariff.price(at) == (past[max(past)] if past else tariff.first)


@given(tariffs, prices, moments, moments)
def test_a_change_that_lies_ahead_changes_no_price_before_it(
    tariff: Tariff, price: Price, begin: datetime, at: datetime
) -> None:
    earlier = tuple(change for change in tariff.changes if change.begin < begin)
    known, planned = replace(tariff, changes=earlier), PriceChange(begin=begin, price=price)
    changed = replace(tariff, changes=(*earlier, planned))
    assert changed.price(at) == (known.price(at) if at < begin else price)


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=-1)])
def test_changes_that_begin_at_once_or_in_the_wrong_order_are_no_tariff(later: timedelta) -> None:
    changes = (PriceChange(begin=NOW, price=flat("2")), PriceChange(begin=NOW + later, price=flat("3")))
    with pytest.raises(ValueError, match="order of their times"):
        Tariff(first=flat("1"), changes=changes)


def test_each_kind_of_token_has_its_own_price_for_a_million() -> None:
    price = Price(
        input_usd=Decimal(3), output_usd=Decimal(15), cache_read_usd=Decimal("0.30"), cache_write_usd=Decimal("3.75")
    )
    million = 1_000_000
    assert price.cost_usd(TokenUsage(input_tokens=million)) == Decimal(3)
    assert price.cost_usd(TokenUsage(output_tokens=million)) == Decimal(15)
    assert price.cost_usd(TokenUsage(cache_read_tokens=million)) == Decimal("0.30")
    assert price.cost_usd(TokenUsage(cache_write_tokens=million)) == Decimal("3.75")
    assert price.cost_usd(TokenUsage(cache_read_tokens=1)) == Decimal("0.0000003")
    assert price.cost_usd(TokenUsage()) == 0


@given(prices, usages)
def test_a_cost_is_the_exact_sum_over_the_four_kinds_of_token(price: Price, usage: TokenUsage) -> None:
    exact = (
        Fraction(price.input_usd) * usage.input_tokens
        + Fraction(price.output_usd) * usage.output_tokens
        + Fraction(price.cache_read_usd) * usage.cache_read_tokens
        + Fraction(price.cache_write_usd) * usage.cache_write_tokens
    ) / 1_000_000
    assert Fraction(price.cost_usd(usage)) == exact


@given(prices, st.lists(usages, max_size=5))
def test_a_sum_of_costs_is_the_cost_of_the_sum(price: Price, parts: list[TokenUsage]) -> None:
    assert sum(map(price.cost_usd, parts), Decimal(0)) == price.cost_usd(sum(parts, TokenUsage()))


@given(usages, usages, usages)
def test_usage_adds_up_in_any_order_and_grouping(a: TokenUsage, b: TokenUsage, c: TokenUsage) -> None:
    assert (a + b) + c == a + (b + c)
    assert a + b == b + a
    assert a + TokenUsage() == a


def test_usage_adds_each_kind_of_token_to_its_own() -> None:
    one = TokenUsage(input_tokens=1, output_tokens=2, cache_read_tokens=3, cache_write_tokens=4)
    ten = TokenUsage(input_tokens=10, output_tokens=20, cache_read_tokens=30, cache_write_tokens=40)
    assert one + ten == TokenUsage(input_tokens=11, output_tokens=22, cache_read_tokens=33, cache_write_tokens=44)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "$0.00"),
        ("0.0000", "$0.00"),
        ("-0", "$0.00"),
        ("0.0042", "$0.0042"),
        ("0.0099", "$0.0099"),
        ("0.00994", "$0.0099"),
        ("0.009999", "$0.0100"),
        ("0.01", "$0.01"),
        ("0.0149", "$0.01"),
        ("0.999", "$1.00"),
        ("1.23", "$1.23"),
        ("999.99", "$999.99"),
        ("1234.5", "$1,234.50"),
        ("1234567.891", "$1,234,567.89"),
        ("-0.0042", "-$0.0042"),
        ("-1.5", "-$1.50"),
        ("-1234.5", "-$1,234.50"),
    ],
)
def test_an_amount_is_shown_with_two_places_and_below_a_cent_with_four(amount: str, shown: str) -> None:
    assert shown_usd(Decimal(amount)) == shown


@given(amounts)
def test_a_shown_amount_is_never_further_from_the_real_one_than_half_its_last_place(amount: Decimal) -> None:
    text = shown_usd(amount)
    read = Decimal(text.replace("$", "").replace(",", ""))
    places = len(text.rpartition(".")[2])
    assert abs(read - amount) <= Decimal(5).scaleb(-places - 1)
    assert places == (4 if 0 < abs(amount) < Decimal("0.01") else 2)


@given(amounts)
def test_an_amount_and_its_opposite_differ_by_a_leading_minus_only(amount: Decimal) -> None:
    assert shown_usd(-abs(amount)) == ("-" if amount else "") + shown_usd(abs(amount))


def test_a_call_with_a_long_prompt_costs_the_long_price_throughout_cached_tokens_counted() -> None:
    price = replace(flat("1"), long_prompt=LongPromptPrice(over_tokens=100, price=flat("5")))
    short = TokenUsage(input_tokens=50, cache_read_tokens=30, cache_write_tokens=20, output_tokens=1)
    assert price.cost_usd(short) == flat("1").cost_usd(short)
    longer = replace(short, cache_read_tokens=31)
    assert price.cost_usd(longer) == flat("5").cost_usd(longer)
    many_answers = replace(short, output_tokens=1_000_000)
    assert price.cost_usd(many_answers) == flat("1").cost_usd(many_answers)
