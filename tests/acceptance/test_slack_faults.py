"""Slack misbehaves: too much, errors, lost answers, lost sockets, everything twice and in the wrong order."""

import asyncio
import sqlite3

import pytest

from tests.platforms.slack.envelope import Envelope
from tests.support.slack_team import Team, posts

pytestmark = [pytest.mark.slack, pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]

LOCKED_FOR_S = 10.0
REQUEST = "/orchestrate write a note --workflow trio"


async def test_a_storm_of_429_and_errors_delays_what_is_said_and_loses_nothing(team: Team) -> None:
    faults = team.slack.faults
    async with team.serving():
        faults.rate_limit("chat.postMessage", retry_after_s=1, times=3)
        faults.server_error("chat.update", status=503, times=2)
        asked = await team.alice.types(REQUEST, team.shop)
        plan = await team.shows("A1:card", label="Approve plan")
        faults.rate_limit("chat.update", retry_after_s=2, times=4)
        faults.server_error("chat.postMessage", times=3)
        pressed = await team.bob.clicks("Approve plan", plan)
        await team.shows("A1:card", "Approved by bob")
        await team.shows("T1:ended:1", "Done")
        await team.shows("T1:card", "Done")
        await team.settled()

    assert asked.acked
    assert pressed.acked
    assert not faults.waiting, "the storm did not come"
    assert team.private(team.bob) == [], "a person heard of it"


async def test_a_message_whose_answer_was_lost_is_found_and_not_posted_again(team: Team) -> None:
    faults = team.slack.faults
    team.cast.hold("build")  # it does not end before it is arranged what happens then
    async with team.serving():
        # the card is there, and nobody says so
        answer = faults.hold("chat.postMessage", after=True, which=posts("T1:card"))
        await team.alice.types(REQUEST, team.shop)
        await team.slack.until(lambda: team.posted("T1:card") or None)
        faults.reset("chat.postMessage", after=True, which=posts("A1:card"))
        plan = await team.shows("A1:card", label="Approve plan")
        answer.set()
        faults.server_error("chat.update", after=True)
        await team.bob.clicks("Approve plan", plan)
        await team.shows("A1:card", "Approved by bob")
        faults.reset("chat.postMessage", after=True, which=posts("T1:ended:1"))
        team.cast.let_go()
        await team.shows("T1:ended:1", "Done")
        await team.shows("T1:card", "Done")
        await team.settled()

    assert not faults.waiting
    assert team.doubles() == set()
    assert plan.thread_ts == team.posted("T1:card")[0].ts


async def test_what_is_said_under_a_card_whose_answer_was_lost_is_heard(team: Team) -> None:
    team.cast.hold("build")
    async with team.serving():
        team.slack.faults.hold("chat.postMessage", after=True, which=posts("T1:card"))
        await team.alice.types("/orchestrate write a note --workflow solo", team.shop)
        (card,) = await team.slack.until(lambda: team.posted("T1:card") or None)
        said = await team.bob.replies("keep the old name as an alias", card)
        await team.whispered(team.bob, "hears it")
        team.cast.let_go()
        await team.shows("T1:ended:1", "Done")
        await team.settled()

    assert said.reactions == ["eyes"]
    assert [each.act for each in await team.audit()].count("steer") == 1


async def test_a_socket_that_breaks_in_mid_approval_loses_no_decision(team: Team) -> None:
    team.cast.hold("build")
    async with team.serving():
        await team.alice.types(REQUEST, team.shop)
        plan = await team.shows("A1:card", label="Approve plan")
        card = await team.shows("T1:card", "Waiting for you")
        await team.slack.sockets.drop()
        lost = await team.bob.clicks("Approve plan", plan)
        said = await team.bob.replies("mention the weather", card)
        await team.slack.connected()
        assert not lost.acked, "Slack itself says that it failed"
        again = await team.bob.clicks("Approve plan", plan)
        await team.slack.sockets.drop()
        await team.shows("A1:card", "Approved by bob")
        await team.dealt_with(said)
        team.cast.let_go()
        await team.shows("T1:ended:1", "Done")
        await team.shows("T1:card", "Done")
        await team.settled()

    assert again.acked
    view = await team.studio.view()
    assert [(each.id, each.decided_by) for each in view.approvals] == [("A1", team.bob.key)]
    assert said.reactions == ["eyes"], "what Slack tried again was not heard"


async def test_what_comes_twice_and_in_the_wrong_order_is_done_once(team: Team) -> None:
    team.slack.deliveries.twice = True
    team.cast.hold("plan")
    async with team.serving():
        asked = await team.alice.mentions("write a note --workflow trio", team.shop)
        await team.cast.hears("plan")
        card = await team.shows("T1:card")
        await team.slack.deliveries.again(_event_of(team, asked.ts))
        team.slack.deliveries.hold()
        await team.alice.replies("keep it short", card)
        await team.bob.replies("and friendly", card)
        await team.ada.types("/orchestrate status", team.shop)
        team.slack.deliveries.release(reversed)
        await team.whispered(team.bob, "hears it")
        await team.whispered(team.alice, "hears it")
        team.cast.let_go()
        plan = await team.shows("A1:card", label="Approve plan")
        press = await team.bob.clicks("Approve plan", plan)
        await team.slack.deliveries.again(press)
        await team.shows("T1:ended:1", "Done")
        await team.settled()

    assert await team.tasks() == ["T1"]
    steered = [each for each in await team.audit() if each.act == "steer"]
    assert len(steered) == 2
    assert len(await team.studio.told("message_delivered")) == 2
    assert [each.act for each in await team.audit()].count("approve") == 1


async def test_while_the_database_is_locked_slack_is_answered_in_time_all_the_same(team: Team) -> None:
    team.cast.hold("build")
    async with team.serving():
        await team.alice.types("/orchestrate write a note --workflow solo", team.shop)
        await team.cast.hears("build")
        card = await team.shows("T1:card", "Working")
        database = sqlite3.connect(team.studio.shop.database, isolation_level=None, timeout=90)
        database.execute("BEGIN IMMEDIATE")
        async with asyncio.TaskGroup() as people:
            locked = people.create_task(asyncio.sleep(LOCKED_FOR_S))  # this long, and no condition ends it sooner
            typed = people.create_task(team.alice.types("/orchestrate write another --workflow solo", team.shop))
            said = people.create_task(team.bob.replies("keep it short", card))
            home = people.create_task(team.ada.opens_home())
            locked.add_done_callback(lambda _: database.execute("ROLLBACK"))
        database.close()
        await team.dealt_with(said.result())
        team.cast.let_go()
        await team.shows("T2:ended:1", "Done")
        await team.shows("T1:ended:1", "Done")
        await team.settled()

    told = [envelope for envelope in team.slack.acks if envelope.payload.get("event", {}).get("ts") == said.result().ts]
    for envelope in (typed.result(), home.result(), *told):
        assert envelope.attempts == 1, envelope
        assert (envelope.acked_after_s or LOCKED_FOR_S) < LOCKED_FOR_S, envelope
    assert await team.tasks() == ["T1", "T2"]
    assert [each.act for each in await team.audit()].count("steer") == 1


def _event_of(team: Team, ts: str) -> Envelope:
    """How Slack told of the message written at `ts`."""
    return next(each for each in team.slack.acks if each.payload.get("event", {}).get("ts") == ts)
