"""What Slack answers instead of yes, as errors of the chat port: by its word for it, and by how far a call came."""

import asyncio
from collections.abc import Mapping
from typing import cast

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

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
from adapters.chat.payload import Payload, text_at, texts_at

DEFAULT_RETRY_S = 30.0
"""When Slack does not say; it always does."""


def _codes(words: str) -> frozenset[str]:
    return frozenset(words.split())


_GONE = _codes(
    "message_not_found cant_update_message edit_window_closed is_inactive message_not_in_streaming_state "
    "message_not_owned_by_app stopped_by_user block_mismatch thread_not_found invalid_thread_ts "
    "cannot_reply_to_message bad_timestamp"
)
_FORM = frozenset({"expired_trigger_id", "invalid_trigger_id", "exchanged_trigger_id"})
_SLOWER = frozenset({"ratelimited", "rate_limited", "accesslimited", "message_limit_exceeded"})
_LATER = _codes(
    "service_unavailable team_added_to_org request_timeout messaging_processing_failed update_failed "
    "external_channel_migrating hash_conflict streaming_state_conflict org_login_required"
)
_KEYS = _codes("invalid_auth not_authed account_inactive token_revoked token_expired not_allowed_token_type")
_BROKEN = frozenset({"internal_error", "fatal_error"})
"""Slack says of these that part of the work may have been done."""
_CLOSED: Mapping[str, str] = {
    "channel_not_found": "Invite the app into the channel: /invite it there.",
    "not_in_channel": "Invite the app into the channel: /invite it there.",
    "is_archived": "Unarchive the channel, or bind the project to another one.",
    "missing_scope": "Install the app again with the scopes of its manifest.",
    "no_permission": "Install the app again with the scopes of its manifest.",
    "messages_tab_disabled": "Switch on the Messages tab in the app's settings under App Home.",
    "not_enabled": "Switch on the Home tab in the app's settings under App Home.",
}
"""What a person can do about some of the ways in which a place is closed to us."""
_UNREACHABLE = _codes(
    "access_denied app_access_restricted cannot_dm_bot channel_is_limited_access "
    "channel_type_not_supported ekm_access_denied file_type_not_allowed file_upload_size_restricted "
    "file_uploads_disabled file_uploads_except_images_disabled invalid_channel invalid_user_combination no_access "
    "not_authorized not_reactable posting_to_channel_denied restricted_action send_on_behalf_not_allowed "
    "storage_limit_reached team_access_not_granted team_not_found thread_locked too_many_emoji too_many_reactions "
    "unable_to_share_files user_disabled user_not_found user_not_in_channel user_not_visible "
    "method_not_supported_for_channel_type feature_disabled unknown_method"
)
_PER_CHANNEL = frozenset({"chat.postMessage", "chat.postEphemeral"})
"""Slack counts these by channel, everything else by workspace."""


def translated(error: Exception, *, method: str, repeatable: bool) -> ChatError:
    """`error` of a call to `method` as one of the port's; `repeatable` when doing it twice is the same as once."""
    if isinstance(error, SlackApiError):
        return _answered(error, method=method, repeatable=repeatable)
    # the connection was never there: nothing was sent
    if isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)):
        return ChatUnavailableError(f"Slack cannot be reached ({type(error).__name__}).")
    if isinstance(error, (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError)):
        return _lost(f"Slack did not answer {method} ({type(error).__name__}).", repeatable=repeatable)
    if isinstance(error, SlackClientError):
        return RejectedError(f"Slack's library refused {method}: {error}")
    raise error


def _answered(error: SlackApiError, *, method: str, repeatable: bool) -> ChatError:
    status, code, headers, details = _read(error)
    what = f"Slack refused {method}: {code or status}{details}"
    if status == 429 or code in _SLOWER:
        wait = _seconds(headers.get("Retry-After"))
        return RateLimitedError(what, retry_after_s=wait, everywhere=method not in _PER_CHANNEL, code=code)
    if status == 503 or code in _LATER:
        return ChatUnavailableError(what, code=code)
    if status >= 500 or code in _BROKEN or not code:
        return _lost(what, repeatable=repeatable, code=code)
    return refused(code, what)


def refused(code: str, what: str) -> ChatError:
    """The error of an answer with `ok: false` that will not change by itself."""
    if code in _KEYS:
        return ChatUnavailableError(what, code=code, hint="Check the bot token in [slack]; it is not accepted.")
    if code in _FORM:
        return FormExpiredError(what, code=code)
    if code in _GONE:
        return MessageGoneError(what, code=code)
    if code in _CLOSED:
        return NotReachableError(what, code=code, hint=_CLOSED[code])
    if code in _UNREACHABLE or code.startswith(("restricted_action_", "slack_connect_")):
        return NotReachableError(what, code=code)
    return RejectedError(what, code=code)


def _lost(what: str, *, repeatable: bool, code: str = "") -> ChatError:
    """No answer: a call that may be done twice counts as not done."""
    return ChatUnavailableError(what, code=code) if repeatable else OutcomeUnknownError(what, code=code)


def _read(error: SlackApiError) -> tuple[int, str, Mapping[str, str], str]:
    """Status, code, headers and messages of the answer; the library hands over its own response or aiohttp's."""
    response = cast("object", error.response)
    status = getattr(response, "status_code", None) or getattr(response, "status", 200)
    headers = cast("Mapping[str, str]", getattr(response, "headers", {}))
    body = cast("Payload", {"answer": getattr(response, "data", None)})
    said = "; ".join(texts_at(body, "answer", "response_metadata", "messages"))
    return int(status), text_at(body, "answer", "error"), headers, f" ({said})" if said else ""


def _seconds(header: str | None) -> float:
    try:
        return max(float(header or DEFAULT_RETRY_S), 0.1)
    except ValueError:
        return DEFAULT_RETRY_S
