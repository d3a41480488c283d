"""What people do to messages is seen by everybody in the channel, and told to the app."""

import asyncio

from tests.platforms.slack.call import Answer
from tests.platforms.slack.deliveries import Deliveries
from tests.platforms.slack.envelope import Envelope
from tests.platforms.slack.happenings import Happenings
from tests.platforms.slack.message import Message
from tests.platforms.slack.payloads import message_of
from tests.platforms.slack.workspace import BOT_USER, Account, Workspace


class Telling:
    """Changes the workspace and sends the events of that."""

    def __init__(self, *, workspace: Workspace, happenings: Happenings, deliveries: Deliveries) -> None:
        self._workspace, self._happenings, self._deliveries = workspace, happenings, deliveries

    async def tell_of(self, message: Message) -> None:
        """A person wrote: everybody sees it, and the app is told, twice when it is mentioned."""
        self._workspace.keep(message)
        channel = self._workspace.channels[message.channel]
        if BOT_USER not in channel.members:
            return
        kinds = ["message"]
        if f"<@{BOT_USER}>" in message.text and not channel.direct_to:
            kinds.insert(0, "app_mention")
        payloads = [self._happenings.message(message, channel, kind=kind) for kind in kinds]
        await asyncio.gather(*(self._deliveries.deliver("events_api", payload) for payload in payloads))

    async def change(self, message: Message, *, text: str | None) -> None:
        """A person edits a message, or deletes it when `text` is None."""
        before = message_of(message, self._workspace)
        event: Answer = {"type": "message", "channel": message.channel, "hidden": True, "previous_message": before}
        if text is None:
            message.deleted = True
            event |= {"subtype": "message_deleted", "deleted_ts": message.ts}
        else:
            message.text, message.changes, message.edited = text, message.changes + 1, True
            event |= {"subtype": "message_changed", "message": message_of(message, self._workspace)}
        self._workspace.bell.ring()
        event |= {"channel_type": self._workspace.channels[message.channel].kind, "ts": self._workspace.ts()}
        await self._deliveries.deliver("events_api", self._happenings.event(event))

    async def stop(self, account: Account, message: Message) -> Envelope:
        """A person presses Slack's own Stop; streams of the thread end by that."""
        thread = self._workspace.thread(message.channel, message.thread)
        streaming = [each for each in thread if each.streams(self._workspace.now())]
        for each in streaming:
            each.stopped_by_person, each.streaming_since = True, None
        event = {
            "type": "agent_session_stopped",
            "channel": message.channel,
            "thread_ts": message.thread,
            "user": account.id,
            "streaming_message_ts": [each.ts for each in streaming],
        }
        return await self._deliveries.deliver("events_api", self._happenings.event(event))

    def own_event(self, channel_id: str, event: Answer) -> None:
        """The app hears of its own messages, as it does in Slack."""
        kind = self._workspace.channels[channel_id].kind
        full = {"type": "message", "channel": channel_id, "channel_type": kind, "ts": self._workspace.ts()} | event
        self._deliveries.deliver_soon("events_api", self._happenings.event(full))
