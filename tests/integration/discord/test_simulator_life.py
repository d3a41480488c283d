"""What goes on in the simulated Discord by itself and by its people: idle threads, rights, tokens, deletions."""

import asyncio
from collections.abc import AsyncIterator

import discord
import pytest

from tests.integration.discord.simulated_bot import Bot, a_discord, running
from tests.platforms.discord.permissions import May, allowed
from tests.platforms.discord.simulator import DiscordSimulator

pytestmark = pytest.mark.discord


@pytest.fixture
async def simulated() -> AsyncIterator[DiscordSimulator]:
    async with a_discord(pace=10) as simulated:
        simulated.channel("api")
        yield simulated


@pytest.fixture
async def bot(simulated: DiscordSimulator) -> AsyncIterator[Bot]:
    async with running(simulated) as bot:
        yield bot


async def test_a_thread_in_which_nothing_happens_is_put_away(simulated: DiscordSimulator, bot: Bot) -> None:
    alice, api = simulated.person("alice"), simulated.channel("api")
    thread = alice.starts_thread("talk", await alice.says("let us talk", api))
    simulated.passes(3 * 86400 - 60)
    assert not thread.archived
    simulated.passes(120)
    assert thread.archived
    found = await bot.fetch_channel(int(thread.id))
    assert isinstance(found, discord.Thread)
    await found.send("still here")
    assert not thread.archived


async def test_what_the_app_cannot_see_it_does_not_hear(simulated: DiscordSimulator, bot: Bot) -> None:
    alice, api, other = simulated.person("alice"), simulated.channel("api"), simulated.channel("other")
    simulated.denies(other, May.VIEW_CHANNEL)
    await alice.says("secret", other)
    await alice.says("open", api)
    await bot.hears("open")
    assert bot.heard == ["open"]


async def test_discord_writes_that_a_thread_began_and_got_another_name(simulated: DiscordSimulator, bot: Bot) -> None:
    alice, api = simulated.person("alice"), simulated.channel("api")
    found = await bot.fetch_channel(int(api.id))
    assert isinstance(found, discord.TextChannel)
    thread = await found.create_thread(name="T1", type=discord.ChannelType.public_thread)
    await thread.edit(name="T2")
    grown = alice.starts_thread("talk", await alice.says("let us talk", api))
    alice.renames(grown, "a long talk")
    kinds = discord.MessageType
    assert [each.type async for each in found.history()] == [kinds.default, kinds.thread_created]
    assert [each.type async for each in thread.history()] == [kinds.channel_name_change]
    inside = await bot.fetch_channel(int(grown.id))
    assert isinstance(inside, discord.Thread)
    begun = [each async for each in inside.history(oldest_first=True)]
    assert [each.type for each in begun] == [kinds.thread_starter_message, kinds.channel_name_change]
    assert [each.words for each in simulated.messages()] == ["let us talk"]


async def test_what_only_one_person_sees_is_not_in_the_channel(simulated: DiscordSimulator, bot: Bot) -> None:
    alice, api = simulated.person("alice"), simulated.channel("api")
    await alice.uses_message_command("Orchestrate this", await alice.says("hello", api))
    (hidden,) = alice.private(api)
    with pytest.raises(discord.NotFound) as caught:
        await bot.http.get_message(int(api.id), int(hidden.id))
    assert caught.value.code == 10008
    found = await bot.fetch_channel(int(api.id))
    assert isinstance(found, discord.TextChannel)
    assert [each.content async for each in found.history()] == ["hello"]


async def test_roles_travel_with_who_uses_a_command(simulated: DiscordSimulator, bot: Bot) -> None:
    alice, guild = simulated.person("alice"), simulated.guild()
    admins = simulated.role("admins")
    alice.gets(admins, guild)
    done = await alice.uses("/orchestrate run", {"request": "fix it"}, simulated.channel("api"))
    assert done.payload["member"]["roles"] == [admins.id]
    assert done.payload["guild_id"] == guild.id


async def test_what_a_channel_says_counts_over_roles_and_people_over_both(simulated: DiscordSimulator) -> None:
    alice, api, guild = simulated.person("alice"), simulated.channel("api"), simulated.guild()
    assert May.SEND_MESSAGES in allowed(guild, alice.id, api)
    simulated.denies(api, May.SEND_MESSAGES, to=guild.id)
    assert May.SEND_MESSAGES not in allowed(guild, alice.id, api)
    writers = simulated.role("writers")
    alice.gets(writers)
    api.overwrites[writers.id] = (May.SEND_MESSAGES, May(0))
    assert May.SEND_MESSAGES in allowed(guild, alice.id, api)
    simulated.denies(api, May.VIEW_CHANNEL, to=alice.id)
    assert allowed(guild, alice.id, api) == May(0)
    alice.gets(simulated.role("admins", permissions=May.ADMINISTRATOR))
    assert May.MANAGE_THREADS in allowed(guild, alice.id, api)


async def test_people_change_their_own_words_only_and_can_leave(simulated: DiscordSimulator, bot: Bot) -> None:
    alice, bob, api = simulated.person("alice"), simulated.person("bob"), simulated.channel("api")
    hers = await alice.says("frist", api)
    await alice.edits(hers, "first")
    assert hers.words == "first"
    with pytest.raises(AssertionError, match="others wrote"):
        await bob.edits(hers, "second")
    await bob.reacts("👍", hers)
    assert hers.reactions == {"👍": [bob.id]}
    bob.leaves(simulated.guild())
    with pytest.raises(AssertionError, match="is not in"):
        await bob.says("hello", api)


async def test_a_deleted_channel_is_gone_with_its_messages(simulated: DiscordSimulator, bot: Bot) -> None:
    alice, api = simulated.person("alice"), simulated.channel("api")
    await alice.says("words", api)
    simulated.removes(api)
    assert simulated.messages() == []
    with pytest.raises(discord.NotFound):
        await bot.fetch_channel(int(api.id))


async def test_a_revoked_token_ends_the_connection(simulated: DiscordSimulator, bot: Bot) -> None:
    ended = asyncio.create_task(bot.wait_for("disconnect"))
    await asyncio.sleep(0)
    await simulated.revokes_token()
    await asyncio.wait_for(ended, 90)
    await simulated.disconnected()


async def test_what_is_not_on_the_screen_cannot_be_pressed(simulated: DiscordSimulator, bot: Bot) -> None:
    alice, bob, api = simulated.person("alice"), simulated.person("bob"), simulated.channel("api")
    await alice.uses("/orchestrate run", {"request": "fix it"}, api)
    card = await simulated.shows(lambda message: "T1" in message.words)
    with pytest.raises(AssertionError, match="no button 'Stop'"):
        await alice.clicks("Stop", card)
    await alice.clicks("Approve", card)
    with pytest.raises(AssertionError, match="bob cannot see"):
        await bob.clicks("Approve", alice.private()[0])
    await alice.deletes(card)
    with pytest.raises(AssertionError, match="the message is gone"):
        await alice.clicks("Approve", card)
