"""Messages about unusual spending: to who asked and the owners, else the admins; once, and not in quiet hours."""

from dataclasses import replace
from datetime import UTC, datetime, time
from decimal import Decimal

import pytest

from core.domain.event import HOUSE
from core.domain.identity import Access, PersonId, task_id
from core.domain.notification import Happening, NotificationRules, QuietHours
from core.domain.unusual import Oddity, Unusual, UnusualSeen
from tests.integration.delivery.conftest import OpenOffice
from tests.integration.delivery.office import ALICE, BOB, Office
from tests.support.conversations.words import texts

pytestmark = [pytest.mark.slack, pytest.mark.money]

CARL = PersonId("memory:S1/carl")
WANTED = NotificationRules(direct=frozenset({Happening.BUDGET}))
DEAR = UnusualSeen(
    seen=Unusual(
        key="task:T1",
        kind=Oddity.TASK,
        project="shop",
        task=task_id(1),
        about="T1",
        found=Decimal("4.20"),
        usual=Decimal("1.35"),
        over=12,
        at=datetime(2026, 3, 10, 12, 0, tzinfo=UTC),
    ),
    told=(ALICE, BOB),
    owners=(BOB,),
)
SPIKE = UnusualSeen(
    seen=replace(DEAR.seen, key="day:shop:2026-03-10", kind=Oddity.DAY, about="2026-03-10", found=Decimal(48)), told=()
)


async def seen(office: Office, event: UnusualSeen) -> None:
    """It is in the journal: of its task, or of the house."""
    async with office.store.transaction() as uow:
        await uow.events.append(event.seen.task if event is DEAR else HOUSE, event)


def said(office: Office, person: PersonId) -> list[str]:
    """What was written to one person alone about unusual spending."""
    own = office.chat.board.direct_place(person).channel
    return [
        texts(each.card)
        for each in office.chat.board.messages.values()
        if each.card is not None and each.place.channel == own and each.key.startswith("unusual:")
    ]


async def test_who_asked_and_the_owners_are_told_once(open_office: OpenOffice) -> None:
    office = open_office(notify=WANTED)
    await office.open()
    await seen(office, DEAR)
    await office.deliver()
    await office.crash()
    await office.deliver()
    for person in (ALICE, BOB):
        (text,) = said(office, person)
        assert "T1 costs more than usual" in text
        assert "It has cost $4.20, 3.1 times the $1.35 that such a task usually costs in shop" in text
        assert "(the middle of 12 tasks)" in text


async def test_who_wants_no_such_messages_gets_none_but_owners_do(open_office: OpenOffice) -> None:
    office = open_office(notify=NotificationRules())
    await office.open()
    await seen(office, DEAR)
    await office.deliver()
    assert [len(said(office, person)) for person in (ALICE, BOB)] == [0, 1]


async def test_without_owners_the_admins_are_told_of_a_spike(open_office: OpenOffice) -> None:
    access = {"memory:S1/*": Access.DEVELOPER, CARL: Access.ADMIN, "memory:S2/*": Access.ADMIN}
    office = open_office(access=access)
    await office.open()
    await seen(office, SPIKE)
    await office.deliver()
    (text,) = said(office, CARL)
    assert "shop spends more than usual" in text
    assert "$48.00 on Tue 10 Mar" in text
    assert [said(office, person) for person in (ALICE, BOB)] == [[], []]
    async with office.store.transaction() as uow:
        await uow.people.set_wishes(CARL, {"direct": []})
    await seen(office, replace(SPIKE, seen=replace(SPIKE.seen, key="day:shop:2026-03-11")))
    await office.deliver()
    assert len(said(office, CARL)) == 1


async def test_quiet_hours_hold(open_office: OpenOffice) -> None:
    quiet = QuietHours(begin=time(11), end=time(23), time_zone="UTC")
    office = open_office(notify=replace(WANTED, quiet=quiet))
    await office.open()
    await seen(office, DEAR)
    await office.deliver()
    assert said(office, BOB) == []
    office.clock.advance(hours=12)
    await office.deliver()
    assert len(said(office, BOB)) == 1


async def test_who_may_not_see_the_project_is_not_told(open_office: OpenOffice) -> None:
    office = open_office(notify=WANTED, access={BOB: Access.VIEWER})
    await office.open()
    await seen(office, DEAR)
    await office.deliver()
    assert [len(said(office, person)) for person in (ALICE, BOB)] == [0, 1]
