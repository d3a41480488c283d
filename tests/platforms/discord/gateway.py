"""The gateway: the app's sessions, the sockets they run through, what is told and told again, and how it breaks."""

import asyncio
import json
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from tests.platforms.discord.bell import Bell
from tests.platforms.discord.intents import PRIVILEGED, Intent, shown, wants

Told = tuple[str, dict[str, Any]]
"""An event: its name and what it says."""
HEARTBEAT_S = 41.25


class Op(IntEnum):
    """What a frame is (docs.discord.com/developers/topics/opcodes-and-status-codes)."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    VOICE = 4
    RESUME = 6
    RECONNECT = 7
    MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


@dataclass(slots=True, kw_only=True)
class Session:
    """What Discord remembers of a connected app; it outlives the socket."""

    id: str
    intents: Intent
    frames: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """Every event that it was told or is to be told, in order; the n-th has the sequence number n."""

    def add(self, event: str, payload: dict[str, Any]) -> dict[str, Any]:
        """The next frame."""
        frame = {"op": int(Op.DISPATCH), "t": event, "s": len(self.frames) + 1, "d": payload}
        self.frames.append(frame)
        return frame


@dataclass(slots=True, kw_only=True)
class _Link:
    """One socket."""

    response: web.WebSocketResponse
    transport: asyncio.Transport
    squeeze: Any = None
    """Compresses what is sent; None when the app did not ask for that."""
    silent: bool = False
    """Discord thinks it is there, but nothing goes through in either direction."""
    session: Session | None = None
    outbox: asyncio.Queue[dict[str, Any] | None] = field(default_factory=asyncio.Queue[dict[str, Any] | None])
    """What is to be sent; None breaks the socket there."""

    async def write(self) -> None:
        """Send what is in the outbox, in order, until the socket is gone."""
        try:
            while True:
                frame = await self.outbox.get()
                try:
                    await self._send(frame)
                finally:
                    self.outbox.task_done()
        except ConnectionError:
            pass  # the reading side notices, too, and ends the link
        finally:
            self._throw_away()

    async def _send(self, frame: dict[str, Any] | None) -> None:
        if frame is None:
            self.transport.abort()
            raise ConnectionError
        if self.silent:
            return
        text = json.dumps(frame)
        if self.squeeze is None:
            await self.response.send_str(text)
        else:
            squeezed = self.squeeze.compress(text.encode()) + self.squeeze.flush(zlib.Z_SYNC_FLUSH)
            await self.response.send_bytes(squeezed)

    def _throw_away(self) -> None:
        """Nobody is to wait for what cannot be sent any more."""
        while not self.outbox.empty():
            self.outbox.get_nowait()
            self.outbox.task_done()


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
        self._links: list[_Link] = []
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

    async def close(self) -> None:
        """Every socket is closed politely."""
        for link in list(self._links):
            await link.response.close(code=WSCloseCode.GOING_AWAY)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One socket, as long as it lives."""
        if self._refusals:
            self._refusals -= 1
            return web.Response(status=503)
        response = web.WebSocketResponse(max_msg_size=1 << 20)
        await response.prepare(request)
        assert request.transport is not None
        squeezes = request.query.get("compress") == "zlib-stream"
        link = _Link(response=response, transport=request.transport, squeeze=zlib.compressobj() if squeezes else None)
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

    async def _heard(self, link: _Link, frame: dict[str, Any]) -> None:
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

    async def _identify(self, link: _Link, said: dict[str, Any]) -> None:
        asked = Intent(int(said.get("intents", 0)))
        if said.get("token") != self._token():
            return await self._close(link, 4004)
        if asked & PRIVILEGED & ~self._granted():
            return await self._close(link, 4014)
        self.identified += 1
        session = Session(id=f"session-{next(self._numbers)}", intents=asked)
        self.sessions[session.id] = link.session = session
        link.session = session
        for event, payload in self._welcome(session):
            if wants(asked, event, payload):
                shard = {"shard": said["shard"]} if event == "READY" and "shard" in said else {}
                link.outbox.put_nowait(session.add(event, payload | shard))
        self._bell.ring()
        return None

    async def _resume(self, link: _Link, said: dict[str, Any]) -> None:
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

    async def _close(self, link: _Link, code: int) -> None:
        self.refused.append(code)
        await link.response.close(code=code)

    def _left(self, link: _Link) -> None:
        """A socket is gone; who says goodbye with 1000 or 1001 does not come back to the session."""
        if link in self._links:
            self._links.remove(link)
        if link.session is not None and link.response.close_code in (1000, 1001):
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
