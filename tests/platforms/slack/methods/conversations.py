"""conversations.*: channels are looked up, opened and read."""

from typing import Any

from tests.platforms.slack.call import Answer, Desk, Handler, RefusedError
from tests.platforms.slack.message import Message
from tests.platforms.slack.payloads import channel_of, message_of, with_metadata
from tests.platforms.slack.workspace import BOT_USER

_TRUE = {True, "true", "1"}


def open_direct(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """The conversation with one person."""
    people = [each for each in str(arguments.get("users") or "").split(",") if each]
    if len(people) != 1:
        raise RefusedError("users_list_not_supplied" if not people else "too_many_users")
    account = desk.workspace.accounts.get(people[0])
    if account is None:
        raise RefusedError("user_not_found")
    if account.disabled:
        raise RefusedError("user_disabled")
    channel = desk.workspace.direct(account.id)
    return {"channel": channel_of(channel) if arguments.get("return_im") in _TRUE else {"id": channel.id}}


def info(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """What a channel is."""
    return {"channel": channel_of(desk.channel(arguments["channel"]))}


def members(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """Who is in a channel, in pages."""
    names = sorted(desk.channel(arguments["channel"]).members)
    return _page(arguments, names, key="members", default=100)


def history(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """The messages of a channel outside of threads, newest first."""
    channel = _readable(desk, arguments)
    top = [each for each in desk.workspace.visible(channel) if not each.thread_ts]
    newest_first = list(reversed(_in_period(top, arguments)))
    return _shown(desk, arguments, newest_first, default=100) | {"channel_actions_count": 0, "channel_actions_ts": None}


def replies(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """A thread, its first message first."""
    channel = _readable(desk, arguments)
    thread = desk.workspace.thread(channel, str(arguments["ts"]))
    if not thread:
        raise RefusedError("thread_not_found")
    root = [each for each in thread if each.ts == arguments["ts"]]
    later = _in_period([each for each in thread if each.ts != arguments["ts"]], arguments)
    return _shown(desk, arguments, [*root, *later], default=1000)


def _readable(desk: Desk, arguments: dict[str, Any]) -> str:
    channel = desk.channel(arguments["channel"])
    if BOT_USER not in channel.members:
        raise RefusedError("not_in_channel")
    return channel.id


def _in_period(messages: list[Message], arguments: dict[str, Any]) -> list[Message]:
    oldest, latest = str(arguments.get("oldest") or "0"), str(arguments.get("latest") or "9999999999.999999")
    edges = arguments.get("inclusive") in _TRUE
    return [
        each
        for each in messages
        if float(oldest) < float(each.ts) < float(latest) or (edges and each.ts in (oldest, latest))
    ]


def _shown(desk: Desk, arguments: dict[str, Any], messages: list[Message], *, default: int) -> Answer:
    page = _page(arguments, messages, key="messages", default=default)
    noted = arguments.get("include_all_metadata") in _TRUE
    shown = [(message_of(each, desk.workspace), each) for each in page["messages"]]
    return page | {"messages": [with_metadata(look, each) if noted else look for look, each in shown]}


def _page(arguments: dict[str, Any], entries: list[Any], *, key: str, default: int) -> Answer:
    try:
        limit, start = int(arguments.get("limit") or default), int(arguments.get("cursor") or 0)
    except ValueError:
        raise RefusedError("invalid_cursor") from None
    end = start + max(1, min(limit, 1000))
    more = end < len(entries)
    return {
        key: entries[start:end],
        "has_more": more,
        "response_metadata": {"next_cursor": str(end) if more else ""},
    }


HANDLERS: dict[str, Handler] = {
    "conversations.open": open_direct,
    "conversations.info": info,
    "conversations.members": members,
    "conversations.history": history,
    "conversations.replies": replies,
}
