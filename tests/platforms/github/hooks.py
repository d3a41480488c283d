"""The webhooks of the simulated GitHub: signed, tried once, and what was answered to them."""

import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import aiohttp


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """Where what happens is told."""

    url: str
    secret: str


@dataclass(slots=True, kw_only=True)
class Hooks:
    """All of them. `lost` swallows what is delivered, as a network may."""

    known: list[Hook] = field(default_factory=list[Hook])
    answers: list[int] = field(default_factory=list[int])
    lost: bool = False

    def add(self, url: str, *, secret: str) -> None:
        """From now on it is told what happens."""
        self.known.append(Hook(url=url, secret=secret))

    async def deliver(self, kind: str, payload: dict[str, Any], *, times: int = 1) -> None:
        """Tell everybody, and wait for the answers."""
        if self.lost:
            return
        body = json.dumps(payload).encode()
        for hook in self.known:
            for _ in range(times):
                self.answers.append(await post(hook.url, kind, body, signature=signed(body, secret=hook.secret)))


def signed(body: bytes, *, secret: str) -> str:
    """GitHub's signature of a body."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


async def post(url: str, kind: str, body: bytes, *, signature: str) -> int:
    """One delivery: the status of its answer."""
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": kind,
        "X-GitHub-Delivery": str(uuid.uuid4()),
        "X-Hub-Signature-256": signature,
        "User-Agent": "GitHub-Hookshot/simulated",
    }
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        return answer.status
