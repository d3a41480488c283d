"""Money in Discord: people are told of it in time and once, work stops where it may cost no more, and one decides."""

import pytest

from bot.cards.approval_actions import STOP_HERE
from core.domain.task import TaskState
from tests.platforms.discord.call import Call
from tests.platforms.discord.person import Person
from tests.support.dear_notes import CALL_USD, assert_asked_at_the_end, thresholds, went_on_after_s, writes_dear_notes
from tests.support.discord_team import Crew
from tests.support.waiting import eventually, fair_s

pytestmark = [
    pytest.mark.discord,
    pytest.mark.money,
    pytest.mark.slow,
    pytest.mark.agent_cli,
    pytest.mark.long,
    pytest.mark.timeout(900),
]


async def test_who_asked_and_the_owner_are_told_once_and_a_raise_or_an_end_is_decided_by_who_may(
    crew: Crew,
) -> None:
    writes_dear_notes(crew.studio)
    async with crew.serving() as program:
        await crew.ada.mentions("budget set --project shop --monthly 10", crew.shop)
        await crew.whispered(crew.ada, "shop may cost $10.00 a month")
        crew.discord.faults.hold("messages.post", which=_is_alert)
        await crew.asks(crew.alice, "write notes")
        await eventually(lambda: not crew.discord.faults.waiting, within_s=150, what="the call that is held back")
        await crew.killed(program)
    async with crew.serving():
        question = await crew.shows("A1:card", "The monthly budget of shop is used up", label="Raise…")
        await crew.shows("T1:card", "Waiting for you")
        await crew.bob.clicks(question.labels[0], question)
        await crew.whispered(crew.bob, "A1 is decided by an admin of the project.")
        await crew.settled()
        told = [_told(crew, person) for person in (crew.alice, crew.ada)]
        first_labels = question.labels
        spent = (await crew.studio.view()).bill.cost_usd

        await crew.opens_form(crew.ada, lambda: crew.ada.clicks("Raise…", question))
        await crew.ada.submits({"Raise it by (US dollars)": "3"})
        await crew.shows("A1:card", "Raised by Ada to $13.00")
        again = await crew.shows("A2:card", "The monthly budget of shop is used up", label=STOP_HERE)
        await crew.alice.clicks(STOP_HERE, again)
        sure = await crew.whispered(crew.alice, "Nothing is done until you say so.")
        await crew.alice.clicks(STOP_HERE, sure)
        await crew.shows("T1:ended:1", "Not finished")
        await crew.settled()

    assert (told[0], _told(crew, crew.alice)[4:]) == ([50, 75, 90, 100], [90, 100])
    assert_asked_at_the_end(told[1], _told(crew, crew.ada))
    assert first_labels == ["Raise by $2.00", "Raise…", STOP_HERE]
    assert 10 <= spent < 10 + CALL_USD, "passed by one model call at most"
    assert await went_on_after_s(crew.studio) < fair_s(2)
    view = await crew.studio.view()
    decided = [each.decided_by for each in view.approvals]
    assert (view.task.state, decided) == (TaskState.COMPLETED, [crew.ada.key, crew.alice.key])
    assert "note-00.md" in crew.studio.git("ls-tree", "--name-only", view.task.branch)


def _is_alert(call: Call) -> bool:
    return "% is spent" in str(call.given)


def _told(crew: Crew, person: Person) -> list[int]:
    return thresholds(each.words for each in crew.private(person))
