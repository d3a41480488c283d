"""One entry of the journal that cannot be told must not silence a platform."""

from collections.abc import AsyncIterator
from datetime import time

import pytest

from bot.delivery.standing import delivery_standing
from core.domain.notification import Happening, NotificationRules, QuietHours
from core.domain.task import TaskState
from tests.integration.delivery.conftest import OpenOffice
from tests.integration.delivery.office import Office

pytestmark = pytest.mark.slack

# a machine whose time zones were changed under the program: every direct question raises
QUIET = QuietHours(begin=time(22), end=time(7), time_zone="Nowhere/At_All")
BROKEN = NotificationRules(direct=frozenset({Happening.APPROVAL}), quiet=QUIET)


@pytest.fixture
async def broken(open_office: OpenOffice) -> AsyncIterator[Office]:
    """An office whose rules fail at every question, and at nothing else."""
    office = open_office(notify=BROKEN)
    await office.open()
    yield office


async def test_what_comes_before_and_after_an_entry_that_cannot_be_told_arrives(broken: Office) -> None:
    await broken.ask()
    await broken.submit(2)
    await broken.move(TaskState.RUNNING)
    await broken.move(TaskState.COMPLETED)
    await broken.deliver()
    assert set(broken.posted()) == {"T1:card", "T2:card", "T1:ended:1"}
    assert broken.status("T1:card") == "Done"


async def test_an_entry_that_cannot_be_told_is_a_dead_letter_that_names_its_task(broken: Office) -> None:
    await broken.ask()
    await broken.deliver()
    standing = await delivery_standing(broken.store)
    (letter,) = standing.letters
    assert letter.to == "T1"
    assert "approval_requested" in letter.why
    assert (standing.pending, standing.dead) == (0, 1)


async def test_the_bad_entry_is_passed_once_and_for_all(broken: Office) -> None:
    await broken.ask()
    await broken.deliver()
    await broken.crash()
    await broken.deliver()
    assert (await delivery_standing(broken.store)).dead == 1
