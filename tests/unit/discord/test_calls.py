"""Calls are made once, never more often than Discord allows, and whatever goes wrong is one of the port's errors."""

import asyncio
from collections.abc import Mapping

import aiohttp
import pytest

from adapters.chat.errors import (
    ChatError,
    ChatUnavailableError,
    FormExpiredError,
    MessageGoneError,
    NotReachableError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
)
from adapters.discord.calls import Calls
from adapters.discord.gateway import proxy_for
from adapters.discord.wire import Answer, Request

pytestmark = pytest.mark.discord


class FakeWire:
    """Answers what it is told to, or raises it; afterwards yes."""

    def __init__(self, *coming: Answer | BaseException) -> None:
        self.coming, self.sent = list(coming), list[Request]()

    async def send(self, request: Request) -> Answer:
        self.sent.append(request)
        if not self.coming:
            return Answer(status=200, body={})
        next_ = self.coming.pop(0)
        if isinstance(next_, BaseException):
            raise next_
        return next_


def refusal(status: int, code: int = 0, **headers: str) -> Answer:
    return Answer(status=status, body={"code": code, "message": "No."}, headers=headers)


def limited(*, left: int, after_s: float, bucket: str = "b") -> Answer:
    headers: Mapping[str, str] = {
        "X-RateLimit-Bucket": bucket,
        "X-RateLimit-Remaining": str(left),
        "X-RateLimit-Reset-After": str(after_s),
    }
    return Answer(status=200, body={}, headers=headers)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal(404, 10008), MessageGoneError),
        (refusal(404, 10003), NotReachableError),
        (refusal(403, 50001), NotReachableError),
        (refusal(403, 50007), NotReachableError),
        (refusal(403, 50013), NotReachableError),
        (refusal(403), NotReachableError),
        (refusal(404), MessageGoneError),
        (refusal(404, 10062), FormExpiredError),
        (refusal(400, 40060), FormExpiredError),
        (refusal(401, 50027), FormExpiredError),
        (refusal(400, 30046), RateLimitedError),
        (refusal(429), RateLimitedError),
        (refusal(401), ChatUnavailableError),
        (refusal(400, 50035), RejectedError),
        (refusal(413, 40005), RejectedError),
        (refusal(500), OutcomeUnknownError),
        (Answer(status=502, body="<html>bad gateway</html>"), OutcomeUnknownError),
        (Answer(status=429, body="<html>banned</html>"), RateLimitedError),
        (aiohttp.ServerDisconnectedError(), OutcomeUnknownError),
        (TimeoutError(), OutcomeUnknownError),
        (ConnectionResetError(), OutcomeUnknownError),
        (aiohttp.ConnectionTimeoutError(), ChatUnavailableError),
        (aiohttp.InvalidURL("x"), ChatUnavailableError),
    ],
)
async def test_what_goes_wrong_is_an_error_of_the_port(answer: Answer | Exception, error: type[ChatError]) -> None:
    wire = FakeWire(answer)
    with pytest.raises(error) as caught:
        await Calls(wire).call("POST", "/channels/1/messages", json={})
    assert type(caught.value) is error
    assert len(wire.sent) == 1


@pytest.mark.parametrize("answer", [refusal(500), TimeoutError(), aiohttp.ServerDisconnectedError()])
async def test_what_may_be_done_twice_counts_as_not_done(answer: Answer | BaseException) -> None:
    with pytest.raises(ChatUnavailableError):
        await Calls(FakeWire(answer)).call("PATCH", "/channels/1/messages/2", json={}, repeatable=True)


async def test_a_defect_of_ours_is_no_failure_of_discord() -> None:
    with pytest.raises(ZeroDivisionError):
        await Calls(FakeWire(ZeroDivisionError())).call("GET", "/users/@me")


async def test_being_cancelled_is_no_answer() -> None:
    with pytest.raises(asyncio.CancelledError):
        await Calls(FakeWire(asyncio.CancelledError())).call("GET", "/users/@me")


async def test_the_time_discord_asks_for_is_told_and_whether_it_is_about_everything() -> None:
    body = {"message": "slow", "retry_after": 3.5, "global": True}
    calls = Calls(FakeWire(Answer(status=429, body=body)), clock=lambda: 100.0)
    with pytest.raises(RateLimitedError) as caught:
        await calls.call("POST", "/channels/1/messages", json={})
    assert (caught.value.retry_after_s, caught.value.everywhere) == (3.5, True)
    with pytest.raises(RateLimitedError):
        await calls.call("GET", "/users/1")
    await calls.call("POST", "/interactions/1/token/callback", json={})


async def test_a_used_up_limit_is_kept_until_it_is_full_again() -> None:
    now = [100.0]
    wire = FakeWire(limited(left=1, after_s=5.0))
    calls = Calls(wire, clock=lambda: now[0])
    await calls.call("POST", "/channels/11111/messages", json={})
    await calls.call("POST", "/channels/11111/messages", json={})
    with pytest.raises(RateLimitedError) as caught:
        await calls.call("POST", "/channels/11111/messages", json={})
    assert caught.value.retry_after_s == 5.0
    assert len(wire.sent) == 2
    await calls.call("POST", "/channels/22222/messages", json={})
    await calls.call("GET", "/users/33333")
    now[0] += 5.1
    await calls.call("POST", "/channels/11111/messages", json={})


async def test_routes_that_share_a_limit_share_it() -> None:
    wire = FakeWire(limited(left=5, after_s=9.0), limited(left=0, after_s=9.0))
    calls = Calls(wire, clock=lambda: 100.0)
    await calls.call("PATCH", "/channels/11111/messages/22222", json={})
    await calls.call("POST", "/channels/11111/messages", json={})
    with pytest.raises(RateLimitedError):
        await calls.call("PATCH", "/channels/11111/messages/33333", json={})


async def test_an_error_does_not_tell_the_token_of_an_interaction() -> None:
    secret = "s" * 80
    with pytest.raises(ChatError) as caught:
        await Calls(FakeWire(refusal(404, 10062))).call("POST", f"/interactions/1/{secret}/callback", json={})
    assert secret not in str(caught.value)


def test_the_proxy_of_the_environment_is_used_where_it_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "localhost,127.0.0.1")
    assert proxy_for("https://discord.com/api/v10") == "http://proxy.example:3128"
    assert proxy_for("https://127.0.0.1:1/api/v10") is None
