"""Discord misbehaves: too much, errors, lost answers, a lost gateway, everything twice and in the wrong order."""

import sqlite3

import pytest

from tests.platforms.discord.intents import Intent
from tests.support.discord_team import Crew, posts
from tests.support.waiting import eventually

pytestmark = [pytest.mark.discord, pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]

TOKEN_LIFE_S = 15 * 60.0


async def test_a_storm_of_429_and_errors_delays_what_is_said_and_loses_nothing(crew: Crew) -> None:
    faults = crew.discord.faults
    async with crew.serving():
        faults.rate_limit("messages.post", retry_after_s=1, times=3)
        faults.server_error("messages.edit", status=503, times=2)
        faults.server_error("threads.from_message", times=2)
        asked = await crew.asks(crew.alice, "write a note", workflow="trio")
        plan = await crew.shows("A1:card", label="Approve plan")
        faults.rate_limit("messages.edit", retry_after_s=1, times=4)
        faults.rate_limit("messages.post", retry_after_s=1, everything=True)
        faults.server_error("messages.post", times=3)
        pressed = await crew.bob.clicks("Approve plan", plan)
        await crew.shows("A1:card", "Approved by Bob")
        await crew.shows("T1:ended:1", "Done")
        await crew.shows("T1:card", "Done")
        await crew.settled()

    assert asked.acked
    assert pressed.acked
    assert not faults.waiting, "the storm did not come"
    assert len(crew.discord.api.rate_limited) == 8, "it went on asking"
    assert crew.private(crew.bob) == [], "a person heard of it"


async def test_a_message_whose_answer_was_lost_is_found_and_not_posted_again(crew: Crew) -> None:
    faults = crew.discord.faults
    crew.cast.hold("build")  # it does not end before it is arranged what happens then
    async with crew.serving():
        # the card is there, and nobody says so
        answer = faults.hold("messages.post", after=True, which=posts("T1:card"))
        await crew.asks(crew.alice, "write a note", workflow="trio")
        await crew.discord.until(lambda: crew.posted("T1:card") or None)
        faults.reset("messages.post", after=True, which=posts("A1:card"))
        plan = await crew.shows("A1:card", label="Approve plan")
        answer.set()
        faults.server_error("messages.edit", after=True)
        await crew.bob.clicks("Approve plan", plan)
        await crew.shows("A1:card", "Approved by Bob")
        faults.reset("messages.post", after=True, which=posts("T1:ended:1"))
        crew.cast.let_go()
        await crew.shows("T1:ended:1", "Done")
        await crew.shows("T1:card", "Done")
        await crew.settled()

    assert not faults.waiting
    assert crew.doubles() == []
    assert [each.id for each in crew.public(crew.shop)] == [plan.channel]


async def test_a_gateway_that_breaks_in_mid_approval_loses_no_decision_and_hears_everything_once(crew: Crew) -> None:
    gateway = crew.discord.gateway
    crew.cast.hold("build")
    async with crew.serving():
        await crew.asks(crew.alice, "write a note", workflow="trio")
        plan = await crew.shows("A1:card", label="Approve plan")
        card = await crew.shows("T1:card", "Waiting for you")
        gateway.refuse(times=1)
        gateway.drop()
        said = await crew.bob.says("mention the weather", card)
        lost = await crew.bob.clicks("Approve plan", plan)
        await crew.shows("A1:card", "Approved by Bob")
        gateway.drop_at("MESSAGE_CREATE", after=True)
        more = await crew.bob.says("and the sea", card)
        await crew.discord.until(lambda: gateway.resumed > 1 or None)
        gateway.ask_to_reconnect()
        await crew.dealt_with(said)
        await crew.dealt_with(more)
        crew.cast.let_go()
        await crew.shows("T1:ended:1", "Done")
        await crew.shows("T1:card", "Done")
        await crew.settled()

    assert lost.acked or lost.failed
    assert gateway.resumed >= 2
    assert gateway.identified == 1, "a session was lost that could have been resumed"
    view = await crew.studio.view()
    assert [(each.id, each.decided_by) for each in view.approvals] == [("A1", crew.bob.key)]
    assert list(said.reactions) == ["👀"], "what was said meanwhile was not heard"
    acts = [each.act for each in await crew.audit()]
    assert (acts.count("approve"), acts.count("steer")) == (1, 2)


async def test_after_a_session_that_cannot_be_resumed_it_listens_again_and_cards_are_right(crew: Crew) -> None:
    gateway = crew.discord.gateway
    crew.cast.hold("build")
    async with crew.serving():
        await crew.asks(crew.alice, "write a note", workflow="trio")
        plan = await crew.shows("A1:card", label="Approve plan")
        card = await crew.shows("T1:card", "Waiting for you")
        gateway.invalidate()
        said = await crew.bob.says("use tabs", card)
        await crew.discord.until(lambda: gateway.identified > 1 or None, within_s=90)
        await crew.discord.connected()
        pressed = await crew.bob.clicks("Approve plan", plan)
        await crew.shows("A1:card", "Approved by Bob")
        await crew.dealt_with(said)
        crew.cast.let_go()
        await gateway.close(4009)
        await crew.shows("T1:ended:1", "Done")
        await crew.shows("T1:card", "Done")
        await crew.discord.connected()
        status = await crew.bob.uses("/orchestrate status", {}, crew.shop)
        await crew.settled()

    assert pressed.acked
    assert status.acked
    assert list(said.reactions) == ["👀"], "what was said in between was not heard"
    assert [each.act for each in await crew.audit()].count("steer") == 1


async def test_what_comes_twice_and_in_the_wrong_order_is_done_once(crew: Crew) -> None:
    gateway = crew.discord.gateway
    gateway.twice = True
    crew.cast.hold("plan")
    async with crew.serving():
        await crew.alice.mentions("write a note --workflow trio", crew.shop)
        await crew.cast.hears("plan")
        card = await crew.shows("T1:card")
        gateway.again()
        gateway.hold()
        await crew.alice.says("keep it short", card)
        await crew.bob.says("and friendly", card)
        await crew.ada.uses("/orchestrate status", {}, crew.shop)
        gateway.release(reversed)
        await crew.whispered(crew.bob, "hears it")
        await crew.whispered(crew.alice, "hears it")
        crew.cast.let_go()
        plan = await crew.shows("A1:card", label="Approve plan")
        await crew.bob.clicks("Approve plan", plan)
        gateway.again()
        await crew.shows("T1:ended:1", "Done")
        await crew.settled()

    assert await crew.tasks() == ["T1"]
    acts = [each.act for each in await crew.audit()]
    assert (acts.count("steer"), acts.count("approve")) == (2, 1)
    assert len(await crew.studio.told("message_delivered")) == 2
    assert len([each for each in crew.private(crew.bob) if "hears it" in each.words]) == 1


async def test_while_the_database_is_locked_people_are_answered_in_time_and_told_later_what_came_of_it(
    crew: Crew,
) -> None:
    crew.cast.hold("build")
    async with crew.serving():
        await crew.asks(crew.alice, "write a note")
        await crew.cast.hears("build")
        await crew.shows("T1:card", "Working")
        database = sqlite3.connect(crew.studio.shop.database, isolation_level=None, timeout=90)
        database.execute("BEGIN IMMEDIATE")
        looked = await crew.ada.uses("/orchestrate task", {"task": "T1"}, crew.shop)
        assert looked.acked
        asked = await crew.asks(crew.bob, "write another")
        assert asked.acked
        crew.discord.passes(TOKEN_LIFE_S + 60)
        database.execute("ROLLBACK")
        database.close()
        crew.cast.let_go()
        await crew.shows("T2:ended:1", "Done")
        await crew.shows("T1:ended:1", "Done")
        told = await crew.whispered(crew.ada, "write a note")
        await crew.settled()

    assert await crew.tasks() == ["T1", "T2"]
    assert told.channel == crew.ada.direct.id, "an answer whose time is over comes directly"


async def test_cards_that_somebody_deletes_are_missed_by_nobody(crew: Crew) -> None:
    crew.cast.hold("build")
    async with crew.serving():
        await crew.asks(crew.alice, "write a note", workflow="trio")
        plan = await crew.shows("A1:card", label="Approve plan")
        card = await crew.shows("T1:card", "Waiting for you")
        thread = crew.thread(card)
        await crew.ada.deletes(plan)
        await crew.ada.deletes(card)
        await crew.bob.uses("/orchestrate approve", {"approval": "A1"}, thread)
        await crew.cast.hears("build")
        crew.discord.removes(thread)
        crew.cast.let_go()
        result = await crew.shows("T1:ended:1", "Done")
        await crew.settled()

    assert result.channel != thread.id
    assert not result.deleted


async def test_without_the_intent_for_messages_it_says_what_to_switch_on_and_ends(crew: Crew) -> None:
    crew.discord.intents = Intent(0)
    async with crew.starting() as program:
        ended = await program.ended()

    assert ended.code != 0
    assert "Message Content Intent" in ended.stderr
    assert "Traceback" not in ended.stderr


async def test_a_wrong_token_is_told_in_one_line(crew: Crew) -> None:
    crew.discord.bot_token = "the.new.one"
    async with crew.starting() as program:
        ended = await program.ended()

    assert "[discord] bot_token" in ended.refused(ended.code)
    assert ended.code != 0
    await eventually(lambda: not crew.studio.shop.processes(), what="the end of everything")
