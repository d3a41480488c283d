"""HTTP mode: Slack's signed requests to the address of the app."""

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.platforms.slack.envelope import Envelope


class HttpSender:
    """Posts envelopes to the app's address, signed with the signing secret."""

    def __init__(self, *, url: str, signing_secret: str, ack_within_s: float) -> None:
        self._url, self._secret = url, signing_secret
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ack_within_s))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._session.close()

    async def verify_url(self) -> str:
        """Slack's own check of the address: the app must send the challenge back. Returns what it sent."""
        body = {"type": "url_verification", "challenge": "challenge-1", "token": "verification"}
        answer = await self._post(json.dumps(body), "application/json", {})
        return str(answer.get("challenge", answer) if isinstance(answer, dict) else answer)

    async def send(self, envelope: Envelope) -> Any:
        """Post one envelope; what the app answered.

        ConnectionError when nobody listens or the answer is an error, TimeoutError without an answer in time.
        """
        retry = {"X-Slack-Retry-Num": str(envelope.attempts - 1), "X-Slack-Retry-Reason": "http_timeout"}
        match envelope.kind:
            case "events_api":
                body, kind = json.dumps(envelope.payload), "application/json"
            case "slash_commands":
                body, kind = urlencode(envelope.payload), "application/x-www-form-urlencoded"
            case _:
                body = urlencode({"payload": json.dumps(envelope.payload)})
                kind = "application/x-www-form-urlencoded"
        return await self._post(body, kind, retry if envelope.attempts > 1 else {})

    async def _post(self, body: str, content_type: str, headers: dict[str, str]) -> Any:
        signed = sign(body, secret=self._secret, at=int(time.time()))
        headers = headers | signed | {"Content-Type": content_type}
        try:
            async with self._session.post(self._url, data=body.encode(), headers=headers) as response:
                text = await response.text()
                if response.status != 200:
                    raise ConnectionError(f"{response.status}: {text[:200]}")
        except aiohttp.ClientError as error:
            raise ConnectionError(str(error)) from error
        return json.loads(text) if text.startswith(("{", "[")) else text


def sign(body: str, *, secret: str, at: int) -> dict[str, str]:
    """The headers that prove where it comes from: docs.slack.dev/authentication/verifying-requests-from-slack."""
    base = f"v0:{at}:{body}".encode()
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={digest}"}
