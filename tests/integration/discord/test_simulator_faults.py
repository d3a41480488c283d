"""The simulated Discord in trouble: its pace, its errors, connections that break before or after the deed."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import discord
import pytest

from tests.integration.discord.simulated_bot import AGENT, Bot, a_discord, running
from tests.platforms.discord.simulator import DiscordSimulator

pytestmark = pytest.mark.discord


@pytest.fixture
async def simulated() -> AsyncIterator[DiscordSimulator]:
    async with a_discord() as simulated:
        simulated.channel("api")
        yield simulated


@pytest.fixture
async def bot(simulated: DiscordSimulator) -> AsyncIterator[Bot]:
    async with running(simulated, max_ratelimit_timeout=30) as bot:
        yield bot


async def channel_of(bot: Bot, simulated: DiscordSimulator) -> discord.TextChannel:
    found = await bot.fetch_channel(int(simulated.channel("api").id))
    assert isinstance(found, discord.TextChannel)
    return found


async def test_the_library_waits_as_long_as_it_is_told(simulated: DiscordSimulator, bot: Bot) -> None:
    channel = await channel_of(bot, simulated)
    simulated.faults.rate_limit("messages.post", retry_after_s=0.05)
    simulated.faults.rate_limit("messages.post", retry_after_s=0.05, everything=True)
    await channel.send("at last")
    assert len(simulated.api.rate_limited) == 2
    assert [each.words for each in simulated.messages()] == ["at last"]


async def test_a_wait_that_is_too_long_is_an_error(simulated: DiscordSimulator, bot: Bot) -> None:
    channel = await channel_of(bot, simulated)
    simulated.faults.rate_limit("messages.post", retry_after_s=120)
    with pytest.raises(discord.RateLimited) as caught:
        await channel.send("not now")
    assert caught.value.retry_after == 120


async def test_too_many_posts_in_one_channel_have_to_wait(simulated: DiscordSimulator) -> None:
    simulated.stands_still()
    api, other = simulated.channel("api"), simulated.channel("other")
    headers = {"Authorization": f"Bot {simulated.bot_token}", "User-Agent": AGENT}
    async with aiohttp.ClientSession(headers=headers) as session:

        async def post(channel: str) -> aiohttp.ClientResponse:
            address = f"{simulated.api_url}/channels/{channel}/messages"
            async with session.post(address, json={"content": "words"}) as answer:
                await answer.read()
                return answer

        answers = [await post(api.id) for _ in range(6)]
        assert [each.status for each in answers] == [200] * 5 + [429]
        assert [each.headers["X-RateLimit-Remaining"] for each in answers] == ["4", "3", "2", "1", "0", "0"]
        assert 0 < (await answers[-1].json())["retry_after"] <= 5
        assert (await post(other.id)).status == 200
        simulated.passes(5)
        assert (await post(api.id)).status == 200


async def test_a_third_name_within_ten_minutes_has_to_wait(simulated: DiscordSimulator, bot: Bot) -> None:
    simulated.stands_still()
    channel = await channel_of(bot, simulated)
    thread = await channel.create_thread(name="T1", type=discord.ChannelType.public_thread)
    for name in ("two", "three"):
        await thread.edit(name=name)
    with pytest.raises(discord.RateLimited) as caught:
        await thread.edit(name="four")
    assert 590 < caught.value.retry_after <= 600
    await thread.edit(archived=True)


@pytest.mark.parametrize("after", [False, True])
async def test_a_broken_connection_leaves_open_whether_it_was_done(
    simulated: DiscordSimulator, bot: Bot, after: bool
) -> None:
    channel = await channel_of(bot, simulated)
    simulated.faults.reset("messages.post", after=after)
    with pytest.raises(aiohttp.ClientError):
        await channel.send("perhaps")
    assert len(simulated.messages()) == int(after)


async def test_errors_are_those_of_discord(simulated: DiscordSimulator, bot: Bot) -> None:
    channel = await channel_of(bot, simulated)
    simulated.faults.error("messages.post", 50013, "Missing Permissions")
    with pytest.raises(discord.Forbidden) as caught:
        await channel.send("words")
    assert caught.value.code == 50013
    simulated.faults.server_error("messages.post", status=503)
    with pytest.raises(discord.DiscordServerError):
        await channel.send("words")
    assert simulated.messages() == []


async def test_an_answer_can_be_held_back(simulated: DiscordSimulator, bot: Bot) -> None:
    channel = await channel_of(bot, simulated)
    go_on = simulated.faults.hold("messages.post", after=True)
    sending = asyncio.create_task(channel.send("slowly"))
    await simulated.shows(lambda message: message.words == "slowly")
    assert not sending.done()
    go_on.set()
    assert (await sending).content == "slowly"


async def test_an_app_that_takes_its_time_leaves_the_person_without_an_answer() -> None:
    async with a_discord(answer_within_s=0.1) as simulated:
        alice = simulated.person("alice")
        async with running(simulated) as bot:
            bot.tree.on_error = _quietly
            go_on = simulated.faults.hold("interactions.answer")
            done = await alice.uses("/orchestrate run", {"request": "fix it"})
            assert done.failed
            go_on.set()
            await simulated.until(lambda: _too_late(simulated) or None)
            assert not done.acked


async def _quietly(*_: object) -> None:
    """The bot is meant to fail."""


def _too_late(simulated: DiscordSimulator) -> bool:
    return any(call.status == 404 for call in simulated.called("interactions.answer"))
