"""The simulated HTTP API, called by discord.py: what it does, and what it refuses with Discord's own codes."""

import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest

from tests.integration.discord.simulated_bot import AGENT, Bot, a_discord, running
from tests.platforms.discord.interaction import ANSWER_WITHIN_S
from tests.platforms.discord.message import Message
from tests.platforms.discord.permissions import May
from tests.platforms.discord.simulator import DiscordSimulator
from tests.platforms.discord.world import Channel

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


async def text_channel(bot: Bot, channel: Channel) -> discord.TextChannel:
    found = await bot.fetch_channel(int(channel.id))
    assert isinstance(found, discord.TextChannel)
    return found


def newest(simulated: DiscordSimulator, channel: Channel) -> Message:
    return simulated.messages(channel)[-1]


async def test_a_message_is_posted_edited_read_listed_and_deleted(simulated: DiscordSimulator, bot: Bot) -> None:
    api = simulated.channel("api")
    channel = await text_channel(bot, api)
    first = await channel.send("first")
    second = await channel.send("second", reference=first)
    await first.edit(content="changed")
    assert (await channel.fetch_message(first.id)).content == "changed"
    assert [each.content async for each in channel.history()] == ["second", "changed"]
    assert [each.content async for each in channel.history(after=first)] == ["second"]
    assert [each.content async for each in channel.history(before=second, limit=1)] == ["changed"]
    await second.add_reaction("👀")
    assert newest(simulated, api).reactions == {"👀": [simulated.application_id]}
    await second.delete()
    assert [each.words for each in simulated.messages(api)] == ["changed"]
    assert simulated.messages(api)[0].versions == ["first"]


async def test_a_retried_post_with_the_same_nonce_is_one_post(simulated: DiscordSimulator, bot: Bot) -> None:
    api = simulated.channel("api")
    channel = await text_channel(bot, api)
    said: dict[str, Any] = {"content": "once", "nonce": "k-1", "enforce_nonce": True}
    route = discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=channel.id)
    answers = [await bot.http.request(route, json=said) for _ in range(2)]
    assert answers[0]["id"] == answers[1]["id"]
    await bot.http.request(route, json=said | {"enforce_nonce": False})
    simulated.passes(600)
    await bot.http.request(route, json=said)
    assert [each.words for each in simulated.messages(api)] == ["once"] * 3


async def test_files_come_with_a_message_and_can_be_shown_and_fetched(simulated: DiscordSimulator, bot: Bot) -> None:
    api = simulated.channel("api")
    channel = await text_channel(bot, api)
    view = discord.ui.LayoutView()
    view.add_item(discord.ui.MediaGallery(discord.MediaGalleryItem("attachment://chart.png", description="a chart")))
    await channel.send(view=view, file=discord.File(io.BytesIO(b"PNG"), "chart.png"))
    plain = await channel.send("log", file=discord.File(io.BytesIO(b"line"), "log.txt", description="the log"))
    shown = simulated.messages(api)
    assert [each.files for each in shown] == [["chart.png"], ["log.txt"]]
    assert shown[0].components[0]["items"][0]["media"]["url"] == shown[0].attachments[0].url
    assert await plain.attachments[0].read() == b"line"
    await plain.edit(attachments=[])
    assert shown[1].files == []


async def test_only_those_who_may_be_called_are_called(simulated: DiscordSimulator, bot: Bot) -> None:
    alice, api = simulated.person("alice"), simulated.channel("api")
    channel = await text_channel(bot, api)
    text = f"<@{alice.id}> @everyone <@&{simulated.role('admins').id}>"
    await channel.send(text)
    assert newest(simulated, api).pings == [alice.id, "everyone", simulated.role("admins").id]
    await channel.send(text, allowed_mentions=discord.AllowedMentions.none())
    assert newest(simulated, api).pings == []
    only = discord.AllowedMentions(users=[discord.Object(int(alice.id))], roles=False, everyone=False)
    await channel.send(text, allowed_mentions=only)
    assert newest(simulated, api).pings == [alice.id]


async def test_a_thread_grows_from_a_message_is_renamed_and_put_away(simulated: DiscordSimulator, bot: Bot) -> None:
    alice, api = simulated.person("alice"), simulated.channel("api")
    channel = await text_channel(bot, api)
    card = await channel.send("card")
    thread = await card.create_thread(name="T1", auto_archive_duration=1440)
    assert thread.id == card.id
    inside = await thread.send("inside")
    await thread.edit(name="T1 done", archived=True)
    with pytest.raises(discord.HTTPException) as caught:
        await inside.edit(content="too late")
    assert caught.value.code == 50083
    with pytest.raises(discord.HTTPException) as caught:
        await card.create_thread(name="again")
    assert caught.value.code == 160004
    (kept,) = simulated.threads(api)
    assert (kept.name, kept.names, kept.archived) == ("T1 done", ["T1", "T1 done"], True)
    await alice.says("wake up", kept)
    assert not kept.archived
    await bot.hears("wake up")


async def test_a_forum_post_has_tags_and_its_first_message(simulated: DiscordSimulator, bot: Bot) -> None:
    forum = simulated.forum("tasks", tags=["running", "done"])
    found = await bot.fetch_channel(int(forum.id))
    assert isinstance(found, discord.ForumChannel)
    running_tag, done_tag = found.available_tags
    thread, message = await found.create_thread(name="T1", content="card", applied_tags=[running_tag])
    assert thread.id == message.id
    await thread.edit(applied_tags=[done_tag])
    (post,) = simulated.threads(forum)
    assert post.tags == [str(done_tag.id)]
    assert [each.words for each in simulated.messages(post)] == ["card"]
    alice = simulated.person("alice")
    await alice.posts("a wish", "please", forum)
    await bot.hears("please")
    with pytest.raises(discord.HTTPException) as caught:
        await bot.http.request(
            discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=found.id), json={"content": "x"}
        )
    assert caught.value.code == 50008


async def test_who_closed_direct_messages_cannot_be_written_to(simulated: DiscordSimulator, bot: Bot) -> None:
    alice, bob = simulated.person("alice"), simulated.person("bob")
    bob.closes_direct_messages()
    await (await bot.fetch_user(int(alice.id))).send("for you")
    assert newest(simulated, alice.direct).words == "for you"
    with pytest.raises(discord.Forbidden) as caught:
        await (await bot.fetch_user(int(bob.id))).send("for you")
    assert caught.value.code == 50007


async def test_what_is_not_there_or_not_allowed_has_its_code(simulated: DiscordSimulator, bot: Bot) -> None:
    alice, api = simulated.person("alice"), simulated.channel("api")
    channel = await text_channel(bot, api)
    hers = await alice.says("mine", api)

    async def code(call: Any) -> int:
        with pytest.raises(discord.HTTPException) as caught:
            await call
        return caught.value.code

    assert await code(channel.fetch_message(1)) == 10008
    assert await code(bot.fetch_channel(1)) == 10003
    assert await code(bot.fetch_guild(1)) == 10004
    assert await code(bot.http.edit_message(int(api.id), int(hers.id), params=_params(content="no"))) == 50005
    simulated.denies(api, May.SEND_MESSAGES)
    assert await code(channel.send("no")) == 50013
    simulated.denies(api, May.VIEW_CHANNEL)
    assert await code(channel.send("no")) == 50001


async def test_an_interaction_is_answered_once_and_in_time(simulated: DiscordSimulator, bot: Bot) -> None:
    alice, api = simulated.person("alice"), simulated.channel("api")
    done = await alice.uses("/orchestrate run", {"request": "fix it"}, api)
    callback = f"{simulated.api_url}/interactions/{done.id}/{done.token}/callback"
    hook = f"{simulated.api_url}/webhooks/{simulated.application_id}/{done.token}"
    async with aiohttp.ClientSession(headers={"User-Agent": AGENT}) as session:

        async def code(address: str) -> int:
            message = {"content": "again"}
            said = {"type": 4, "data": message} if address.endswith("callback") else message
            async with session.post(address, json=said) as answer:
                return int((await answer.json())["code"])

        assert await code(callback) == 40060
        simulated.gateway.hold()
        late = await alice.uses("/orchestrate run", {"request": "fix it"}, api)
        simulated.passes(ANSWER_WITHIN_S + 0.5)
        assert await code(f"{simulated.api_url}/interactions/{late.id}/{late.token}/callback") == 10062
        simulated.passes(900)
        assert await code(hook) == 50027


async def test_commands_keep_their_id_and_can_belong_to_one_guild(simulated: DiscordSimulator, bot: Bot) -> None:
    guild = simulated.guild()
    before = {each.name: each.id for each in await bot.tree.fetch_commands()}
    assert sorted(before) == ["Orchestrate this", "orchestrate"]
    assert {each.name: each.id for each in await bot.tree.sync()} == before
    assert await bot.tree.fetch_commands(guild=discord.Object(int(guild.id))) == []
    bot.tree.copy_global_to(guild=discord.Object(int(guild.id)))
    await bot.tree.sync(guild=discord.Object(int(guild.id)))
    assert len(await bot.tree.fetch_commands(guild=discord.Object(int(guild.id)))) == 2


async def test_commands_and_buttons_work_in_direct_conversations(simulated: DiscordSimulator, bot: Bot) -> None:
    alice = simulated.person("alice")
    asked = await alice.writes("do this")
    done = await alice.uses_message_command("Orchestrate this", asked)
    assert done.payload["user"]["id"] == alice.id
    assert [each.words for each in alice.private()] == ["on it: do this"]


async def test_guilds_are_kept_apart(simulated: DiscordSimulator, bot: Bot) -> None:
    other = simulated.guild("other")
    alice, carol = simulated.person("alice"), simulated.person("carol", in_=[other])
    there = simulated.channel("api", guild=other)
    await carol.says("from the other", there)
    await bot.hears("from the other")
    with pytest.raises(AssertionError, match="carol is not in team"):
        await carol.says("cannot", simulated.channel("api", guild=simulated.guild("team")))
    member = await bot.http.get_member(int(other.id), int(alice.id))
    assert member["user"]["id"] == alice.id
    simulated.removes_app(other)
    with pytest.raises(discord.NotFound):
        await bot.fetch_guild(int(other.id))


def _params(**said: Any) -> Any:
    return discord.http.handle_message_parameters(**said)
