"""Prices: the shipped ones, the user's own over them, days on which they change, and mistakes that are named."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.price_loader import load_prices
from core.domain.cost import Price
from core.domain.errors import ConfigurationError

pytestmark = pytest.mark.money

NOW = datetime(2026, 11, 1, tzinfo=UTC)
BASE = "input_usd = 0.1\noutput_usd = 1\ncache_read_usd = 0\ncache_write_usd = 0\n"
CHANGE = "[[models.my-model.changes]]\n"


def own(home: Path, text: str) -> Path:
    """A price file with `my-model` in `home`, and `text` after its first prices."""
    path = home / "prices.toml"
    path.write_text(f"[models.my-model]\n{BASE}{text}", encoding="utf-8")
    return path


def refused(home: Path, text: str) -> str:
    """What is said about that file."""
    path = own(home, text)
    with pytest.raises(ConfigurationError) as caught:
        load_prices(home)
    assert caught.value.source == str(path)
    return caught.value.message.replace(f"{path}: ", "").replace("models.my-model", "M")


def test_prices_are_exact_and_the_longest_listed_beginning_counts(tmp_path: Path) -> None:
    prices = load_prices(tmp_path)
    assert prices.price("claude-sonnet-5-5", NOW).cache_read_usd == Decimal("0.1")
    assert prices.price("claude-sonnet-5-20260630", NOW).cache_read_usd == Decimal("0.2")
    assert prices.price("claude-opus-5-5", NOW).input_usd == Decimal(4)
    assert not prices.knows("unheard-of")
    every = (prices.tariffs[name] for name in prices.tariffs)
    listed = max(price.output_usd for each in every for price in (each.first, *(one.price for one in each.changes)))
    assert prices.price("unheard-of", NOW).output_usd >= listed


def test_cache_reads_of_the_shipped_list_were_halved_on_the_seventh_of_october(tmp_path: Path) -> None:
    prices = load_prices(tmp_path)
    halved = datetime(2026, 10, 7, tzinfo=UTC)
    before = prices.price("claude-sonnet-5-5", halved - timedelta(seconds=1))
    after = prices.price("claude-sonnet-5-5", halved)
    assert (before.cache_read_usd, after.cache_read_usd) == (Decimal("0.2"), Decimal("0.1"))
    assert (before.input_usd, before.output_usd) == (after.input_usd, after.output_usd)


def test_the_users_prices_are_added_to_the_shipped_ones(tmp_path: Path) -> None:
    own(tmp_path, "")
    prices = load_prices(tmp_path)
    assert prices.price("my-model-2", NOW).input_usd == Decimal("0.1")
    assert prices.knows("claude-sonnet-5-5")
    assert "Did you mean output_usd" in refused(tmp_path, "output_us = 1\n")


def test_the_users_price_of_a_shipped_model_replaces_its_changes_too(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text(f"[models.claude-sonnet-5-5]\n{BASE}")
    assert load_prices(tmp_path).tariff("claude-sonnet-5-5").changes == ()


def test_what_a_change_does_not_name_stays_as_it_was(tmp_path: Path) -> None:
    long = f"[models.my-model.changes.long_prompt]\nover_tokens = 9\n{BASE.replace('0.1', '7')}"
    own(
        tmp_path,
        f"{CHANGE}from = 2027-01-01\ninput_usd = 0.2\n"
        f"{CHANGE}from = 2027-02-01T09:00:00+01:00\ncache_read_usd = 0.3\n{long}"
        f"{CHANGE}from = 2027-03-01\noutput_usd = 2\n",
    )
    prices = load_prices(tmp_path)

    def told(at: datetime) -> tuple[str, str, str, int]:
        price = prices.price("my-model", at)
        over = price.long_prompt.over_tokens if price.long_prompt else 0
        return str(price.input_usd), str(price.output_usd), str(price.cache_read_usd), over

    assert told(NOW) == ("0.1", "1", "0", 0)
    assert told(datetime(2027, 1, 1, tzinfo=UTC)) == ("0.2", "1", "0", 0)
    assert told(datetime(2027, 2, 1, 7, 59, tzinfo=UTC)) == ("0.2", "1", "0", 0)
    assert told(datetime(2027, 2, 1, 8, tzinfo=UTC)) == ("0.2", "1", "0.3", 9)
    assert told(datetime(2030, 1, 1, tzinfo=UTC)) == ("0.2", "2", "0.3", 9)


def test_the_fallback_can_change_as_well(tmp_path: Path) -> None:
    change = "[[fallback.changes]]\nfrom = 2027-01-01\ninput_usd = 3\n"
    (tmp_path / "prices.toml").write_text(f"[fallback]\n{BASE}{change}")
    prices = load_prices(tmp_path)
    later = datetime(2027, 1, 1, tzinfo=UTC)
    assert [prices.price("unheard-of", at).input_usd for at in (NOW, later)] == [Decimal("0.1"), Decimal(3)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            f"{CHANGE}from = 2026-01-01\ninput_usd = 1\n{CHANGE}from = 2026-01-01\ninput_usd = 2\n",
            "M: two changes begin on 2026-01-01. Make them one.",
        ),
        (
            f"{CHANGE}from = 2026-03-01\ninput_usd = 1\n{CHANGE}from = 2026-01-01\ninput_usd = 2\n",
            "M: the change of 2026-01-01 stands after that of 2026-03-01. Earliest first.",
        ),
        (f"{CHANGE}input_usd = 1\n", "M.changes[0].from is missing."),
        (
            f"{CHANGE}until = 2026-01-01\nfrom = 2026-01-01\ninput_usd = 1\n",
            "M.changes[0].until is not a known key. "
            "Known here: cache_read_usd, cache_write_usd, from, input_usd, long_prompt, output_usd.",
        ),
        (f"{CHANGE}form = 2026-01-01\ninput_usd = 1\n", "M.changes[0].form is not a known key. Did you mean from?"),
        (
            f'{CHANGE}from = "2026-01-01"\ninput_usd = 1\n',
            "M.changes[0].from: must be a day, without quotes: 2026-10-07.",
        ),
        (
            f"{CHANGE}from = 2026-01-01T10:00:00\ninput_usd = 1\n",
            "M.changes[0].from: a time needs its zone, such as 2026-10-07T09:00:00Z.",
        ),
        (
            f"{CHANGE}from = 2026-01-01\ninput_usd = -1\n",
            "M.changes[0].input_usd must be greater than or equal to 0, not -1.",
        ),
        (
            f"{CHANGE}from = 2026-01-01\n",
            "M.changes[0]: names no price. "
            "Name what changes: input_usd, output_usd, cache_read_usd, cache_write_usd or long_prompt.",
        ),
        (
            "[models.my-model.changes]\nfrom = 2026-01-01\ninput_usd = 1\n",
            "M.changes: each change is a table of its own, in double brackets: [[models.NAME.changes]].",
        ),
    ],
)
def test_a_change_that_cannot_be_used_is_named_with_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(tmp_path, text).splitlines()


@given(changes=st.dictionaries(st.dates(), st.integers(0, 10_000), max_size=6), at=st.datetimes(timezones=st.just(UTC)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_days_in_order_are_read_as_they_stand(tmp_path: Path, changes: dict[date, int], at: datetime) -> None:
    days = sorted(changes)
    own(tmp_path, "".join(f"{CHANGE}from = {day}\ninput_usd = {changes[day]}\n" for day in days))
    begun = [day for day in days if datetime.combine(day, time(), tzinfo=UTC) <= at]
    price: Price = load_prices(tmp_path).price("my-model", at)
    assert price.input_usd == (changes[begun[-1]] if begun else Decimal("0.1"))
