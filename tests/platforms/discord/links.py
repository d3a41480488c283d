"""The two ends of a gateway connection: the session, which Discord remembers, and the socket it runs through now."""

import asyncio
import json
import zlib
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from aiohttp import web

from tests.platforms.discord.intents import Intent


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
class Link:
    """One socket."""

    response: web.WebSocketResponse
    transport: asyncio.Transport
    squeeze: Any = None
    """Compresses what is sent; None when the app did not ask for that."""
    ended: bool = False
    """Whether Discord ended it; a session can be taken up again then, whatever the code."""
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
