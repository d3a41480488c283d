"""What a person wishes, over what the project says."""

from datetime import time

import pytest

from bot.delivery.wishes import wished
from core.domain.notification import Happening, NotificationRules, QuietHours

pytestmark = pytest.mark.slack
NIGHT = QuietHours(begin=time(22), end=time(7), time_zone="UTC")
PROJECT = NotificationRules(channel=frozenset({Happening.FAILED}), direct=frozenset({Happening.APPROVAL}), quiet=NIGHT)


def test_without_wishes_the_projects_rules_hold() -> None:
    assert wished(PROJECT, {}) == PROJECT


def test_a_person_chooses_what_is_told_directly_but_not_what_the_channel_is_told() -> None:
    rules = wished(PROJECT, {"direct": ["finished", "nonsense"]})
    assert (rules.direct, rules.channel) == ({Happening.FINISHED}, PROJECT.channel)
    assert wished(PROJECT, {"direct": []}).direct == frozenset()


def test_a_person_has_quiet_hours_of_their_own_or_none() -> None:
    wish = {"begin": "20:00", "end": "08:30", "time_zone": "Europe/Berlin"}
    rules = wished(PROJECT, {"quiet": wish})
    assert rules.quiet == QuietHours(begin=time(20), end=time(8, 30), time_zone="Europe/Berlin")
    assert wished(PROJECT, {"quiet": None}).quiet is None


@pytest.mark.parametrize(
    "wish",
    [
        "at night",
        {},
        {"begin": "25:00", "end": "07:00", "time_zone": "UTC"},
        {"begin": "22:00", "end": "07:00", "time_zone": "Mars/Olympus"},
    ],
)
def test_a_wish_that_cannot_be_read_is_none(wish: object) -> None:
    assert wished(PROJECT, {"quiet": wish}).quiet == NIGHT
