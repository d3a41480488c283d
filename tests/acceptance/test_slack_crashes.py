"""The program is killed while it talks to Slack, and started again: nothing is lost, nothing is said twice."""

import signal

import pytest

from tests.platforms.slack.envelope import Envelope
from tests.support.command_line import Running
from tests.support.slack_team import Team, posts
from tests.support.waiting import eventually

pytestmark = [
    pytest.mark.slack,
    pytest.mark.slow,
    pytest.mark.agent_cli,
    pytest.mark.long,
    pytest.mark.timeout(900),
]

REQUEST = "/orchestrate write a note --workflow trio"
KEPT_OR_ACKED_AFTER_S = 2.0
"""Until then the program acknowledges only what is in its database."""


@pytest.mark.parametrize("done", [False, True], ids=["before Slack has done it", "after Slack has done it"])
async def test_killed_while_slack_is_asked_for_something_it_is_there_once_in_the_end(team: Team, done: bool) -> None:
    async with team.serving() as program:
        team.slack.faults.hold("chat.postMessage", after=done, which=posts("T1:card"))
        asked = await team.alice.types(REQUEST, team.shop)
        await _killed_in_the_call(team, program)
    team.slack.faults.hold("chat.postMessage", after=done, which=posts("A1:card"))
    async with team.serving() as program:
        await _killed_in_the_call(team, program)
    async with team.serving() as program:
        card = await team.shows("T1:card", "Waiting for you")
        await team.shows("A1:card", label="Approve plan")
        team.slack.faults.hold("chat.update", after=done)
        pressed = await team.bob.clicks("Approve plan", team.posted("A1:card")[0])
        await _promised(team, pressed)
        await _killed_in_the_call(team, program)
    team.slack.faults.hold("chat.postMessage", after=done, which=posts("T1:ended:1"))
    async with team.serving() as program:
        await _killed_in_the_call(team, program)
    async with team.serving():
        await team.shows("A1:card", "Approved by bob")
        result = await team.shows("T1:ended:1", "Done")
        await team.shows("T1:card", "Done")
        await team.settled()

    assert asked.acked
    assert pressed.acked
    assert await team.tasks() == ["T1"]
    assert result.thread_ts == card.ts
    assert {each.ts for each in team.slack.messages(team.shop) if not each.thread_ts} == {card.ts}


async def test_killed_right_after_it_said_i_heard_it_does_what_it_heard_once(team: Team) -> None:
    async with team.serving() as program:
        asked = await team.alice.types(REQUEST, team.shop)
        await _promised(team, asked)
        await _killed(team, program)
    async with team.serving() as program:
        plan = await team.shows("A1:card", label="Approve plan")
        pressed = await team.bob.clicks("Approve plan", plan)
        await _promised(team, pressed)
        await _killed(team, program)
    async with team.serving():
        await team.shows("A1:card", "Approved by bob")
        await team.shows("T1:ended:1", "Done")
        await team.shows("T1:card", "Done")
        await team.settled()

    assert [asked.acked, pressed.acked] == [True, True]
    assert await team.tasks() == ["T1"]
    assert [each.act for each in await team.audit()].count("submit") == 1


async def test_what_changed_while_it_was_away_is_on_the_cards_once_it_is_back(team: Team) -> None:
    async with team.serving() as program:
        await team.alice.types(REQUEST, team.shop)
        plan = await team.shows("A1:card", label="Approve plan")
        await team.shows("T1:card", "Waiting for you")
        await _killed(team, program)
    denied = await team.studio.run("deny", "A1", "--reason", "not now")
    late = await team.bob.clicks("Approve plan", plan)
    async with team.serving():
        await team.shows("A1:card", "Denied", "not now")
        await team.shows("T1:card", "Cancelled")
        await team.shows("T1:ended:1", "Cancelled")
        await team.settled()

    assert denied.code == 0
    assert late.failure == "no_connection"
    assert plan.labels == []


async def test_being_stopped_it_says_so_and_leaves_nothing_half_done(team: Team) -> None:
    team.cast.hold("build")
    async with team.serving() as program:
        await team.alice.types("/orchestrate write a note --workflow solo", team.shop)
        await team.cast.hears("build")
        await team.shows("T1:card", "Working")
        program.send(signal.SIGTERM)
        ended = await program.ended()
        await team.slack.disconnected()
    team.cast.let_go()
    async with team.serving():
        await team.shows("T1:ended:1", "Done")
        await team.settled()

    assert ended.code == 0
    assert "Traceback" not in ended.stderr


async def _promised(team: Team, said: Envelope) -> None:
    """What is acknowledged is kept, unless that takes so long that Slack must not wait for it: then we do."""
    if said.acked_after_s is not None and said.acked_after_s >= KEPT_OR_ACKED_AFTER_S:
        await team.kept(said)


async def _killed_in_the_call(team: Team, program: Running) -> None:
    """kill -9, once Slack holds back its answer; it never comes."""
    await eventually(lambda: not team.slack.faults.waiting, within_s=150, what="the call whose answer is held back")
    await _killed(team, program)


async def _killed(team: Team, program: Running) -> None:
    program.send(signal.SIGKILL)
    await program.process.wait()
    await team.slack.disconnected()
    await team.studio.shop.nobody_left()
