"""Times as people type them."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.cli.parse import moment
from core.domain.errors import InvalidInputError
from tests.support.values import NOON


@pytest.mark.parametrize(
    ("text", "ago"),
    [("30d", timedelta(days=30)), ("12 h", timedelta(hours=12)), ("5m", timedelta(minutes=5)), ("2w", timedelta(14))],
)
def test_how_long_ago(text: str, ago: timedelta) -> None:
    assert moment(text, now=NOON) == NOON - ago


def test_dates_and_times_are_of_this_machines_zone_unless_they_say_another() -> None:
    assert moment("2026-01-31T10:00+02:00", now=NOON) == datetime(2026, 1, 31, 8, tzinfo=UTC)
    assert moment("2026-01-31", now=NOON) == datetime(2026, 1, 31).astimezone(UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "30", "9999999d", "-1d", "30x", "2026-13-01"])
def test_everything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInputError, match="is no time") as refused:
        moment(text, now=NOON)
    assert "30d" in refused.value.hint
