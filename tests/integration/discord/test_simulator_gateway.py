"""The simulated gateway under discord.py's own client: sessions that come back, sockets that break, wishes refused."""

import asyncio
from typing import Any

import aiohttp
import discord
import pytest

from tests.integration.discord.simulated_bot import a_discord, running
from tests.platforms.discord.intents import Intent
from tests.platforms.discord.interaction import Callback
from tests.platforms.discord.pointing import pointed_at
from tests.support.waiting import eventually

pytestmark = pytest.mark.discord


async def test_what_a_broken_socket_missed_is_told_once_when_the_session_comes_back() -> None:
    async with a_discord() as simulated:
        alice, api = simulated.person("alice"), simulated.channel("api")
        async with running(simulated) as bot:
            await alice.says("before", api)
            await bot.hears("before")
            simulated.gateway.drop()
            await alice.says("in between", api)
            await bot.hears("resumed")
            await alice.says("after", api)
            await bot.hears("after")
            assert bot.heard == ["before", "in between", "resumed", "after"]
            assert (simulated.gateway.identified, simulated.gateway.resumed) == (1, 1)


@pytest.mark.parametrize("after", [False, True])
async def test_a_click_in_the_moment_of_a_break_is_answered_after_it(after: bool) -> None:
    async with a_discord() as simulated:
        alice, api = simulated.person("alice"), simulated.channel("api")
        async with running(simulated) as bot:
            await alice.uses("/orchestrate run", {"request": "fix it"}, api)
            card = await simulated.shows(lambda message: "T1" in message.words)
            simulated.gateway.drop_at("INTERACTION_CREATE", after=after)
            assert (await alice.clicks("Approve", card)).answer is Callback.MESSAGE
            await bot.hears("resumed")
            assert len(alice.private()) == 1


async def test_discord_asks_to_reconnect_and_the_session_goes_on() -> None:
    async with a_discord() as simulated:
        alice, api = simulated.person("alice"), simulated.channel("api")
        async with running(simulated) as bot:
            simulated.gateway.ask_to_reconnect()
            await bot.hears("resumed")
            await alice.says("hello", api)
            await bot.hears("hello")


async def test_an_invalid_session_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(*_: Any, **__: Any) -> None:
        """Instead of the 5 s that discord.py waits before it identifies again."""

    monkeypatch.setattr(discord.Client, "before_identify_hook", at_once)
    async with a_discord() as simulated:
        alice, api = simulated.person("alice"), simulated.channel("api")
        async with running(simulated) as bot:
            simulated.gateway.invalidate()
            await alice.says("nobody hears this", api)
            await simulated.until(lambda: simulated.gateway.identified == 2 or None)
            await alice.says("hello", api)
            await bot.hears("hello")
            assert bot.heard == ["hello"]


async def test_a_forgotten_session_cannot_come_back() -> None:
    async with (
        a_discord() as simulated,
        aiohttp.ClientSession() as session,
        session.ws_connect(simulated.gateway_url) as socket,
    ):
        assert (await socket.receive_json())["op"] == 10
        await socket.send_json({"op": 6, "d": {"token": simulated.bot_token, "session_id": "gone", "seq": 1}})
        assert await socket.receive_json() == {"op": 9, "t": None, "s": None, "d": False}


async def test_a_silent_socket_is_noticed_by_the_heartbeat() -> None:
    async with a_discord(heartbeat_s=0.1) as simulated:
        alice, api = simulated.person("alice"), simulated.channel("api")
        async with running(simulated, heartbeat_timeout=2.0) as bot:
            await simulated.until(lambda: simulated.gateway.heartbeats > 2 or None)
            simulated.gateway.go_silent()
            await alice.says("into the dark", api)
            await bot.hears("into the dark")
            await bot.hears("resumed")
            # a busy machine may be silent for so long too, before it and after it: then it resumes more often
            assert [each for each in bot.heard if each != "resumed"] == ["into the dark"]
            assert (simulated.gateway.identified, simulated.gateway.resumed >= 1) == (1, True)


async def test_wishes_that_are_not_switched_on_are_refused() -> None:
    async with a_discord(intents=Intent(0)) as simulated:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            async with running(simulated):
                pass
        assert simulated.gateway.refused == [4014]


async def test_a_wrong_token_is_refused() -> None:
    async with a_discord() as simulated:
        with pointed_at(simulated), pytest.raises(discord.LoginFailure):
            async with discord.Client(intents=discord.Intents.none()) as client:
                await client.login("wrong")


async def test_without_the_wish_for_content_only_what_is_meant_for_the_app_can_be_read() -> None:
    async with a_discord(intents=Intent(0)) as simulated:
        alice, api = simulated.person("alice"), simulated.channel("api")
        async with running(simulated, intents=discord.Intents.default()) as bot:
            await alice.says("a secret", api)
            mention = await alice.mentions("fix it", api)
            await alice.writes("directly")
            await bot.hears("directly")
            assert bot.heard == ["", mention.content, "directly"]


async def test_an_event_can_come_twice_and_in_another_order() -> None:
    async with a_discord() as simulated:
        alice, api = simulated.person("alice"), simulated.channel("api")
        async with running(simulated) as bot:
            simulated.gateway.twice = True
            await alice.says("twice", api)
            simulated.gateway.twice = False
            await bot.hears("twice", times=2)
            simulated.gateway.again()
            await bot.hears("twice", times=3)
            simulated.gateway.hold()
            await alice.says("first", api)
            await alice.says("second", api)
            simulated.gateway.release(reversed)
            await bot.hears("first")
            assert bot.heard[-2:] == ["second", "first"]


@pytest.mark.parametrize("presences", [False, True])
async def test_a_plain_client_finds_the_gateway_and_the_members(presences: bool) -> None:
    async with a_discord() as simulated:
        alice, guild = simulated.person("alice"), simulated.guild("team")
        admins = simulated.role("admins", guild=guild)
        alice.gets(admins, guild)
        intents = discord.Intents(guilds=True, members=True, presences=presences)
        with pointed_at(simulated):
            async with discord.Client(intents=intents, guild_ready_timeout=0.05) as client:
                await client.login(simulated.bot_token)
                connection = asyncio.create_task(client.connect())
                await asyncio.wait_for(client.wait_until_ready(), 90)

                def found() -> discord.Member | None:
                    seen = client.get_guild(int(guild.id))
                    return seen and seen.get_member(int(alice.id))

                await eventually(lambda: found() is not None, what="the member")
                member = found()
            await connection
        assert member is not None
        assert [role.name for role in member.roles] == ["@everyone", "admins"]
        await simulated.disconnected()


async def test_an_app_that_is_away_leaves_people_without_an_answer() -> None:
    async with a_discord(answer_within_s=0.05) as simulated:
        alice, api = simulated.person("alice"), simulated.channel("api")
        async with running(simulated):
            pass
        done = await alice.uses("/orchestrate run", {"request": "fix it"}, api)
        assert done.failed
        assert simulated.unanswered == [done]
