"""Alerts about budgets: a direct message to who spends and to the owners, once, also when the process dies between."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from adapters.chat.card import Meter
from core.domain.approval import ApprovalKind
from core.domain.budget_event import BudgetThresholdReached
from core.domain.identity import Access, PersonId
from core.domain.notification import Happening, NotificationRules, QuietHours
from tests.integration.delivery.conftest import OpenOffice
from tests.integration.delivery.office import ALICE, BOB, Office
from tests.support.conversations.words import texts

pytestmark = [pytest.mark.slack, pytest.mark.money]

ELSEWHERE = PersonId("telegram:4711")
WANTED = NotificationRules(direct=frozenset({Happening.BUDGET}))
REACHED = BudgetThresholdReached(
    budget="project=shop/month",
    name="the monthly budget of shop",
    percent=75,
    limit_usd="200",
    spent_usd="151.20",
    until=datetime(2026, 4, 1, tzinfo=UTC),
    told=(ALICE, BOB, ELSEWHERE),
    owners=(BOB, ELSEWHERE),
)
ALL = replace(REACHED, percent=100, spent_usd="200.03")


def said(office: Office, person: PersonId) -> list[str]:
    """What was written to one person alone about budgets."""
    own = office.chat.board.direct_place(person).channel
    return [
        "\n".join([texts(each.card), *(part.text for part in each.card.sections if isinstance(part, Meter))])
        for each in office.chat.board.messages.values()
        if each.card is not None and each.place.channel == own and each.key.startswith("budget:")
    ]


async def test_who_spends_and_the_owners_are_told_once(open_office: OpenOffice) -> None:
    office = open_office(notify=WANTED)
    await office.open()
    await office.tell(REACHED)
    await office.deliver()
    for person in (ALICE, BOB):
        (text,) = said(office, person)
        assert "The monthly budget of shop" in text
        assert "75 % is spent" in text
        assert "$151.20 of $200.00" in text
        assert "A new period begins on 1 Apr 00:00 UTC." in text
    assert said(office, ELSEWHERE) == []


async def test_the_message_arrives_once_when_the_process_dies_in_between(open_office: OpenOffice) -> None:
    office = open_office(notify=WANTED)
    await office.open()
    await office.tell(REACHED)
    await office.crash()
    await office.delivery.follower.catch_up()
    await office.crash()
    await office.deliver()
    await office.crash()
    await office.deliver()
    assert [len(said(office, person)) for person in (ALICE, BOB)] == [1, 1]


async def test_quiet_hours_hold_but_not_when_work_stops(open_office: OpenOffice) -> None:
    quiet = QuietHours(begin=time(11), end=time(23), time_zone="UTC")
    office = open_office(notify=replace(WANTED, quiet=quiet))
    await office.open()
    await office.tell(REACHED)
    await office.tell(ALL)
    await office.deliver()
    (text,) = said(office, BOB)
    assert "Used up" in text
    assert "passed by $0.03" in text
    office.clock.advance(hours=12)
    await office.deliver()
    assert len(said(office, BOB)) == 2


async def test_a_project_without_such_messages_tells_the_owners_alone_unless_they_want_none(
    open_office: OpenOffice,
) -> None:
    office = open_office(notify=NotificationRules())
    await office.open()
    await office.tell(REACHED)
    await office.deliver()
    assert [len(said(office, person)) for person in (ALICE, BOB)] == [0, 1]
    async with office.store.transaction() as uow:
        await uow.people.set_wishes(BOB, {"direct": []})
    await office.tell(ALL)
    await office.deliver()
    assert [len(said(office, person)) for person in (ALICE, BOB)] == [0, 1]


async def deciding(open_office: OpenOffice, **notify: object) -> Office:
    """Bob owns the budget and may raise it; Alice asked for the work."""
    rules = replace(NotificationRules(), **notify)  # type: ignore[arg-type]
    office = open_office(notify=rules, access={"memory:S1/*": Access.DEVELOPER, BOB: Access.ADMIN})
    await office.open()
    return office


async def asks(office: Office, number: int = 1, *, budget: str = REACHED.budget) -> None:
    """A task that is held asks for more."""
    await office.ask(number, kind=ApprovalKind.BUDGET, tool="", budget=budget)


def questions(office: Office, person: PersonId) -> int:
    """How many questions call the person in the thread, or came to them alone."""
    own = office.chat.board.direct_place(person).channel
    cards = [each for each in office.chat.board.messages.values() if each.card is not None and each.key.startswith("A")]
    return sum(each.place.channel == own or person in each.card.mentions for each in cards if each.card)


@pytest.mark.parametrize("direct", [frozenset[Happening](), WANTED.direct], ids=["in the thread", "alone"])
async def test_whom_the_question_reaches_gets_no_alert_for_the_same_crossing(
    open_office: OpenOffice, direct: frozenset[Happening]
) -> None:
    office = await deciding(open_office, direct=direct)
    await office.tell(ALL)
    await office.step()
    office.clock.advance(seconds=20)
    await office.step()
    assert said(office, BOB) == [], "it waits for the question"
    await asks(office)
    await office.deliver()
    office.clock.advance(minutes=10)
    await office.deliver()
    assert (said(office, BOB), questions(office, BOB)) == ([], 1)
    assert len(said(office, ALICE)) == len(direct), "who is not asked is told at once, if they wish"


async def test_without_a_question_the_alert_comes_a_little_later(open_office: OpenOffice) -> None:
    office = await deciding(open_office)
    await office.tell(ALL)
    await office.deliver()
    await asks(office, budget="project=shop/day")
    await asks(office, 2, budget="")
    office.clock.advance(seconds=61)
    await office.deliver()
    (text,) = said(office, BOB)
    assert "Used up" in text
    await asks(office, 3)
    await office.deliver()
    assert (len(said(office, BOB)), questions(office, BOB)) == (1, 3), (
        "a question that comes late is asked all the same"
    )


async def test_one_of_both_arrives_once_wherever_the_process_dies(open_office: OpenOffice) -> None:
    office = await deciding(open_office, direct=WANTED.direct)
    await office.tell(ALL)
    await office.crash()
    await office.delivery.follower.catch_up()
    await office.crash()
    await asks(office)
    await office.crash()
    await office.delivery.follower.catch_up()
    await office.crash()
    await office.deliver()
    await office.crash()
    office.clock.advance(minutes=10)
    await office.deliver()
    assert (said(office, BOB), questions(office, BOB)) == ([], 1)


async def test_a_question_says_nothing_of_a_crossing_after_it(open_office: OpenOffice) -> None:
    office = await deciding(open_office)
    await office.tell(ALL)
    await asks(office)
    await office.decide()
    # a raise, and used up again: all in one batch of the journal
    await office.tell(replace(ALL, limit_usd="210", spent_usd="210.50"))
    await office.deliver()
    office.clock.advance(seconds=61)
    await office.deliver()
    (text,) = said(office, BOB)
    assert "$210.50 of $210.00" in text


async def test_in_quiet_hours_the_alert_comes_since_the_question_does_not(open_office: OpenOffice) -> None:
    quiet = QuietHours(begin=time(11), end=time(23), time_zone="UTC")
    office = await deciding(open_office, direct=WANTED.direct, quiet=quiet)
    await office.tell(ALL)
    await asks(office)
    await office.deliver()
    assert (len(said(office, BOB)), questions(office, BOB)) == (1, 0)
    office.clock.advance(hours=12)
    await office.deliver()
    assert (len(said(office, BOB)), questions(office, BOB)) == (1, 1)


async def test_who_cannot_be_written_to_alone_is_called_in_the_thread(open_office: OpenOffice) -> None:
    office = open_office(notify=WANTED)
    office.chat.board.closed.add(ALICE)
    await office.open()
    await office.tell(REACHED)
    await office.deliver()
    thread = [
        texts(each.card) for each in office.chat.board.messages.values() if each.card and ALICE in each.card.mentions
    ]
    assert any("The monthly budget of shop" in each for each in thread)
