"""What Discord answers instead of yes, as errors of the chat port: by its code for it, and by how far a call came."""

import asyncio
from collections.abc import Mapping

import aiohttp

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
from adapters.chat.payload import Payload, map_at, text_at
from adapters.discord.wire import Answer

DEFAULT_RETRY_S = 5.0
"""When Discord does not say; it always does."""
_AGAIN_S = 60.0
"""Old messages may be edited so rarely (code 30046) that Discord does not say when again."""

UNKNOWN_CHANNEL = "10003"
UNKNOWN_MEMBER = "10007"
UNKNOWN_MESSAGE = "10008"
NOT_A_TEXT_CHANNEL = "50008"
ARCHIVED = "50083"
THREAD_EXISTS = "160004"
_GONE = frozenset({UNKNOWN_MESSAGE, "50021"})
_FORM = frozenset({"10062", "40060", "10015", "50027"})
"""Unknown or answered interactions, and their webhooks once their time is over."""
_SLOWER = frozenset({"20016", "20022", "20028", "20029", "30046", "31002"})
_CLOSED: Mapping[str, str] = {
    UNKNOWN_CHANNEL: "The channel was deleted, or the bot cannot see it.",
    "50001": "Let the bot see the channel, or bind the project to another one.",
    "50007": "Allow direct messages from members of the server, in the server's privacy settings.",
    "50013": "Give the bot the permissions of its invitation in this channel.",
    "50278": "Join a server the bot is in.",
    NOT_A_TEXT_CHANNEL: "Choose a channel that can be written in.",
    ARCHIVED: "Open the thread again, or let the bot manage threads.",
    "160005": "Unlock the thread, or let the bot manage threads.",
    "160006": "Archive some threads of the channel: it has as many as Discord allows.",
}
"""What a person can do about some of the ways in which a place is closed to us."""
_UNREACHABLE = frozenset({"10004", "10013", "20009", "40333", "50009", "50024", "50033", "50068", "50080", "30033"})
_TOO_LARGE = "40005"


def translated(error: Exception, *, what: str, repeatable: bool) -> ChatError:
    """`error` of the wire as one of the port's; `repeatable` when doing it twice is the same as once."""
    # the connection was never there: nothing was sent
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError | aiohttp.InvalidURL):
        return ChatUnavailableError(f"Discord cannot be reached ({type(error).__name__}).")
    if isinstance(error, aiohttp.ClientError | asyncio.TimeoutError | OSError | ValueError):
        return _lost(f"Discord did not answer {what} ({type(error).__name__}).", repeatable=repeatable)
    raise error


def refused(answer: Answer, *, what: str, repeatable: bool) -> ChatError:
    """The error an answer other than yes stands for."""
    body: Payload = {"answer": answer.body}
    code = str(map_at(body, "answer").get("code") or "")
    code = "" if code == "0" else code
    said = text_at(body, "answer", "message")
    told = f"Discord refused {what}: {said or answer.status}" + (f" ({code})" if code else "")
    if answer.status == 429:
        return _slower(answer, told)
    if code in _FORM:
        return FormExpiredError(told, code=code)
    if code in _SLOWER:
        return RateLimitedError(told, retry_after_s=_AGAIN_S, code=code)
    if answer.status >= 500:
        return _lost(told, repeatable=repeatable, code=code)
    if answer.status == 401:
        hint = "Check the bot token in [discord]; it is not accepted."
        return ChatUnavailableError(told, code=code or "401", hint=hint)
    return _by_code(code, told, answer)


def _by_code(code: str, told: str, answer: Answer) -> ChatError:
    if code in _GONE:
        return MessageGoneError(told, code=code)
    if code in _CLOSED:
        return NotReachableError(told, code=code, hint=_CLOSED[code])
    if code == _TOO_LARGE or answer.status == 413:
        return RejectedError(told, code=code or "413", hint="The file is larger than this server takes.")
    if code in _UNREACHABLE or answer.status == 403:
        return NotReachableError(told, code=code)
    if answer.status == 404:
        return MessageGoneError(told, code=code)
    details = map_at({"answer": answer.body}, "answer", "errors")
    return RejectedError(f"{told} {details}"[:600] if details else told, code=code)


def _slower(answer: Answer, told: str) -> RateLimitedError:
    body = map_at({"answer": answer.body}, "answer")
    asked = body.get("retry_after")
    wait = float(asked) if isinstance(asked, int | float) else _seconds(answer.headers.get("Retry-After"))
    everywhere = body.get("global") is True or answer.headers.get("X-RateLimit-Scope") == "global"
    return RateLimitedError(told, retry_after_s=max(wait, 0.1), everywhere=everywhere, code="429")


def _seconds(header: str | None) -> float:
    try:
        return float(header or DEFAULT_RETRY_S)
    except ValueError:
        return DEFAULT_RETRY_S


def _lost(what: str, *, repeatable: bool, code: str = "") -> ChatError:
    """No answer: a call that may be done twice counts as not done."""
    return ChatUnavailableError(what, code=code) if repeatable else OutcomeUnknownError(what, code=code)
