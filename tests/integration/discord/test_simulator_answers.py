"""Every call of the simulated Discord is made once, and each answer is one that Discord describes."""

from typing import Any

import aiohttp
import pytest

from tests.integration.discord.simulated_bot import AGENT, a_discord, running
from tests.platforms.discord.catalogue import ROUTES
from tests.platforms.discord.simulator import DiscordSimulator

pytestmark = pytest.mark.discord

_COMMAND = {"name": "more", "description": "one more"}
_EYES = "%F0%9F%91%80"


async def test_every_call_has_the_answer_that_is_described() -> None:
    async with a_discord(pace=100) as simulated, running(simulated):
        headers = {"Authorization": f"Bot {simulated.bot_token}", "User-Agent": AGENT}
        async with aiohttp.ClientSession(headers=headers) as session:
            await _make_every_call(simulated, session)
        named = {call.method for call in simulated.calls if call.status < 300}
        assert {route.name for route in ROUTES} - named == set()


async def _make_every_call(simulated: DiscordSimulator, session: aiohttp.ClientSession) -> None:
    alice, guild, api = simulated.person("alice"), simulated.guild(), simulated.channel("api")
    alice.gets(simulated.role("admins"))
    app = f"/applications/{simulated.application_id}"

    async def call(verb: str, path: str, body: Any = None, **query: str) -> Any:
        address = f"{simulated.api_url}{path}"
        async with session.request(verb, address, json=body, params=query) as answer:
            text = await answer.text()
            assert answer.status < 300, f"{verb} {path}: {text}"
            return await answer.json() if text else None

    for path in ("/gateway", "/gateway/bot", "/users/@me", "/applications/@me", "/oauth2/applications/@me"):
        await call("GET", path)
    for path in ("", "/channels", "/roles", "/threads/active", f"/members/{alice.id}"):
        await call("GET", f"/guilds/{guild.id}{path}")
    await call("GET", f"/guilds/{guild.id}/members", limit="5")
    await call("GET", "/users/@me/guilds", limit="5")
    await call("GET", f"/users/@me/guilds/{guild.id}/member")
    await call("GET", f"/users/{alice.id}")
    await call("POST", "/users/@me/channels", {"recipient_id": alice.id})

    for scope in (app, f"{app}/guilds/{guild.id}"):
        made = await call("POST", f"{scope}/commands", _COMMAND)
        await call("PATCH", f"{scope}/commands/{made['id']}", {"description": "changed"})
        assert (await call("GET", f"{scope}/commands/{made['id']}"))["description"] == "changed"
        await call("DELETE", f"{scope}/commands/{made['id']}")
        await call("PUT", f"{scope}/commands", [_COMMAND])
        assert len(await call("GET", f"{scope}/commands")) == 1

    asked = await alice.says("hello", api)
    answer = {"message_id": asked.id, "channel_id": api.id}
    message = await call("POST", f"/channels/{api.id}/messages", {"content": "hi", "message_reference": answer})
    there = f"/channels/{api.id}/messages/{message['id']}"
    await call("PUT", f"{there}/reactions/{_EYES}/@me")
    assert len(await call("GET", f"{there}/reactions/{_EYES}")) == 1
    assert (await call("GET", there))["reactions"][0]["me"]
    await call("DELETE", f"{there}/reactions/{_EYES}/@me")
    await call("PATCH", there, {"content": "changed"})
    await call("GET", f"/channels/{api.id}/messages", limit="10")
    await call("POST", f"/channels/{api.id}/typing")
    await call("GET", f"/channels/{api.id}")

    thread = await call("POST", f"{there}/threads", {"name": "T1"})
    assert (await call("GET", there))["thread"]["id"] == thread["id"]
    await call("PUT", f"/channels/{thread['id']}/thread-members/@me")
    await call("PUT", f"/channels/{thread['id']}/thread-members/{alice.id}")
    await call("GET", f"/channels/{thread['id']}/thread-members")
    await call("PATCH", f"/channels/{thread['id']}", {"name": "T2", "archived": True})
    assert len((await call("GET", f"/channels/{api.id}/threads/archived/public"))["threads"]) == 1
    await call("POST", f"/channels/{api.id}/threads", {"name": "T3", "type": 11})
    forum = simulated.forum("tasks", tags=["done"])
    first = {"content": "card"}
    tags = [forum.available_tags[0]["id"]]
    await call("POST", f"/channels/{forum.id}/threads", {"name": "T4", "message": first, "applied_tags": tags})
    await call("GET", f"/channels/{forum.id}")
    await call("DELETE", there)

    simulated.gateway.hold()
    did = await alice.uses("/more", {}, api)
    await call("POST", f"/interactions/{did.id}/{did.token}/callback", {"type": 5}, with_response="true")
    hook = f"/webhooks/{simulated.application_id}/{did.token}"
    await call("PATCH", f"{hook}/messages/@original", {"content": "done"})
    await call("GET", f"{hook}/messages/@original")
    more = await call("POST", hook, {"content": "more", "flags": 64}, wait="true")
    await call("PATCH", f"{hook}/messages/{more['id']}", {"content": "even more"})
    await call("GET", f"{hook}/messages/{more['id']}")
    await call("DELETE", f"{hook}/messages/{more['id']}")
    await call("DELETE", f"{hook}/messages/@original")
