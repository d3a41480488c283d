"""Whose role was taken away cannot go on as if they had it, whatever they do so that Discord says nothing."""

from datetime import UTC, datetime

import pytest

from adapters.chat.keyvalue import MemoryValues
from adapters.discord.calls import Calls
from adapters.discord.roles import FRESH_S, STALE_S, Roles
from adapters.discord.wire import Answer, Request

pytestmark = pytest.mark.discord
HAS = ("discord:71/role:5",)


class Members:
    """A line on which Discord says what roles somebody has, or that it is asked too often."""

    def __init__(self) -> None:
        self.roles: list[str] | None = ["5"]
        self.left = False
        self.code = 10007
        self.asked = 0
        self.now_s = 1000.0

    async def send(self, request: Request) -> Answer:
        self.asked += 1
        if self.left:
            return Answer(status=404, body={"code": self.code, "message": "Unknown Member"})
        if self.roles is None:
            return Answer(status=429, body={"message": "slower", "retry_after": 0.2})
        return Answer(status=200, body={"roles": self.roles})


def a_server(*guilds: str) -> tuple[Members, Roles]:
    members = Members()
    calls = Calls(members, clock=lambda: members.now_s)
    kept = MemoryValues(clock=lambda: datetime.now(UTC))
    return members, Roles(calls, kept, clock=lambda: members.now_s, guilds=guilds)


async def test_roles_seen_a_moment_ago_are_not_asked_for() -> None:
    members, roles = a_server()
    assert await roles.of("1", guild="71", roles=["5"]) == HAS
    assert await roles.of("1") == HAS
    assert members.asked == 0


async def test_a_role_that_was_taken_away_is_gone_soon_in_direct_messages_too() -> None:
    members, roles = a_server()
    await roles.of("1", guild="71", roles=["5"])
    members.roles = []
    members.now_s += FRESH_S
    assert await roles.of("1") == ()


async def test_while_discord_does_not_answer_the_last_word_counts_but_not_for_ever() -> None:
    members, roles = a_server()
    await roles.of("1", guild="71", roles=["5"])
    members.roles = None
    members.now_s += FRESH_S
    assert await roles.of("1") == HAS
    members.now_s += STALE_S
    assert await roles.of("1") == ()


async def test_servers_that_are_not_in_the_settings_give_nobody_a_role_and_are_not_asked() -> None:
    members, roles = a_server("71")
    assert await roles.of("1", guild="666", roles=["5"]) == ()
    assert await roles.of("1", guild="71", roles=["5"]) == HAS
    members.now_s += FRESH_S
    assert await roles.of("1", guild="666", roles=["9"]) == HAS
    assert members.asked == 1


async def test_in_a_conversation_of_two_the_servers_somebody_is_in_are_told_also_if_they_never_wrote_there() -> None:
    members, roles = a_server("71", "72")
    assert await roles.of("1") == ("discord:71/member", "discord:72/member")
    assert not await roles.is_outside("1")
    assert members.asked == 2, "it is remembered for a while"


async def test_who_has_left_every_server_is_outside_and_loses_their_roles() -> None:
    members, roles = a_server("71")
    await roles.of("1", guild="71", roles=["5"])
    members.left = True
    assert not await roles.is_outside("1")
    members.now_s += FRESH_S
    assert await roles.is_outside("1")
    assert await roles.of("1") == ()


async def test_where_the_bot_itself_was_thrown_out_nobody_counts_as_gone_but_has_no_role() -> None:
    members, roles = a_server("71")
    members.left, members.code = True, 50001
    assert not await roles.is_outside("1")
    assert await roles.of("1") == ("discord:71/member",)


async def test_while_discord_does_not_answer_nobody_counts_as_gone() -> None:
    members, roles = a_server("71")
    members.roles = None
    assert await roles.of("1") == ("discord:71/member",) == roles.unknown(guild="", roles=())
    assert not await roles.is_outside("1")


async def test_without_servers_in_the_settings_nobody_is_outside() -> None:
    members, roles = a_server()
    assert not await roles.is_outside("1")
    assert members.asked == 0
