"""Somebody in the workspace, who does what people do in Slack."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.platforms.slack.envelope import Envelope
from tests.platforms.slack.fields import filled, picked
from tests.platforms.slack.message import Button, Message, buttons
from tests.platforms.slack.typed import as_sent
from tests.platforms.slack.workspace import BOT_USER, Account, Channel, OpenView, SharedFile

if TYPE_CHECKING:
    from tests.platforms.slack.simulator import SlackSimulator

Where = Channel | Message
"""A channel, or a message for the thread that it stands in or begins."""


class Person:
    """One person. What they do returns once the app has acknowledged it, or has failed to."""

    def __init__(self, account: Account, slack: SlackSimulator) -> None:
        self.account, self._slack, self._workspace = account, slack, slack.workspace

    def __repr__(self) -> str:
        return f"Person({self.name})"

    @property
    def id(self) -> str:
        """Slack's id, such as U0001."""
        return self.account.id

    @property
    def key(self) -> str:
        """The id as the program writes it: `slack:T0123/U0001`."""
        return f"slack:{self.account.team}/{self.account.id}"

    @property
    def name(self) -> str:
        return self.account.name

    @property
    def direct(self) -> Channel:
        """The conversation with the app."""
        return self._workspace.direct(self.id)

    @property
    def home(self) -> dict[str, Any] | None:
        """The app's home page as this person sees it."""
        return self._workspace.homes.get(self.id)

    @property
    def form(self) -> OpenView | None:
        """The form on top of the screen."""
        views = self._workspace.open_views(self.id)
        return views[-1] if views else None

    def joins(self, channel: Channel) -> None:
        """Become a member."""
        channel.members.add(self.id)

    async def types(self, line: str, channel: Channel) -> Envelope:
        """A slash command with its text: `/orchestrate fix issue #123`. There are none in threads."""
        command, _, text = line.partition(" ")
        sent = as_sent(text, self._workspace, named=True)
        payload = self._slack.happenings.command(self.account, channel, command, sent)
        return await self._slack.deliveries.deliver("slash_commands", payload)

    async def says(self, text: str, where: Where, *, as_is: bool = False, file: str = "") -> Message:
        """A message in a channel or thread; `as_is` leaves Slack's markup in `text` alone, `file` is attached."""
        message = self._written(text if as_is else as_sent(text, self._workspace), where)
        if file:
            shared = SharedFile(id=f"F{self._workspace.number():06d}", name=file, length=4, data=b"data", shared=True)
            self._workspace.files[shared.id] = shared
            message.files.append(shared.id)
        await self._slack.telling.tell_of(message)
        return message

    async def mentions(self, text: str, where: Where) -> Message:
        """A message that begins with the app's name."""
        return await self.says(f"<@{BOT_USER}> {as_sent(text, self._workspace)}", where, as_is=True)

    async def replies(self, text: str, message: Message) -> Message:
        """An answer in the thread of `message`."""
        return await self.says(text, message)

    async def writes(self, text: str) -> Message:
        """A message to the app alone."""
        return await self.says(text, self.direct)

    async def edits(self, message: Message, text: str) -> None:
        """Change an own message."""
        await self._slack.telling.change(message, text=as_sent(text, self._workspace))

    async def deletes(self, message: Message) -> None:
        """Take an own message back."""
        await self._slack.telling.change(message, text=None)

    async def clicks(self, label: str, on: Message | OpenView | dict[str, Any]) -> Envelope:
        """Press the button with this label on a message, a form or the home page."""
        button = _find(label, on)
        if isinstance(on, Message):
            payload = self._slack.happenings.press(self.account, on, button)
        else:
            view = on.view if isinstance(on, OpenView) else on
            payload = self._slack.happenings.press_in_view(self.account, view, button)
        return await self._slack.deliveries.deliver("interactive", payload)

    async def chooses(self, label: str, on: Message) -> Envelope:
        """Choose the option with this label in a menu or among radio buttons on a message."""
        action = picked(label, on.blocks)
        on.state.setdefault(action["block_id"], {})[action["action_id"]] = action
        payload = self._slack.happenings.press(self.account, on, action)
        return await self._slack.deliveries.deliver("interactive", payload)

    def fills(self, on: Message, values: dict[str, str]) -> None:
        """Fill in fields on a message; the app hears of it with the next click."""
        on.state.update(filled(on.blocks, values))

    async def submits(self, form: OpenView, values: dict[str, str]) -> Envelope:
        """Fill in fields by label, block id or action id, and send the form. It stays when the app finds errors."""
        assert not form.closed, "the form is not on the screen any more"
        given = filled(form.view["blocks"], values, complete=True)
        payload = self._slack.happenings.submission(self.account, form.view, given)
        envelope = await self._slack.deliveries.deliver("interactive", payload)
        answer = envelope.answer if isinstance(envelope.answer, dict) else {}
        form.closed = envelope.acked and answer.get("response_action", "clear") == "clear"
        self._workspace.bell.ring()
        return envelope

    async def closes(self, form: OpenView) -> None:
        """Close a form without sending it."""
        form.closed = True
        if form.view.get("notify_on_close"):
            payload = self._slack.happenings.closing(self.account, form.view)
            await self._slack.deliveries.deliver("interactive", payload)

    async def sees(self, what: Callable[[Message], bool], *, in_: Where | None = None) -> Message:
        """Wait for a message of the app that this person can see, and return the newest such."""

        def seen(message: Message) -> bool:
            channel = self._workspace.channels[message.channel]
            return self.id in channel.members and message.only_for in {"", self.id} and what(message)

        return await self._slack.shows(seen, in_=in_)

    async def uses_shortcut(self, callback_id: str, message: Message) -> Envelope:
        """Choose a shortcut of the app in the menu of a message."""
        payload = self._slack.happenings.shortcut(self.account, message, callback_id)
        return await self._slack.deliveries.deliver("interactive", payload)

    async def opens_home(self, tab: str = "home") -> Envelope:
        """Open the app's own page; `tab` may be messages."""
        event: dict[str, Any] = {"type": "app_home_opened", "user": self.id, "channel": self.direct.id, "tab": tab}
        if self.home is not None:
            event["view"] = self.home
        return await self._slack.deliveries.deliver("events_api", self._slack.happenings.event(event))

    async def stops(self, message: Message) -> Envelope:
        """Press Slack's own Stop in the thread of `message`."""
        return await self._slack.telling.stop(self.account, message)

    def _written(self, text: str, where: Where) -> Message:
        channel = where if isinstance(where, Channel) else self._workspace.channels[where.channel]
        if channel.direct_to and self.id not in channel.members:
            raise AssertionError(f"{self.name} cannot see that conversation")
        channel.members.add(self.id)
        thread = where.thread if isinstance(where, Message) else ""
        return Message(
            channel=channel.id,
            ts=self._workspace.ts(),
            user=self.id,
            text=text,
            thread_ts=thread,
            blocks=[_rich_text(text)],
        )


def _find(label: str, on: Message | OpenView | dict[str, Any]) -> Button:
    blocks = on.blocks if isinstance(on, Message) else (on.view if isinstance(on, OpenView) else on)["blocks"]
    there = list(buttons(blocks))
    for button in there:
        if label in (button.label, button.action_id):
            return button
    raise AssertionError(f"there is no button {label!r}, only {[button.label for button in there]}")


def _rich_text(text: str) -> dict[str, Any]:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "block_id": "rt", "elements": [section]}
