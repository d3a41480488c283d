"""Money in Slack: people are told of it in time and once, work stops where it may cost no more, and one decides."""

import signal
from typing import Any

import pytest

from bot.cards.approval_actions import STOP_HERE
from core.domain.task import TaskState
from tests.platforms.slack.person import Person
from tests.support.command_line import Running
from tests.support.dear_notes import CALL_USD, assert_asked_at_the_end, thresholds, went_on_after_s, writes_dear_notes
from tests.support.slack_team import Team, key_of
from tests.support.waiting import eventually, fair_s

pytestmark = [
    pytest.mark.slack,
    pytest.mark.money,
    pytest.mark.slow,
    pytest.mark.agent_cli,
    pytest.mark.long,
    pytest.mark.timeout(900),
]


@pytest.mark.parametrize("done", [False, True], ids=["before Slack has done it", "after Slack has done it"])
async def test_who_asked_and_the_owner_are_told_once_and_a_raise_or_an_end_is_decided_by_who_may(
    team: Team, done: bool
) -> None:
    writes_dear_notes(team.studio)
    async with team.serving() as program:
        await team.ada.types("/orchestrate budget set --project shop --monthly 10", team.shop)
        await team.whispered(team.ada, "shop may cost $10.00 a month")
        team.slack.faults.hold("chat.postMessage", after=done, which=_is_alert)
        await team.alice.types("/orchestrate write notes --workflow solo", team.shop)
        await _killed_in_the_call(team, program)
    async with team.serving():
        question = await team.shows("A1:card", "The monthly budget of shop is used up", label="Raise…")
        await team.shows("T1:card", "Waiting for you")
        await team.bob.clicks(question.labels[0], question)
        await team.whispered(team.bob, "A1 is decided by an admin of the project.")
        await team.settled()
        told = [_told(team, person) for person in (team.alice, team.ada)]
        first_labels = question.labels
        spent = (await team.studio.view()).bill.cost_usd

        await team.ada.clicks("Raise…", question)
        await team.ada.submits(await team.slack.opens_form(team.ada), {"Raise it by (US dollars)": "3"})
        await team.shows("A1:card", "Raised by ada to $13.00")
        again = await team.shows("A2:card", "The monthly budget of shop is used up", label=STOP_HERE)
        await team.alice.clicks(STOP_HERE, again)
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
    acts = [each.act for each in await team.audit() if each.actor == team.ada.key and each.allowed]
    assert acts.count("budget") == 2, "set, and raised"


def _is_alert(arguments: dict[str, Any]) -> bool:
    marked: dict[str, Any] = arguments.get("metadata") or {}
    return marked.get("event_payload", {}).get("key", "").startswith("budget:")


def _told(team: Team, person: Person) -> list[int]:
    alerts = [each for each in team.private(person) if key_of(each).startswith("budget:")]
    return thresholds(each.words for each in alerts)


async def _killed_in_the_call(team: Team, program: Running) -> None:
    """kill -9, once Slack holds back its answer; it never comes."""
    await eventually(lambda: not team.slack.faults.waiting, within_s=150, what="the call whose answer is held back")
    program.send(signal.SIGKILL)
    await program.process.wait()
    await team.slack.disconnected()
    await team.studio.shop.nobody_left()
