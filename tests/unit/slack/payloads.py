"""Payloads as Slack sends them, with what a test wants to be different."""

from typing import Any

from adapters.slack.parse import Us

US = Us(user="UBOT", bot="BBOT", team="T1", url="https://acme.slack.com/", name="orchestrator", team_name="Acme")
NAMES = {"U1": "alice", "U2": "bob", "C9": "api"}


def name_of(native: str) -> str:
    """The name a test knows, '' for none."""
    return NAMES.get(native, "")


def command(**different: Any) -> dict[str, Any]:
    """A slash command of alice in C1."""
    return {
        "token": "legacy", "team_id": "T1", "channel_id": "C1", "channel_name": "general", "user_id": "U1",
        "user_name": "alice", "command": "/orchestrate", "text": "fix issue #123", "trigger_id": "1.2.abc",
        "response_url": "https://hooks.slack.com/x", "api_app_id": "A1", "is_enterprise_install": "false",
    } | different  # fmt: skip


def event(*, outer: dict[str, Any] | None = None, **different: Any) -> dict[str, Any]:
    """An Events API delivery: by default a reply of alice in a thread of C1."""
    inner = {
        "type": "message", "user": "U1", "text": "use Decimal", "ts": "1700000001.000200", "channel": "C1",
        "team": "T1", "thread_ts": "1700000000.000100", "channel_type": "channel", "event_ts": "1700000001.000200",
    } | different  # fmt: skip
    return {
        "token": "legacy", "team_id": "T1", "api_app_id": "A1", "type": "event_callback", "event_id": "Ev1",
        "event_time": 1700000001, "is_ext_shared_channel": False, "event": inner,
        "authorizations": [{"enterprise_id": None, "team_id": "T1", "user_id": "UBOT", "is_bot": True}],
    } | (outer or {})  # fmt: skip


def press(**different: Any) -> dict[str, Any]:
    """A click of bob on a button of a card in a thread."""
    return {
        "type": "block_actions", "user": {"id": "U2", "name": "bob", "username": "bob", "team_id": "T1"},
        "team": {"id": "T1", "domain": "acme"}, "channel": {"id": "C1", "name": "general"}, "trigger_id": "1.2.def",
        "container": {"type": "message", "message_ts": "1700000002.000300", "channel_id": "C1",
                      "thread_ts": "1700000000.000100", "is_ephemeral": False},
        "message": {"ts": "1700000002.000300", "thread_ts": "1700000000.000100", "text": "A17"},
        "actions": [{"type": "button", "action_id": "k" * 40, "block_id": "b", "action_ts": "1700000003.000000"}],
    } | different  # fmt: skip


def submission(**different: Any) -> dict[str, Any]:
    """A form filled in by bob: a text, and one chosen of several."""
    values = {
        "reason": {"reason": {"type": "plain_text_input", "value": "Not on <prod>"}},
        "project": {"project": {"type": "static_select", "selected_option": {"value": "shop"}}},
        "note": {"note": {"type": "plain_text_input", "value": None}},
    }
    return {
        "type": "view_submission", "user": {"id": "U2", "name": "bob", "team_id": "T1"}, "team": {"id": "T1"},
        "trigger_id": "1.2.ghi",
        "view": {"id": "V1", "hash": "1.h", "private_metadata": "form-token", "app_installed_team_id": "T1",
                 "state": {"values": values}},
    } | different  # fmt: skip


def shortcut(**different: Any) -> dict[str, Any]:
    """ "Orchestrate this", chosen by bob on a message of alice."""
    return {
        "type": "message_action", "callback_id": "orchestrate_this", "trigger_id": "1.2.jkl",
        "user": {"id": "U2", "name": "bob", "team_id": "T1"}, "team": {"id": "T1"}, "channel": {"id": "C1"},
        "message_ts": "1700000009.000100",
        "message": {"type": "message", "user": "U1", "ts": "1700000009.000100", "text": "Prices &amp; totals differ"},
    } | different  # fmt: skip
