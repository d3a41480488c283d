"""How messages, people and channels look in Slack's answers and events."""

from typing import Any

from tests.platforms.slack.message import Message
from tests.platforms.slack.workspace import APP, BOT, BOT_USER, TEAM, Account, Channel, Workspace


def message_of(message: Message, workspace: Workspace) -> dict[str, Any]:
    """A message as in `message` of an answer or a list of messages."""
    account = workspace.accounts.get(message.user)
    shown: dict[str, Any] = {
        "type": "message",
        "user": message.user,
        "team": account.team if account else TEAM,
        "text": message.text,
        "ts": message.ts,
        "blocks": message.blocks,
    }
    if message.by_app:
        shown |= {"bot_id": BOT, "app_id": APP, "bot_profile": bot_profile()}
    else:
        shown["client_msg_id"] = f"client-{message.ts}"
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
        parent = workspace.messages.get((message.channel, message.thread_ts))
        shown["parent_user_id"] = parent.user if parent else BOT_USER
    replies = [each for each in workspace.visible(message.channel) if each.thread_ts == message.ts]
    if replies:
        shown |= {"thread_ts": message.ts, "reply_count": len(replies), "latest_reply": replies[-1].ts}
    if message.edited:
        shown["edited"] = {"user": message.user, "ts": message.ts}
    if message.files:
        shown["files"] = [file_of(each, workspace) for each in message.files]
        shown["upload"] = False
    if message.reactions:
        shown["reactions"] = [{"name": each, "users": [BOT_USER], "count": 1} for each in message.reactions]
    if message.streaming_since is not None:
        shown["streaming_state"] = "in_progress" if message.streams(workspace.now()) else "completed"
    return shown


def with_metadata(shown: dict[str, Any], message: Message) -> dict[str, Any]:
    """The same with what the app noted on it."""
    return shown | ({"metadata": message.metadata} if message.metadata else {})


def bot_profile() -> dict[str, Any]:
    """The app as the author of messages."""
    icons = {f"image_{size}": "https://a.slack-edge.com/icon.png" for size in (36, 48, 72)}
    return {
        "id": BOT,
        "app_id": APP,
        "user_id": BOT_USER,
        "name": "orchestrator",
        "icons": icons,
        "deleted": False,
        "updated": 1700000000,
        "team_id": TEAM,
    }


def file_of(file: str, workspace: Workspace) -> dict[str, Any]:
    """A file as in a message."""
    shared = workspace.files[file]
    return {"id": shared.id, "name": shared.name, "title": shared.title or shared.name, "size": shared.length}


def user_of(account: Account) -> dict[str, Any]:
    """A person as users.info shows them."""
    return {
        "id": account.id,
        "team_id": account.team,
        "name": account.name,
        "deleted": account.disabled,
        "real_name": account.name.title(),
        "tz": "Europe/Vienna",
        "is_bot": account.id == BOT_USER,
        "is_app_user": False,
        "updated": 1700000000,
        "profile": {
            "real_name": account.name.title(),
            "display_name": account.name,
            "display_name_normalized": account.name,
            "team": account.team,
        },
    }


def channel_of(channel: Channel) -> dict[str, Any]:
    """A channel as conversations.info shows it."""
    shown: dict[str, Any] = {
        "id": channel.id,
        "created": 1700000000,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": channel.kind == "im",
        "is_private": channel.kind != "channel",
        "is_archived": channel.archived,
        "is_member": BOT_USER in channel.members,
        "context_team_id": TEAM,
    }
    return shown | ({"user": channel.direct_to} if channel.direct_to else {"name": channel.name})
