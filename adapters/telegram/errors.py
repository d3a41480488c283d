"""What Telegram answers instead of yes, as errors of the chat port: by its words for it, and by how far a call came."""

import asyncio

import httpx
from telegram.error import TelegramError

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

DEFAULT_RETRY_S = 5.0
"""When Telegram does not say; it always does."""
NOT_MODIFIED = "not_modified"
REPLY_GONE = "reply_gone"
NO_RIGHTS = "no_rights"
UNAUTHORIZED = "unauthorized"
UNKNOWN_METHOD = "unknown_method"
NEVER_STARTED = frozenset({"not_started", "blocked", "chat_not_found"})
"""Why a person cannot be written to who could press Start."""

_ADD = "Add the bot to the group again."
_RIGHTS = "Let the bot send messages in the group's permissions, or make it an administrator."
# Telegram has no codes but these words (github.com/tdlib/telegram-bot-api, Client.cpp: fail_query_with_error)
_GONE = {
    "message to edit not found": "message_gone",
    "message can't be edited": "message_gone",
    "message_id_invalid": "message_gone",
    "message identifier is not specified": "message_gone",
    "message to be replied not found": REPLY_GONE,
    "replied message not found": REPLY_GONE,
    "reply message not found": REPLY_GONE,
    "message thread not found": "topic_gone",
    "topic_deleted": "topic_gone",
    "topic_id_invalid": "topic_gone",
    "message to react not found": "message_gone",
    "message to delete not found": "message_gone",
}
_CLOSED = {
    "chat not found": ("chat_not_found", _ADD),
    "user not found": ("chat_not_found", ""),
    "peer_id_invalid": ("chat_not_found", ""),
    "user_id_invalid": ("chat_not_found", ""),
    "chat_id is empty": ("chat_not_found", ""),
    "group chat was deactivated": ("deactivated", _ADD),
    "topic_closed": ("topic_closed", "Open the topic again, or make the bot an administrator."),
    "not enough rights": (NO_RIGHTS, _RIGHTS),
    "have no rights": (NO_RIGHTS, _RIGHTS),
    "need administrator rights": (NO_RIGHTS, _RIGHTS),
    "chat_admin_required": (NO_RIGHTS, _RIGHTS),
    "chat_write_forbidden": (NO_RIGHTS, _RIGHTS),
    "_forbidden": (NO_RIGHTS, _RIGHTS),
    "chat_restricted": (NO_RIGHTS, _RIGHTS),
    "the chat is not a forum": ("no_forum", ""),
    "chat_not_forum": ("no_forum", ""),
    "reaction": ("no_reactions", ""),
}
_EXPIRED = ("query is too old", "query id is invalid", "query_id_invalid")
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.ProxyError)


class RefusedError(TelegramError):
    """An answer of the Bot API that is no yes, as it came."""

    __slots__ = ("moved_to", "retry_after_s", "status")

    def __init__(self, words: str, *, status: int, retry_after_s: float = 0.0, moved_to: int = 0) -> None:
        super().__init__(words)
        self.status = status
        self.retry_after_s = retry_after_s
        self.moved_to = moved_to


class MovedError(ChatUnavailableError):
    """The group became a supergroup: from now on it has the id `to`."""

    def __init__(self, message: str, *, to: int) -> None:
        super().__init__(message, code="moved")
        self.to = to


class ConflictError(ChatUnavailableError):
    """Somebody else reads what happens: another process with this token, or a webhook that was left behind."""


def translated(error: Exception, *, method: str, repeatable: bool) -> ChatError:
    """`error` of a call to `method` as one of the port's; `repeatable` when doing it twice is the same as once."""
    if isinstance(error, RefusedError):
        return _refused(error, method=method, repeatable=repeatable)
    if isinstance(error.__cause__, _NEVER_SENT):
        return ChatUnavailableError(f"Telegram cannot be reached ({type(error.__cause__).__name__}).")
    if isinstance(error, (TelegramError, asyncio.TimeoutError, OSError, LookupError, TypeError)):
        name = type(error.__cause__ or error).__name__
        return _lost(f"Telegram did not answer {method} ({name}).", repeatable=repeatable)
    raise error


def _refused(error: RefusedError, *, method: str, repeatable: bool) -> ChatError:
    words = error.message.removeprefix("Forbidden: ")
    what = f"Telegram refused {method}: {words or error.status}"
    if error.moved_to:
        return MovedError(what, to=error.moved_to)
    match error.status:
        case 429:
            return RateLimitedError(what, retry_after_s=error.retry_after_s or DEFAULT_RETRY_S, code="flood")
        case 401:
            hint = "Check the bot token in [telegram]; it is not accepted."
            return ChatUnavailableError(what, code=UNAUTHORIZED, hint=hint)
        case 403:
            return _forbidden(words.lower(), what)
        case 404:
            return RejectedError(what, code=UNKNOWN_METHOD)
        case 409:
            return ConflictError(what, code="webhook" if "webhook" in words.lower() else "conflict")
        case status if status >= 500:
            return _lost(what, repeatable=repeatable, code=str(status))
        case _:
            return _bad_request(words.lower(), what)


def _bad_request(words: str, what: str) -> ChatError:
    if "message is not modified" in words:
        return RejectedError(what, code=NOT_MODIFIED)
    if any(each in words for each in _EXPIRED):
        return FormExpiredError(what, code="query_expired")
    for said, code in _GONE.items():
        if said in words:
            return MessageGoneError(what, code=code)
    for said, (code, hint) in _CLOSED.items():
        if said in words:
            return NotReachableError(what, code=code, hint=hint)
    return RejectedError(what, code="bad_request")


def _forbidden(words: str, what: str) -> NotReachableError:
    if "kicked" in words or "not a member" in words:
        return NotReachableError(what, code="kicked", hint=_ADD)
    if "blocked" in words:
        return NotReachableError(what, code="blocked", hint="Unblock the bot, and press Start.")
    if "initiate" in words or "deactivated" in words:
        return NotReachableError(what, code="not_started", hint="Open the bot, and press Start.")
    return NotReachableError(what, code="forbidden", hint=_RIGHTS)


def _lost(what: str, *, repeatable: bool, code: str = "") -> ChatError:
    """No answer: a call that may be done twice counts as not done."""
    return ChatUnavailableError(what, code=code) if repeatable else OutcomeUnknownError(what, code=code)
