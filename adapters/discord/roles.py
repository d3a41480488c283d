"""Which roles people have in the servers we share with them, as settings write them: `discord:1234/role:5678`."""

import json
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from typing import cast

from adapters.chat.errors import ChatError, MessageGoneError, NotReachableError
from adapters.chat.keyvalue import KeyValueStore
from adapters.chat.payload import texts_at
from adapters.discord.calls import Calls
from adapters.discord.errors import UNKNOWN_MEMBER
from adapters.discord.ids import PLATFORM

FRESH_S = 15.0
"""How long what Discord said of somebody's roles in another server counts: whose role was taken away is soon told."""
STALE_S = 300.0
"""How long it counts while Discord does not answer, which somebody can see to by asking for too much."""
_KEEP_S = 90 * 86_400.0
_MOST = 10_000
_MOST_GUILDS = 20
"""Servers one person is looked up in."""


class Roles:
    """Roles by person. Events tell those of the server they come from; of others Discord is asked. `clock` in s.

    Only `guilds` count, () for all of them: whoever adds the bot to servers of their own makes it ask for nothing.
    """

    def __init__(
        self, calls: Calls, kept: KeyValueStore, *, clock: Callable[[], float], guilds: Collection[str] = ()
    ) -> None:
        self._calls = calls
        self._guilds_listed = frozenset(guilds)
        self._kept = kept
        self._clock = clock
        self._known: OrderedDict[tuple[str, str], tuple[tuple[str, ...] | None, float]] = OrderedDict()

    async def of(self, user: str, *, guild: str = "", roles: Iterable[str] | None = ()) -> tuple[str, ...]:
        """The groups of `user` everywhere; `roles` are those in `guild`, where something was done just now.

        Without `guild` the servers of the settings that the person is in are told, too.

        With None for roles Discord is asked for those in `guild`, too.

        Of a server whose answer does not come the last one counts for a while, else nothing is said.
        """
        counts = not self._guilds_listed or guild in self._guilds_listed
        guilds = await self._guilds(user, guild if counts else "")
        if guild and counts and roles is not None:
            self._keep(user, guild, tuple(roles))
        groups = () if guild else await self._memberships(user)
        for each in guilds:
            groups += groups_in(each, await self._in(user, each) or ())
        return groups

    def unknown(self, *, guild: str, roles: Iterable[str]) -> tuple[str, ...]:
        """What counts while Discord says nothing in time: what the event told, and that nobody has left."""
        return groups_in(guild, roles) if guild else tuple(map(membership, self._listed()))

    async def is_outside(self, user: str) -> bool:
        """Whether the person is surely in none of the servers that count."""
        return bool(self._guilds_listed) and not await self._memberships(user)

    async def _memberships(self, user: str) -> tuple[str, ...]:
        """The servers of the settings that the person has not left, which an event in one of them says by itself."""
        return tuple([membership(each) for each in self._listed() if await self._in(user, each) is not None])

    def _listed(self) -> list[str]:
        return sorted(self._guilds_listed)[:_MOST_GUILDS]

    async def _guilds(self, user: str, guild: str) -> tuple[str, ...]:
        """Every server the person was seen in, which outlives the process."""
        kept = _texts(await self._kept.get(f"guilds/{user}"))
        if self._guilds_listed:
            kept = tuple(each for each in kept if each in self._guilds_listed)
        if not guild or guild in kept:
            return kept
        guilds = (guild, *kept)[:_MOST_GUILDS]
        await self._kept.set(f"guilds/{user}", json.dumps(guilds), for_s=_KEEP_S)
        return guilds

    async def _in(self, user: str, guild: str) -> tuple[str, ...] | None:
        """The roles of the person there; None for who is no member."""
        roles, said_s = self._known.get((user, guild), ((), -STALE_S))
        age_s = self._clock() - said_s
        if age_s < FRESH_S:
            return roles
        try:
            member = await self._calls.call("GET", f"/guilds/{guild}/members/{user}", repeatable=True)
        except (MessageGoneError, NotReachableError) as error:
            # where we are not in any more ourselves, nobody can tell who has left
            left = None if error.code == UNKNOWN_MEMBER else ()
            self._keep(user, guild, left)
            return left
        except ChatError:
            return roles if age_s < STALE_S else ()
        self._keep(user, guild, texts_at(member, "roles"))
        return self._known[user, guild][0]

    def _keep(self, user: str, guild: str, roles: tuple[str, ...] | None) -> None:
        self._known[user, guild] = (roles, self._clock())
        self._known.move_to_end((user, guild))
        while len(self._known) > _MOST:
            self._known.popitem(last=False)


def groups_in(guild: str, roles: Iterable[str]) -> tuple[str, ...]:
    """The roles in one server, as settings write them."""
    return tuple(f"{PLATFORM}:{guild}/role:{role}" for role in roles)


def membership(guild: str) -> str:
    """Everybody in one server, as a group."""
    return f"{PLATFORM}:{guild}/member"


def _texts(kept: str | None) -> tuple[str, ...]:
    try:
        found = cast("object", json.loads(kept or "[]"))
    except ValueError:
        return ()
    return (
        tuple(each for each in cast("list[object]", found) if isinstance(each, str)) if isinstance(found, list) else ()
    )
