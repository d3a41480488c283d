"""The methods an app of ours may call, as Slack documents them: arguments, scopes, token kind, pace.

A test compares this table with the published description where that is at hand, so that neither can drift.
"""

from dataclasses import dataclass
from typing import Literal

Tier = Literal[1, 2, 3, 4, 5]

PER_MINUTE: dict[Tier, int] = {1: 1, 2: 20, 3: 50, 4: 100, 5: 1200}
"""Calls a minute of one method in one workspace: docs.slack.dev/apis/web-api/rate-limits; 5 stands for "special"."""

CHANNEL_SCOPES = {"channel": "channels", "group": "groups", "im": "im"}
"""Where a scope depends on the kind of channel, how it begins."""

_SCOPES = """
    app_mentions:read assistant:write channels:history channels:read chat:write commands files:write groups:history
    groups:read im:history im:read im:write mpim:history mpim:read reactions:write team:read
    users:read
"""
BOT_SCOPES = frozenset(_SCOPES.split())
"""What an app of this kind asks for when it is installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method; `reads` is the kind of scope that depends on the channel, such as `history`."""

    required: frozenset[str]
    optional: frozenset[str]
    tier: Tier
    scope: str = ""
    reads: str = ""
    json: bool = True
    """Whether it takes its arguments as JSON, too; a form always works."""
    app_token: bool = False


def _method(
    required: str,
    optional: str = "",
    *,
    tier: Tier,
    scope: str = "",
    reads: str = "",
    json: bool = True,
    app_token: bool = False,
) -> Method:
    return Method(
        required=frozenset(required.split()),
        optional=frozenset(optional.split()),
        tier=tier,
        scope=scope,
        reads=reads,
        json=json,
        app_token=app_token,
    )


_LOOKS = "icon_emoji icon_url username"
_TEXT = "attachments blocks markdown_text metadata parse text"
_PAGES = "cursor limit"
_PERIOD = "include_all_metadata inclusive latest oldest"

METHODS: dict[str, Method] = {
    "agents.sessions.setStatus": _method(
        "channel_id status", f"initiator_user_id thread_ts title {_LOOKS}", tier=3, scope="chat:write"
    ),
    "apps.connections.open": _method("", tier=3, app_token=True),
    "assistant.threads.setStatus": _method(
        "channel_id status thread_ts", f"loading_messages {_LOOKS}", tier=5, scope="chat:write"
    ),
    "auth.test": _method("", tier=5),
    "bots.info": _method("", "bot team_id", tier=3, scope="users:read", json=False),
    "chat.appendStream": _method("channel ts", "chunks markdown_text", tier=4, scope="chat:write"),
    "chat.delete": _method("channel ts", "as_user", tier=3, scope="chat:write"),
    "chat.getPermalink": _method("channel message_ts", tier=5, json=False),
    "chat.postEphemeral": _method(
        "channel user", f"as_user link_names thread_ts {_TEXT} {_LOOKS}", tier=4, scope="chat:write"
    ),
    "chat.postMessage": _method(
        "channel",
        "as_user current_draft_last_updated_ts link_names mrkdwn reply_broadcast thread_ts unfurl_links unfurl_media "
        f"{_TEXT} {_LOOKS}",
        tier=5,
        scope="chat:write",
    ),
    "chat.startStream": _method(
        "channel",
        f"chunks markdown_text recipient_team_id recipient_user_id task_display_mode thread_ts {_LOOKS}",
        tier=2,
        scope="chat:write",
    ),
    "chat.stopStream": _method("channel ts", "blocks chunks markdown_text metadata", tier=2, scope="chat:write"),
    "chat.update": _method(
        "channel ts",
        f"as_user file_ids link_names reply_broadcast unfurled_attachments {_TEXT}",
        tier=3,
        scope="chat:write",
    ),
    "conversations.history": _method("channel", f"{_PAGES} {_PERIOD}", tier=3, reads="history"),
    "conversations.info": _method("channel", "include_locale include_num_members", tier=3, reads="read", json=False),
    "conversations.members": _method("channel", _PAGES, tier=4, reads="read", json=False),
    "conversations.open": _method("", "channel prevent_creation return_im users", tier=3, scope="im:write"),
    "conversations.replies": _method("channel ts", f"{_PAGES} {_PERIOD}", tier=3, reads="history", json=False),
    "files.completeUploadExternal": _method(
        "files", f"blocks channel_id channels initial_comment thread_ts {_LOOKS}", tier=4, scope="files:write"
    ),
    "files.getUploadURLExternal": _method(
        "filename length", "alt_txt snippet_type", tier=4, scope="files:write", json=False
    ),
    "reactions.add": _method("channel name timestamp", tier=3, scope="reactions:write"),
    "team.info": _method("", "domain team", tier=3, scope="team:read"),
    "users.info": _method("user", "include_locale", tier=4, scope="users:read", json=False),
    "views.open": _method("view", "interactivity_pointer trigger_id", tier=4),
    "views.publish": _method("user_id view", "hash interactivity_pointer", tier=4),
    "views.update": _method("view", "external_id hash view_id", tier=4),
}
