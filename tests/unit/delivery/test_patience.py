"""When a question is asked again."""

from datetime import timedelta

import pytest

from bot.delivery.patience import MOST_REMINDERS, is_late, reminders_due
from bot.delivery.reminders import named_admins
from core.domain.identity import Access, PersonId, ProjectName
from core.domain.project import Project
from tests.support.values import NOON

pytestmark = pytest.mark.slack


@pytest.mark.parametrize(
    ("minutes", "count"),
    [(0, 0), (59, 0), (60, 1), (119, 1), (120, 2), (239, 2), (240, 3), (480, 4), (60 * 24, 5)],
)
def test_reminders_come_after_one_two_four_times_the_patience(minutes: int, count: int) -> None:
    assert reminders_due(NOON, now=NOON + timedelta(minutes=minutes), after_s=3600) == count


def test_a_clock_that_went_back_makes_nothing_due() -> None:
    assert reminders_due(NOON, now=NOON - timedelta(days=3), after_s=3600) == 0
    assert not is_late(NOON, now=NOON - timedelta(days=3), after_s=3600)


def test_the_number_of_reminders_has_an_end() -> None:
    assert reminders_due(NOON, now=NOON + timedelta(days=300_000), after_s=1) == MOST_REMINDERS


def test_only_admins_who_are_named_one_by_one_are_told_and_each_once() -> None:
    project = Project(
        name=ProjectName("shop"),
        repository="/nowhere",
        access={
            "slack:T1/U1": Access.ADMIN,
            "slack:T1/*": Access.ADMIN,
            "slack:T1/U2": Access.DEVELOPER,
            "telegram:7": Access.ADMIN,
        },
    )
    everywhere = ("slack:T1/U1", "slack:T1/U9", "slack:T2/U?")
    assert named_admins(project, everywhere, platform="slack") == [PersonId("slack:T1/U1"), PersonId("slack:T1/U9")]
    assert named_admins(None, everywhere, platform="telegram") == []
