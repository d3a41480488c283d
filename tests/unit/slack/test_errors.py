"""Whatever goes wrong between Slack and us is one of the port's errors, and says whether it may have been done."""

import json
from pathlib import Path
from types import SimpleNamespace

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

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
from adapters.slack.errors import translated

pytestmark = pytest.mark.slack
METHODS = Path(__file__).parents[4] / "shared" / "specs" / "slack" / "methods.json"


def answer(status=200, headers=None, data=None):
    response = AsyncSlackResponse(
        client=None, http_verb="POST", api_url="", req_args={}, status_code=status, headers=headers or {},
        data={} if data is None else data,
    )  # fmt: skip
    return SlackApiError("no", response)


def error(code, method="chat.postMessage", *, repeatable=False):
    return translated(answer(data={"ok": False, "error": code}), method=method, repeatable=repeatable)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("message_not_found", MessageGoneError), ("cant_update_message", MessageGoneError),
        ("edit_window_closed", MessageGoneError), ("thread_not_found", MessageGoneError),
        ("expired_trigger_id", FormExpiredError), ("exchanged_trigger_id", FormExpiredError),
        ("not_in_channel", NotReachableError), ("missing_scope", NotReachableError), ("is_archived", NotReachableError),
        ("restricted_action_read_only_channel", NotReachableError), ("user_disabled", NotReachableError),
        ("invalid_blocks", RejectedError), ("msg_too_long", RejectedError), ("never_heard_of", RejectedError),
        ("invalid_auth", ChatUnavailableError), ("service_unavailable", ChatUnavailableError),
        ("ratelimited", RateLimitedError), ("fatal_error", OutcomeUnknownError),
        ("internal_error", OutcomeUnknownError),
    ],
)  # fmt: skip
def test_slacks_word_decides(code, kind):
    found = error(code)

    assert type(found) is kind
    assert found.code == code


def test_every_published_code_is_one_of_the_ports_errors():
    if not METHODS.exists():
        pytest.skip("the published methods are not here")
    methods = json.loads(METHODS.read_text())
    for method, described in methods.items():
        for code in described.get("errors", ()) if isinstance(described, dict) else ():
            assert isinstance(error(code, method), ChatError)


def test_a_closed_place_says_what_to_do():
    assert "/invite" in error("not_in_channel").hint
    assert "scopes" in error("missing_scope").hint


def test_what_slack_asks_for_is_waited_for_and_a_channels_limit_is_only_that_channels():
    post = translated(answer(429, {"Retry-After": "17"}), method="chat.postMessage", repeatable=False)
    edit = translated(answer(429, {"Retry-After": "soon"}), method="chat.update", repeatable=True)

    assert isinstance(post, RateLimitedError)
    assert isinstance(edit, RateLimitedError)
    assert (post.retry_after_s, post.everywhere) == (17.0, False)
    assert (edit.retry_after_s, edit.everywhere) == (30.0, True)


@pytest.mark.parametrize(
    "lost",
    [
        answer(500), answer(502, data={}), TimeoutError(), aiohttp.ServerDisconnectedError(), ConnectionResetError(),
        aiohttp.ClientOSError(104, "reset"), aiohttp.SocketTimeoutError(), answer(200, data={}),
        SlackApiError("not JSON", SimpleNamespace(status=502, headers={})),
    ],
    ids=str,
)  # fmt: skip
def test_without_an_answer_a_post_may_be_done_and_an_edit_counts_as_not_done(lost):
    assert type(translated(lost, method="chat.postMessage", repeatable=False)) is OutcomeUnknownError
    assert type(translated(lost, method="chat.update", repeatable=True)) is ChatUnavailableError


@pytest.mark.parametrize(
    "never",
    [
        aiohttp.ConnectionTimeoutError(),
        aiohttp.ClientConnectorDNSError(SimpleNamespace(host="h", port=1, ssl=None), OSError("no such host")),
        aiohttp.ClientConnectorError(SimpleNamespace(host="h", port=1, ssl=None), OSError("refused")),
        answer(503),
    ],
    ids=lambda never: type(never).__name__,
)
def test_what_was_never_sent_is_surely_not_done(never):
    assert type(translated(never, method="chat.postMessage", repeatable=False)) is ChatUnavailableError


def test_what_slack_says_about_a_malformed_message_is_kept():
    data = {"ok": False, "error": "invalid_blocks", "response_metadata": {"messages": ["[ERROR] must be a string", 1]}}

    assert "must be a string" in str(translated(answer(data=data), method="chat.postMessage", repeatable=False))


def test_what_the_library_refuses_is_our_defect_and_other_errors_are_not_swallowed():
    refused = translated(SlackRequestError("wrong"), method="chat.update", repeatable=True)

    assert type(refused) is RejectedError
    with pytest.raises(KeyError):
        translated(KeyError("x"), method="chat.update", repeatable=True)
