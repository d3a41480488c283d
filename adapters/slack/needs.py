"""What the app must be given in Slack for this adapter to work: what its manifest asks for, and what is checked."""

from collections.abc import Mapping

COMMAND = "/orchestrate"
SHORTCUT = "orchestrate_this"
"""Callback id of the shortcut on messages."""
APP_SCOPES = ("connections:write",)
"""Of the app-level token, for Socket Mode."""
EVENTS = (
    "app_home_opened", "app_mention", "message.channels", "message.groups", "message.im", "message.mpim",
)  # fmt: skip
"""Events of the bot."""
AGENT_EVENTS = ("agent_session_stopped",)
"""Only for an app that is declared an agent: its threads show a Stop button."""

_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_READ = ("channels:read", "groups:read", "im:read", "mpim:read")

METHODS: Mapping[str, tuple[str, ...]] = {
    "agents.sessions.setStatus": ("chat:write",),
    "apps.connections.open": (),
    "assistant.threads.setStatus": ("chat:write",),
    "auth.test": (),
    "chat.appendStream": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.startStream": ("chat:write",),
    "chat.stopStream": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": _HISTORY,
    "conversations.info": _READ,
    "conversations.open": ("im:write",),
    "conversations.replies": _HISTORY,
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "reactions.add": ("reactions:write",),
    "users.info": ("users:read",),
    "views.open": (),
    "views.publish": (),
}
"""Every method that is called, with the scopes of the bot it takes; of several, each is for one kind of channel."""

SCOPES = tuple(sorted({"app_mentions:read", "commands", *(scope for needed in METHODS.values() for scope in needed)}))
"""All scopes of the bot: those of the methods, those of the events, and the command's."""
