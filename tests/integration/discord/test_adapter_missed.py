"""What people write in the thread of an open task while nobody listens is read as soon as somebody does again."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from adapters.chat.card import StepList, StepRow
from adapters.chat.inbound import MessageReceived
from adapters.chat.keyvalue import MemoryValues
from core.domain.identity import PersonId, Place
from core.domain.task import StepState
from tests.integration.discord.adapter_running import Ear, card, place_of, remembered, running
from tests.platforms.discord.simulator import DiscordSimulator

pytestmark = pytest.mark.discord
LIVE = card(sections=(StepList(rows=(StepRow(name="build", role="builder", state=StepState.RUNNING),)),))


@pytest.fixture
async def discord() -> AsyncIterator[DiscordSimulator]:
    async with DiscordSimulator(pace=20) as simulator:
        yield simulator


async def a_task(discord: DiscordSimulator, kept: MemoryValues) -> Place:
    """The thread of a task; the adapter that opened it is gone."""
    async with running(discord, kept=kept) as adapter:
        posted = await adapter.post(place_of(discord.channel("api")), LIVE, key="T142:card")
        await adapter.post(posted.thread, card("It has begun"), key="T142:begun")
    await discord.disconnected()
    return posted.thread


def said(ear: Ear) -> list[str]:
    """The messages that were heard, each once: the program knows them by their event."""
    return list({each.event_id: each.text for each in ear.said if isinstance(each, MessageReceived)}.values())


async def test_words_of_people_are_heard_with_who_when_and_what_they_reply_to(discord: DiscordSimulator) -> None:
    kept, ear = remembered(), Ear()
    thread = await a_task(discord, kept)
    alice, room = discord.person("alice"), discord.world.channels[thread.thread]
    role = discord.role("builders")
    alice.gets(role)
    ours = discord.messages(room)[-1]
    written = await alice.says(f"ask <@{alice.id}>, then use tabs", room, answers=ours)
    async with running(discord, ear, kept=kept, threads=[thread], guilds=(room.guild,)):
        heard = await ear.hears(MessageReceived)
    assert (heard.person.id, heard.person.name) == (alice.key, "Alice")
    assert heard.person.groups == (f"discord:{room.guild}/role:{role.id}",)
    assert (heard.place, heard.text) == (thread, "ask @Alice, then use tabs")
    assert (heard.message, heard.event_id) == (written.id, f"message:{written.id}")
    assert (heard.answers, heard.mentions_us, heard.direct) == (ours.id, False, False)
    assert heard.written_at is not None
    assert abs(heard.written_at - datetime.now(UTC)) < timedelta(minutes=10)


async def test_a_session_that_cannot_be_resumed_loses_nothing_and_repeats_no_event(discord: DiscordSimulator) -> None:
    kept, ear = remembered(), Ear()
    thread = await a_task(discord, kept)
    alice, room = discord.person("alice"), discord.world.channels[thread.thread]
    async with running(discord, ear, kept=kept, threads=[thread]):
        await alice.says("first", room)
        await ear.hears(MessageReceived, lambda heard: heard.text == "first")
        discord.gateway.forget_sessions()
        discord.gateway.drop()
        await alice.says("second", room)
        await ear.hears(MessageReceived, lambda heard: heard.text == "second")
        await discord.connected()
        await alice.says("third", room)
        await ear.hears(MessageReceived, lambda heard: heard.text == "third")
    assert sorted(said(ear)) == ["first", "second", "third"]


async def test_more_than_a_page_is_read_in_its_order(discord: DiscordSimulator) -> None:
    kept, ear = remembered(), Ear()
    thread = await a_task(discord, kept)
    alice, room = discord.person("alice"), discord.world.channels[thread.thread]
    for number in range(130):
        await alice.says(str(number), room)
    async with running(discord, ear, kept=kept, threads=[thread]):
        await ear.hears(MessageReceived, lambda heard: heard.text == "129")
    assert said(ear) == [str(number) for number in range(130)]


async def test_neither_other_threads_nor_what_is_days_old_is_read(discord: DiscordSimulator) -> None:
    kept, ear = remembered(), Ear()
    thread = await a_task(discord, kept)
    alice, room = discord.person("alice"), discord.world.channels[thread.thread]
    await alice.says("long ago", room)
    other = alice.starts_thread("lunch", await alice.says("who is for lunch?", discord.channel("shop")))
    await alice.says("me", other)
    discord.passes(4 * 86_400)
    await alice.says("just now", room)
    async with running(discord, ear, kept=kept, threads=[thread], now=lambda: datetime.now(UTC) + timedelta(days=4)):
        await ear.hears(MessageReceived, lambda heard: heard.text == "just now")
    assert said(ear) == ["just now"]


async def test_what_was_heard_before_a_restart_is_not_read_for_ever(discord: DiscordSimulator) -> None:
    kept = remembered()
    thread = await a_task(discord, kept)
    alice, room = discord.person("alice"), discord.world.channels[thread.thread]
    first, second = Ear(), Ear()
    await alice.says("before", room)
    async with running(discord, first, kept=kept, threads=[thread]):
        await first.hears(MessageReceived)
        discord.passes(600)
        last = await alice.says("after", room)
        await first.hears(MessageReceived, lambda heard: heard.text == "after")
    async with running(discord, second, kept=kept, threads=[thread]):
        await second.hears(MessageReceived)
    assert said(second) == ["after"]
    assert int(discord.called("messages.list")[-1].query["after"]) < int(last.id)


async def test_a_conversation_of_two_is_read_too(discord: DiscordSimulator) -> None:
    kept, ear, alice = remembered(), Ear(), discord.person("alice")
    async with running(discord, kept=kept) as adapter:
        posted = await adapter.direct(PersonId(alice.key), LIVE, key="T142:card")
    await discord.disconnected()
    shown = discord.world.messages[posted.message]
    await alice.replies("use tabs", shown)
    async with running(discord, ear, kept=kept, threads=[posted.thread]):
        heard = await ear.hears(MessageReceived)
    assert (heard.place, heard.direct, heard.text) == (posted.thread, True, "use tabs")


async def test_a_discord_that_answers_with_errors_at_first_is_asked_again(discord: DiscordSimulator) -> None:
    kept, ear = remembered(), Ear()
    thread = await a_task(discord, kept)
    await discord.person("alice").says("still here", discord.world.channels[thread.thread])
    discord.faults.rate_limit("messages.list", retry_after_s=0.01)
    async with running(discord, ear, kept=kept, threads=[thread]):
        assert (await ear.hears(MessageReceived)).text == "still here"


async def test_a_thread_that_is_gone_keeps_nobody_from_reading_the_others(discord: DiscordSimulator) -> None:
    kept, ear = remembered(), Ear()
    thread = await a_task(discord, kept)
    gone = Place(platform="discord", space=thread.space, channel=thread.channel, thread="4711")
    await discord.person("alice").says("still here", discord.world.channels[thread.thread])
    async with running(discord, ear, kept=kept, threads=[gone, thread]):
        assert (await ear.hears(MessageReceived)).text == "still here"
