"""Times as people say them."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.domain.errors import InvalidInputError
from core.schedules.told import told_when
from core.schedules.words import read_when

pytestmark = pytest.mark.money

NOW = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)
SAID: dict[str, list[dict[str, Any]]] = tomllib.loads((Path(__file__).parent / "times_said.toml").read_text())


@pytest.mark.parametrize("case", SAID["said"], ids=lambda case: case["text"])
def test_what_is_said_is_what_is_meant(case: dict[str, Any]) -> None:
    said = read_when(case["text"], now=NOW, time_zone="Europe/Berlin")
    assert (said.when.cron, said.when.at, said.rest) == (case.get("cron", ""), case.get("at"), case["rest"])
    assert said.when.time_zone == "Europe/Berlin"
    assert told_when(said.when)


@pytest.mark.parametrize("case", SAID["refused"], ids=lambda case: case["text"] or "nothing")
def test_what_is_no_time_is_refused_with_what_to_write(case: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_when(case["text"], now=NOW, time_zone="Europe/Berlin")
    assert case["says"] in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("today", [datetime(2027, 3, 1, tzinfo=UTC), datetime(2028, 2, 29, 7, tzinfo=UTC)])
def test_a_29_february_is_the_next_there_is(today: datetime) -> None:
    for text in ("on 29 feb at 9", "february 29 at 9"):
        said = read_when(text, now=today, time_zone="Europe/Berlin")
        assert said.when.at == datetime(2028, 2, 29, 8, tzinfo=UTC)


def test_a_29_february_that_is_years_away_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="more than two years away"):
        read_when("on 29 feb at 9", now=datetime(2028, 3, 1, tzinfo=UTC), time_zone="Europe/Berlin")


def test_a_schedule_is_told_in_words_with_its_time_zone() -> None:
    again = read_when("every weekday at 9", now=NOW, time_zone="Europe/Berlin").when
    once = read_when("tomorrow at 9", now=NOW, time_zone="Europe/Berlin").when
    assert told_when(again) == "At 09:00 on Monday through Friday (Europe/Berlin)"
    assert told_when(once) == "Once, Sun 22 Nov 2026, 09:00 (Europe/Berlin)"
