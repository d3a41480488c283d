"""Column types refuse what would be stored wrongly, and keep money and time exact."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from core.store.columns import OpenText, Usd, UtcTime

SQLITE, POSTGRES = sqlite.dialect(), postgresql.dialect()


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        UtcTime().process_bind_param(datetime(2026, 1, 1), SQLITE)  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRES], ids=["sqlite", "postgres"])
@given(
    st.datetimes(
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=-9, minutes=-30))]),
        min_value=datetime(1971, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    )
)
def test_a_time_comes_back_as_the_same_moment_in_utc(dialect: object, moment: datetime) -> None:
    stored = UtcTime().process_bind_param(moment, dialect)  # pyright: ignore[reportArgumentType]
    back = UtcTime().process_result_value(stored, dialect)  # pyright: ignore[reportArgumentType]
    assert back == moment
    assert back is not None
    assert back.tzinfo is UTC


@given(st.decimals(min_value=-9_000_000, max_value=9_000_000, places=12))
def test_money_is_exact_to_a_picodollar(amount: Decimal) -> None:
    stored = Usd().process_bind_param(amount, SQLITE)
    assert isinstance(stored, int)
    assert abs(stored) < 2**63
    assert Usd().process_result_value(stored, SQLITE) == amount


def test_nothing_stays_nothing() -> None:
    for column in (Usd(), UtcTime(), OpenText()):
        assert column.process_bind_param(None, SQLITE) is None
        assert column.process_result_value(None, SQLITE) is None
