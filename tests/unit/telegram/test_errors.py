"""Whatever Telegram, its library or the network says becomes one of the port's errors, and tells what can be done."""

import httpx
import pytest
import telegram.error
from telegram.error import NetworkError, TelegramError, TimedOut

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
from adapters.telegram.errors import ConflictError, MovedError, RefusedError, translated

pytestmark = pytest.mark.telegram


def refused(status: int, words: str, **more: float) -> ChatError:
    error = RefusedError(words, status=status, retry_after_s=more.get("wait", 0.0), moved_to=int(more.get("to", 0)))
    return translated(error, method="sendMessage", repeatable=False)


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (400, "Bad Request: message is not modified: specified new message content …", RejectedError),
        (400, "Bad Request: message to edit not found", MessageGoneError),
        (400, "Bad Request: message can't be edited", MessageGoneError),
        (400, "Bad Request: message to be replied not found", MessageGoneError),
        (400, "Bad Request: message thread not found", MessageGoneError),
        (400, "Bad Request: TOPIC_DELETED", MessageGoneError),
        (400, "Bad Request: TOPIC_CLOSED", NotReachableError),
        (400, "Bad Request: chat not found", NotReachableError),
        (400, "Bad Request: not enough rights to send text messages to the chat", NotReachableError),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN", NotReachableError),
        (400, "Bad Request: query is too old and response timeout expired or query ID is invalid", FormExpiredError),
        (400, "Bad Request: can't parse entities: …", RejectedError),
        (400, "Bad Request: MESSAGE_TOO_LONG", RejectedError),
        (401, "Unauthorized", ChatUnavailableError),
        (403, "Forbidden: bot was blocked by the user", NotReachableError),
        (403, "Forbidden: bot can't initiate conversation with a user", NotReachableError),
        (403, "Forbidden: bot was kicked from the supergroup chat", NotReachableError),
        (403, "Forbidden: user is deactivated", NotReachableError),
        (404, "Not Found", RejectedError),
        (409, "Conflict: terminated by other getUpdates request", ConflictError),
        (413, "Request Entity Too Large", RejectedError),
        (500, "Internal Server Error", OutcomeUnknownError),
        (502, "HTTP 502", OutcomeUnknownError),
    ],
)
def test_answers_are_told_apart_by_their_words(status: int, words: str, kind: type[ChatError]) -> None:
    assert type(refused(status, words)) is kind


def test_flood_control_says_how_long() -> None:
    error = refused(429, "Too Many Requests: retry after 7", wait=7)
    assert isinstance(error, RateLimitedError)
    assert (error.retry_after_s, error.everywhere) == (7, False)


def test_a_group_that_moved_says_where_to() -> None:
    error = refused(400, "Bad Request: group chat was upgraded to a supergroup chat", to=-1001)
    assert isinstance(error, MovedError)
    assert error.to == -1001


@pytest.mark.parametrize("cause", [httpx.ConnectError("no"), httpx.ConnectTimeout("no"), httpx.PoolTimeout("no")])
def test_what_was_never_sent_is_surely_not_done(cause: Exception) -> None:
    error = NetworkError("httpx")
    error.__cause__ = cause
    assert type(translated(error, method="sendMessage", repeatable=False)) is ChatUnavailableError


@pytest.mark.parametrize("cause", [httpx.ReadTimeout("no"), httpx.ReadError("no"), httpx.RemoteProtocolError("no")])
@pytest.mark.parametrize(("repeatable", "kind"), [(True, ChatUnavailableError), (False, OutcomeUnknownError)])
def test_what_was_sent_and_not_answered_may_be_done(cause: Exception, repeatable: bool, kind: type[ChatError]) -> None:
    error = TimedOut()
    error.__cause__ = cause
    assert type(translated(error, method="sendMessage", repeatable=repeatable)) is kind


@pytest.mark.parametrize(
    "error",
    [
        *(
            kind("words")
            for kind in vars(telegram.error).values()
            if isinstance(kind, type) and issubclass(kind, TelegramError)
            if kind not in {telegram.error.ChatMigrated, telegram.error.RetryAfter}
        ),
        telegram.error.ChatMigrated(-1001),
        TimeoutError(),
        OSError("reset"),
        KeyError("result"),
        TypeError("no object"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_every_lower_error_is_one_of_the_ports(error: Exception) -> None:
    assert isinstance(translated(error, method="sendMessage", repeatable=False), ChatError)


def test_a_defect_of_ours_stays_one() -> None:
    with pytest.raises(ZeroDivisionError):
        translated(ZeroDivisionError(), method="sendMessage", repeatable=False)
