"""Whose role was taken away since they last said something is asked nothing any more."""

import pytest

from bot.delivery.attempt import NOT_ALLOWED
from core.domain.conversation import DeliveryState
from core.domain.identity import Access
from core.domain.notification import Happening, NotificationRules
from tests.integration.delivery.conftest import OpenOffice
from tests.integration.delivery.office import ALICE

pytestmark = pytest.mark.discord
ROLE = "discord:1/role:2"


@pytest.mark.parametrize("groups", [(ROLE,), ("discord:1/role:3",), (), None])
async def test_a_question_goes_to_who_has_the_role_now(open_office: OpenOffice, groups: tuple[str, ...] | None) -> None:
    notify = NotificationRules(direct=frozenset({Happening.APPROVAL}))
    office = open_office(access={ROLE: Access.DEVELOPER}, notify=notify)
    async with office.store.transaction() as uow:
        await uow.people.see(ALICE, "Alice", groups=(ROLE,))
    await office.open()
    if groups is not None:
        office.chat.board.groups[ALICE] = groups
    await office.ask()
    await office.deliver()

    async with office.store.reading() as uow:
        sent = await uow.deliveries.get(f"A1:direct:{ALICE}")
        seen = await uow.people.get(ALICE)
    may = groups in {(ROLE,), None}
    assert (sent.state, sent.error) == ((DeliveryState.SENT, "") if may else (DeliveryState.DEAD, NOT_ALLOWED))
    assert seen is not None
    assert seen.groups == (groups if groups is not None else (ROLE,))
    assert seen.name == "Alice"
