"""Questions that nobody answers are asked again, and in the end somebody else is told."""

import pytest

from bot.delivery.reminders import Patience
from core.domain.access import Decider, DecisionRules
from core.domain.identity import Access, PersonId
from core.domain.notification import Happening, NotificationRules
from core.domain.task import TaskState
from tests.integration.delivery.conftest import OpenOffice
from tests.integration.delivery.office import ALICE, BOB, Office

pytestmark = pytest.mark.slack
CAROL = PersonId("memory:S1/carol")
PATIENCE = Patience(remind_after_s=3600, escalate_after_s=4 * 3600, admins=(CAROL, "memory:S9/*"))


@pytest.fixture
async def asked(open_office: OpenOffice) -> Office:
    """An office in which A1 waits; bob is the project's admin, carol everybody's."""
    office = open_office(patience=PATIENCE, access={BOB: Access.ADMIN, "memory:S1/*": Access.ADMIN})
    await office.open()
    await office.ask()
    await office.deliver()
    return office


async def pass_hours(office: Office, hours: float, *, every_s: float = 900) -> None:
    """Time goes by, and is looked at now and then."""
    for _ in range(round(hours * 3600 / every_s)):
        office.clock.advance(seconds=every_s)
        await office.delivery.reminders.look()
        await office.step()


def said(office: Office) -> list[str]:
    return [key for key in office.posted() if key not in {"T1:card", "A1:card"}]


async def test_a_question_is_asked_again_after_each_doubling(asked: Office) -> None:
    await pass_hours(asked, 3.5)
    assert said(asked) == ["A1:reminder:1", "A1:reminder:2"]
    reminder = asked.message("A1:reminder:1")
    assert reminder.place == asked.message("T1:card").thread
    assert reminder.card is not None
    assert (reminder.card.mentions, reminder.card.actions) == ((ALICE,), ())


async def test_admins_who_are_named_are_told_once_and_can_answer(asked: Office) -> None:
    await pass_hours(asked, 7)
    await asked.deliver()
    told = [key for key in said(asked) if "escalated" in key]
    assert sorted(told) == [f"A1:escalated:{BOB}", f"A1:escalated:{CAROL}"]
    card = asked.message(f"A1:escalated:{BOB}").card
    assert card is not None
    assert all(action.token for action in card.actions)
    await asked.decide(by=CAROL)
    await asked.deliver()
    assert asked.status(f"A1:escalated:{BOB}") == "Approved by carol"


async def test_nothing_is_said_after_the_decision(asked: Office) -> None:
    await asked.decide()
    await pass_hours(asked, 24)
    assert said(asked) == []


async def test_a_decision_while_the_reminder_waits_makes_it_needless(asked: Office) -> None:
    asked.clock.advance(hours=5)
    await asked.delivery.reminders.look()
    await asked.decide()
    await asked.deliver()
    assert said(asked) == []


async def test_reminders_are_not_repeated_after_a_restart(asked: Office) -> None:
    for _ in range(3):
        asked.clock.advance(minutes=50)
        await asked.delivery.reminders.look()
        await asked.deliver()
        await asked.crash()
        await asked.delivery.reminders.look()
        await asked.deliver()
    assert said(asked) == ["A1:reminder:1", "A1:reminder:2"]


async def test_a_clock_that_jumps_brings_no_flood(asked: Office) -> None:
    begin = asked.clock.now
    asked.clock.advance(days=30)
    await asked.delivery.reminders.look()
    await asked.deliver()
    once = [f"A1:escalated:{BOB}", f"A1:escalated:{CAROL}", "A1:reminder:10"]
    assert sorted(said(asked)) == once
    asked.clock.now = begin
    await pass_hours(asked, 0.75)
    asked.clock.advance(days=30)
    await asked.delivery.reminders.look()
    await asked.deliver()
    assert sorted(said(asked)) == once


async def test_nobody_is_told_twice_who_was_asked_directly(open_office: OpenOffice) -> None:
    office = open_office(
        patience=PATIENCE,
        notify=NotificationRules(direct=frozenset({Happening.APPROVAL})),
        access={ALICE: Access.ADMIN, BOB: Access.ADMIN},
    )
    await office.open()
    await office.ask()
    await office.deliver()
    await pass_hours(office, 5)
    await office.deliver()
    told = [key for key in office.posted() if "escalated" in key]
    assert sorted(told) == [f"A1:escalated:{BOB}", f"A1:escalated:{CAROL}"]


async def test_who_has_quiet_hours_is_told_after_them(asked: Office) -> None:
    async with asked.store.transaction() as uow:
        await uow.people.set_wishes(BOB, {"quiet": {"begin": "15:00", "end": "19:00", "time_zone": "UTC"}})
    await pass_hours(asked, 5)
    assert f"A1:escalated:{BOB}" not in said(asked)
    assert f"A1:escalated:{CAROL}" in said(asked)
    await pass_hours(asked, 3)
    assert f"A1:escalated:{BOB}" in said(asked)


async def test_what_this_platform_was_never_told_is_not_reminded_of(open_office: OpenOffice) -> None:
    office = open_office(patience=PATIENCE)
    await office.delivery.begin()
    await office.submit(1, place=None, requested_by=PersonId("console:ann"))
    await office.ask()
    await pass_hours(office, 9)
    assert office.posted() == []


async def test_a_question_goes_to_who_may_decide_it_and_never_to_who_may_not(open_office: OpenOffice) -> None:
    office = open_office(
        patience=PATIENCE,
        notify=NotificationRules(direct=frozenset({Happening.APPROVAL})),
        access={ALICE: Access.ADMIN, BOB: Access.DEVELOPER},
        decide=DecisionRules(tool=Decider.OTHER),
    )
    await office.open()
    async with office.store.transaction() as uow:
        await uow.people.set_wishes(BOB, {"direct": []})
    await office.ask()
    await office.deliver()
    await pass_hours(office, 9)
    await office.deliver()

    question, reminder = office.message("A1:card").card, office.message("A1:reminder:1").card
    assert question is not None
    assert reminder is not None
    # bob wants no direct messages, so he is called where the question stands
    assert question.mentions == (BOB,)
    assert reminder.mentions == (BOB, CAROL)
    told = {key for key in office.posted() if "direct" in key or "escalated" in key}
    assert told == {f"A1:direct:{CAROL}"}


async def test_who_left_the_project_is_told_nothing_more_about_it(open_office: OpenOffice) -> None:
    office = open_office(
        patience=PATIENCE,
        notify=NotificationRules(direct=frozenset(Happening)),
        access={BOB: Access.ADMIN},
    )
    await office.open()
    await office.ask()
    await office.decide()
    await office.move(TaskState.FAILED, reason="the tests need a key")
    await office.deliver()

    assert [key for key in office.posted() if str(ALICE) in key] == []
    ended = office.message("T1:ended:1").card
    assert ended is not None
    assert ended.mentions == ()


async def test_in_a_conversation_of_one_the_others_are_asked_alone(open_office: OpenOffice) -> None:
    office = open_office(
        patience=PATIENCE,
        access={ALICE: Access.DEVELOPER, BOB: Access.DEVELOPER},
        decide=DecisionRules(tool=Decider.OTHER),
    )
    await office.delivery.begin()
    await office.submit(1, place=office.chat.board.direct_place(ALICE))
    await office.ask()
    await office.deliver()

    assert office.message(f"A1:direct:{BOB}").card is not None
    assert f"A1:direct:{ALICE}" not in office.posted()
