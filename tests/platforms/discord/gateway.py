"""The gateway: the app's sessions, the sockets they run through, what is told and told again, and how it breaks."""

import asyncio
import json
import zlib
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from tests.platforms.discord.bell import Bell
from tests.platforms.discord.intents import PRIVILEGED, Intent, shown, wants
from tests.platforms.discord.links import Link, Op, Session

Told = tuple[str, dict[str, Any]]
"""An event: its name and what it says."""
HEARTBEAT_S = 41.25


class Gateway:
    """Lets the app in, tells it what happens, and tells a session that comes back what it missed, once."""

    def __init__(
        self,
        *,
        bell: Bell,
        token: Callable[[], str],
        granted: Callable[[], Intent],
        welcome: Callable[[Session], Iterable[Told]],
        members: Callable[[dict[str, Any]], dict[str, Any]],
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self._bell, self._token, self._granted = bell, token, granted
        self._welcome, self._members, self._heartbeat_s = welcome, members, heartbeat_s
        self._links: list[Link] = []
        self._numbers = count(1)
        self._refusals = 0
        self._held: list[Told] | None = None
        self._breaks_before = self._breaks_after = ""
        self.sessions: dict[str, Session] = {}
        self.twice = False
        """Whether each event is told twice."""
        self.told: list[Told] = []
        """Everything that happened, whether or not the app wanted to hear it."""
        self.opened = self.identified = self.resumed = self.heartbeats = 0
        """How many sockets, new sessions, sessions that came back and heartbeats there ever were."""
        self.refused: list[int] = []
        """The codes with which sockets were closed because of what the app said."""

    @property
    def connected(self) -> bool:
        """Whether Discord thinks that the app listens."""
        return any(link.session is not None for link in self._links)

    @property
    def open(self) -> int:
        """How many sockets there are, let in or not."""
        return len(self._links)

    @property
    def healthy(self) -> int:
        """How many sockets really work."""
        return sum(link.session is not None and not link.silent for link in self._links)

    def tell(self, event: str, payload: dict[str, Any]) -> None:
        """Something happened: every session that wants to know hears of it, now or when it is back."""
        told = (event, json.loads(json.dumps(payload)))
        self.told.append(told)
        if event == self._breaks_before:
            self._breaks_before = ""
            self.drop()
        if self._held is not None:
            self._held.append(told)
            return
        for _ in range(2 if self.twice else 1):
            self._spread(told)
        if event == self._breaks_after:
            self._breaks_after = ""
            for link in self._links:
                link.outbox.put_nowait(None)

    def again(self, told: Told | None = None) -> None:
        """Tell something once more, by default what a person did last; with a new number, as Discord does."""
        self._spread(told or self.done_by_people[-1])

    @property
    def done_by_people(self) -> list[Told]:
        """What people wrote, and did with the app."""
        return [(event, said) for event, said in self.told if _is_by_person(event, said)]

    async def sent(self) -> None:
        """Wait until what is to be told has left, as far as it can."""
        for link in list(self._links):
            await link.outbox.join()

    @property
    def holds(self) -> bool:
        """Whether what happens is kept back."""
        return self._held is not None

    def hold(self) -> None:
        """Keep back what happens from now on, until `release`; who acts does not wait for it."""
        self._held = []

    def release(self, order: Callable[[list[Told]], Iterable[Told]] = list) -> None:
        """Tell what was held in this order, such as `reversed`."""
        held, self._held = self._held or [], None
        for told in order(held):
            self._spread(told)

    def refuse(self, times: int = 1) -> None:
        """The next sockets are not let in."""
        self._refusals += times

    def forget_sessions(self) -> None:
        """Nobody who comes back is known any more."""
        self.sessions.clear()

    def drop(self) -> None:
        """Every socket breaks without a word, as when a cable is pulled."""
        for link in list(self._links):
            self._links.remove(link)
            link.transport.abort()
        self._bell.ring()

    def drop_at(self, event: str, *, after: bool = False) -> None:
        """Every socket breaks when the next `event` happens: before it is told, or right after."""
        if after:
            self._breaks_after = event
        else:
            self._breaks_before = event

    def go_silent(self) -> None:
        """Every socket that is open now stays open, and is dead: no event, no answer to a heartbeat."""
        for link in self._links:
            link.silent = True

    def ask_to_reconnect(self) -> None:
        """Discord asks the app to connect anew, as it does every few hours."""
        self._send_all({"op": int(Op.RECONNECT), "t": None, "s": None, "d": None})

    def invalidate(self, *, resumable: bool = False) -> None:
        """Discord ends the sessions; they may come back only when `resumable`."""
        if not resumable:
            self.forget_sessions()
        self._send_all({"op": int(Op.INVALID_SESSION), "t": None, "s": None, "d": resumable})

    async def close(self, code: int = WSCloseCode.GOING_AWAY) -> None:
        """Discord closes every socket with this code, such as 4009 for a session that timed out."""
        for link in list(self._links):
            link.ended = True
            await link.response.close(code=code)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One socket, as long as it lives."""
        if self._refusals:
            self._refusals -= 1
            return web.Response(status=503)
        response = web.WebSocketResponse(max_msg_size=1 << 20)
        await response.prepare(request)
        assert request.transport is not None
        squeezes = request.query.get("compress") == "zlib-stream"
        link = Link(response=response, transport=request.transport, squeeze=zlib.compressobj() if squeezes else None)
        self._links.append(link)
        self.opened += 1
        writer = asyncio.create_task(link.write(), name="discord-gateway-writer")
        hello = {"heartbeat_interval": int(self._heartbeat_s * 1000), "_trace": ["simulator"]}
        link.outbox.put_nowait({"op": int(Op.HELLO), "t": None, "s": None, "d": hello})
        self._bell.ring()
        try:
            async for message in response:
                if message.type == WSMsgType.TEXT and not link.silent:
                    await self._heard(link, json.loads(message.data))
        finally:
            self._left(link)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return response

    async def _heard(self, link: Link, frame: dict[str, Any]) -> None:
        match frame.get("op"):
            case Op.HEARTBEAT:
                self.heartbeats += 1
                self._bell.ring()
                link.outbox.put_nowait({"op": int(Op.HEARTBEAT_ACK), "t": None, "s": None, "d": None})
            case Op.IDENTIFY if link.session is None:
                await self._identify(link, frame["d"])
            case Op.RESUME if link.session is None:
                await self._resume(link, frame["d"])
            case Op.MEMBERS if link.session is not None:
                chunk = self._members(frame["d"])
                link.outbox.put_nowait(link.session.add("GUILD_MEMBERS_CHUNK", chunk))
            case Op.PRESENCE | Op.VOICE if link.session is not None:
                pass
            case _:
                await self._close(link, 4003 if link.session is None else 4001)

    async def _identify(self, link: Link, said: dict[str, Any]) -> None:
        asked = Intent(int(said.get("intents", 0)))
        if said.get("token") != self._token():
            return await self._close(link, 4004)
        if asked & PRIVILEGED & ~self._granted():
            return await self._close(link, 4014)
        self.identified += 1
        session = Session(id=f"session-{next(self._numbers)}", intents=asked)
        self.sessions[session.id] = link.session = session
        for event, payload in self._welcome(session):
            if wants(asked, event, payload):
                shard = {"shard": said["shard"]} if event == "READY" and "shard" in said else {}
                link.outbox.put_nowait(session.add(event, payload | shard))
        self._bell.ring()
        return None

    async def _resume(self, link: Link, said: dict[str, Any]) -> None:
        """What was missed comes first, then the word that it was all."""
        if said.get("token") != self._token():
            return await self._close(link, 4004)
        session = self.sessions.get(str(said.get("session_id")))
        if session is None:
            link.outbox.put_nowait({"op": int(Op.INVALID_SESSION), "t": None, "s": None, "d": False})
            return None
        if int(said["seq"]) > len(session.frames):
            return await self._close(link, 4007)
        for other in [each for each in self._links if each.session is session]:
            other.session = None
        self.resumed += 1
        link.session = session
        for frame in session.frames[int(said["seq"]) :]:
            link.outbox.put_nowait(frame)
        link.outbox.put_nowait(session.add("RESUMED", {"_trace": ["simulator"]}))
        self._bell.ring()
        return None

    async def _close(self, link: Link, code: int) -> None:
        self.refused.append(code)
        link.ended = True
        await link.response.close(code=code)

    def _left(self, link: Link) -> None:
        """A socket is gone; who says goodbye with 1000 or 1001 does not come back to the session."""
        if link in self._links:
            self._links.remove(link)
        left_for_good = link.response.close_code in (1000, 1001) and not link.ended
        if link.session is not None and left_for_good:
            self.sessions.pop(link.session.id, None)
        self._bell.ring()

    def _spread(self, told: Told) -> None:
        event, payload = told
        for session in self.sessions.values():
            if wants(session.intents, event, payload):
                frame = session.add(event, shown(session.intents, event, payload))
                for link in [each for each in self._links if each.session is session]:
                    link.outbox.put_nowait(frame)

    def _send_all(self, frame: dict[str, Any]) -> None:
        for link in self._links:
            link.outbox.put_nowait(frame)


def _is_by_person(event: str, said: dict[str, Any]) -> bool:
    return event == "INTERACTION_CREATE" or (event == "MESSAGE_CREATE" and not said["author"].get("bot"))
