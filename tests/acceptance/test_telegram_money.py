"""Money in Telegram: people are told of it in time and once, work stops where it may cost no more, and one decides."""

import signal
from typing import Any

import pytest

from bot.cards.approval_actions import STOP_HERE
from core.domain.task import TaskState
from tests.platforms.telegram.person import Person
from tests.support.command_line import Running
from tests.support.dear_notes import CALL_USD, assert_asked_at_the_end, thresholds, went_on_after_s, writes_dear_notes
from tests.support.telegram_team import TelegramTeam
from tests.support.waiting import eventually, fair_s

pytestmark = [
    pytest.mark.telegram,
    pytest.mark.money,
    pytest.mark.slow,
    pytest.mark.agent_cli,
    pytest.mark.long,
    pytest.mark.timeout(900),
]


async def test_who_asked_and_the_owner_are_told_once_and_a_raise_or_an_end_is_decided_by_who_may(
    telegram_team: TelegramTeam,
) -> None:
    team = telegram_team
    writes_dear_notes(team.studio)

    def is_alert(sent: dict[str, Any]) -> bool:
        alone = str(sent["chat_id"]) in {str(each.id) for each in (team.alice, team.ada)}
        return alone and "% is spent" in str(sent)

    async with team.serving() as program:
        await team.ada.says("/budget set --project shop --monthly 10", team.shop)
        await team.told_alone(team.ada, "shop may cost $10.00 a month")
        team.telegram.faults.hold("sendMessage", "sendRichMessage", after=True, which=is_alert)
        await team.alice.says("/orchestrate write notes --workflow solo", team.shop)
        # Telegram has said it, and the program never learns of it
        await _killed_in_the_call(team, program)
    async with team.serving():
        question = await team.shows("A1:card", "The monthly budget of shop is used up", label="Raise…")
        await team.shows("T1:card", "Waiting for you")
        press = await team.bob.presses(question.labels[0], question)
        await team.alerted(team.bob, press, "A1 is decided by an admin of the project.")
        await team.settled()
        told = [_told(team, person) for person in (team.alice, team.ada)]
        first_labels = question.labels
        spent = (await team.studio.view()).bill.cost_usd

        await team.ada.presses("Raise…", question)
        form = await team.asked(team.ada, "Raise it by (US dollars)")
        await team.ada.replies("3", form)
        await team.shows("A1:card", "Raised by ada to $13.00")
        again = await team.shows("A2:card", "The monthly budget of shop is used up", label=STOP_HERE)
        await team.alice.presses(STOP_HERE, again)
        await team.telegram.until(lambda: again if f"Yes: {STOP_HERE}" in again.labels else None)
        await team.alice.presses(f"Yes: {STOP_HERE}", again)
        await team.shows("T1:ended:1", "Not finished")
        await team.settled()

    assert (told[0], _told(team, team.alice)[4:]) == ([50, 75, 90, 100], [90, 100])
    assert_asked_at_the_end(told[1], _told(team, team.ada))
    assert first_labels == ["Raise by $2.00", "Raise…", STOP_HERE]
    assert 10 <= spent < 10 + CALL_USD, "passed by one model call at most"
    assert await went_on_after_s(team.studio) < fair_s(2)
    view = await team.studio.view()
    decided = [each.decided_by for each in view.approvals]
    assert (view.task.state, decided) == (TaskState.COMPLETED, [team.ada.key, team.alice.key])
    assert "note-00.md" in team.studio.git("ls-tree", "--name-only", view.task.branch)


def _told(team: TelegramTeam, person: Person) -> list[int]:
    return thresholds(each.words for each in team.private(person))


async def _killed_in_the_call(team: TelegramTeam, program: Running) -> None:
    """kill -9, once Telegram holds back its answer; it never comes."""
    await eventually(lambda: not team.telegram.faults.waiting, within_s=150, what="the call whose answer is held back")
    program.send(signal.SIGKILL)
    await program.process.wait()
    await team.studio.shop.nobody_left()
