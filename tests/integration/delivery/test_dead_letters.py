"""Dead letters are sent again, or let go of, by hand."""

import pytest

from adapters.chat.card import Card
from bot.delivery.dead_letters import all_keys, drop, resend
from bot.delivery.notices import CardNotice, written
from bot.delivery.standing import delivery_standing
from core.domain.conversation import Delivery, DeliveryState
from core.domain.errors import ConflictError, NotFoundError
from core.domain.identity import PersonId
from tests.integration.delivery.office import C1, Office

pytestmark = pytest.mark.slack
ADMIN = PersonId("console:root")


async def test_what_a_channel_did_not_get_stands_there_once_it_is_open_and_the_letter_is_sent_again(
    office: Office,
) -> None:
    office.chat.board.closed.add(C1)
    await office.deliver()
    office.chat.board.closed.clear()
    await resend(office.store, await all_keys(office.store), by=ADMIN)
    await office.deliver()
    assert office.message("T1:card:there").place == C1
    await office.ask()
    await office.deliver()
    # from now on the task is talked about where it was asked for
    assert office.message("A1:card").place == office.message("T1:card:there").thread
    assert (await delivery_standing(office.store)).dead == 0


async def test_a_letter_that_had_come_through_after_all_is_not_posted_twice(office: Office) -> None:
    card = Card(key="status", title="All is well")
    await office.chat.post(C1, card, key="event:memory:e1")
    async with office.store.transaction() as uow:
        dead = Delivery(
            key="event:memory:e1",
            platform="memory",
            place=C1,
            notice=written(CardNotice(card=card)),
            state=DeliveryState.DEAD,
            error="Tried for a day: no answer.",
            made_at=uow.now,
            settled_at=uow.now,
        )
        await uow.deliveries.add(dead)
    await resend(office.store, ["event:memory:e1"], by=ADMIN)
    await office.deliver()
    assert len(office.messages("event:memory:e1")) == 1
    assert (await delivery_standing(office.store)).dead == 0


async def test_a_letter_that_is_let_go_is_told_of_no_more_and_not_sent(office: Office) -> None:
    office.chat.board.closed.add(C1)
    await office.deliver()
    (letter,) = await drop(office.store, ["T1:card:there"], by=ADMIN)
    office.chat.board.closed.clear()
    await office.deliver()
    assert letter.key == "T1:card:there"
    assert office.messages("T1:card:there") == []
    assert (await delivery_standing(office.store)).dead == 0
    assert (await office.row("T1:card:there")).error.startswith("Let go by hand: ")
    async with office.store.reading() as uow:
        (noted,) = await uow.audit.entries(10)
    assert (noted.actor, noted.act, noted.subject, noted.allowed) == (ADMIN, "drop", "T1:card:there", True)


async def test_only_what_was_given_up_can_be_sent_again_and_all_of_it_or_nothing(office: Office) -> None:
    office.chat.board.closed.add(C1)
    await office.deliver()
    with pytest.raises(ConflictError, match="was not given up: it is sent"):
        await resend(office.store, ["T1:card:there", "T1:card"], by=ADMIN)
    with pytest.raises(NotFoundError, match="There is no message T9:card"):
        await drop(office.store, ["T1:card:there", "T9:card"], by=ADMIN)
    assert await all_keys(office.store) == ["T1:card:there"]
    async with office.store.reading() as uow:
        assert await uow.audit.entries(10) == [], "nothing was done"
