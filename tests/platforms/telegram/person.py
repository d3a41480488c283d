"""Somebody in Telegram, who does what people do there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.platforms.telegram import parser
from tests.platforms.telegram.message import Button, Message, SharedFile
from tests.platforms.telegram.payloads import user_of
from tests.platforms.telegram.places import (
    ANONYMOUS_ADMIN,
    BOT_ID,
    BOT_USERNAME,
    CHANNEL_SPEAKER,
    Account,
    Chat,
    Member,
    Topic,
)
from tests.platforms.telegram.world import Draft, Press

if TYPE_CHECKING:
    from tests.platforms.telegram.simulator import TelegramSimulator


class Person:
    """One person. What they do has happened when the call returns; whether the bot has heard says `quiet`."""

    def __init__(self, account: Account, telegram: TelegramSimulator) -> None:
        self.account, self._telegram, self._world = account, telegram, telegram.world

    def __repr__(self) -> str:
        return f"Person({self.name})"

    @property
    def id(self) -> int:
        """Telegram's id."""
        return self.account.id

    @property
    def key(self) -> str:
        """The id as the program writes it: `telegram:5001`."""
        return f"telegram:{self.id}"

    @property
    def name(self) -> str:
        return self.account.name

    @property
    def direct(self) -> Chat:
        """The conversation with the bot."""
        return self._world.private(self.account)

    @property
    def presses_made(self) -> list[Press]:
        """Every button this person has pressed."""
        return [each for each in self._world.presses.values() if each.person == self.id]

    @property
    def alerts(self) -> list[str]:
        """What the person was told for pressing buttons, in a window or in a line that fades."""
        answered = sorted((each for each in self.presses_made if each.answered), key=lambda each: each.answered_at)
        return [each.text for each in answered if each.text]

    @property
    def draft(self) -> Draft | None:
        """What the person sees being written by the bot."""
        return self._world.draft(self.direct.id)

    # writing

    async def starts(self, payload: str = "") -> Message:
        """Press Start, or follow a link to the bot that carries `payload`. A blocked bot is let in again."""
        if self.account.blocked:
            await self.unblocks()
        self.account.started = True
        return await self.writes(f"/start {payload}".strip())

    async def writes(self, text: str, *, topic: Topic | None = None, reply_to: Message | None = None) -> Message:
        """A message to the bot alone; who writes has pressed Start."""
        self.account.started = True
        return await self.says(text, self.direct, topic=topic, reply_to=reply_to)

    async def says(
        self,
        text: str,
        where: Chat | Topic,
        *,
        topic: Topic | None = None,
        reply_to: Message | None = None,
        for_channel: Chat | None = None,
    ) -> Message:
        """A message in a chat or topic, perhaps as an answer or in the name of a channel.

        Who was not in the chat is now.
        """
        message = self._written(where, topic=topic, reply_to=reply_to)
        if for_channel is not None:
            message.sender, message.as_chat = CHANNEL_SPEAKER, for_channel.id
        message.text, _ = parser.stored(text, [])
        message.entities = self._found(message.text)
        return self._sent(message)

    async def mentions(self, text: str, where: Chat | Topic, *, reply_to: Message | None = None) -> Message:
        """A message that begins with the bot's name."""
        return await self.says(f"@{BOT_USERNAME} {text}", where, reply_to=reply_to)

    async def replies(self, text: str, message: Message) -> Message:
        """An answer to `message`, where that stands."""
        chat = self._world.chats[message.chat]
        topic = chat.topics.get(message.thread) if message.in_topic else None
        return await self.says(text, chat, topic=topic, reply_to=message)

    async def sends_file(
        self,
        name: str,
        data: bytes,
        where: Chat | Topic | None = None,
        *,
        caption: str = "",
        picture: bool = False,
        reply_to: Message | None = None,
    ) -> Message:
        """A document or picture with a caption; to the bot alone when nothing else is said."""
        self.account.started |= where is None
        message = self._written(where or self.direct, topic=None, reply_to=reply_to)
        kind = "image/png" if picture else "text/plain"
        file = SharedFile(id=f"file{self._world.number()}", name=name, data=data, mime_type=kind, picture=picture)
        self._world.files[file.id] = file
        message.file, message.text, message.entities = file, caption, self._found(caption)
        return self._sent(message)

    async def edits(self, message: Message, text: str) -> None:
        """Change an own message."""
        assert message.sender == self.id or message.as_chat, "it is somebody else's message"
        message.before.append(message.text)
        message.text, message.entities = text, self._found(text)
        message.edits, message.edited_at = message.edits + 1, int(self._world.now())
        self._telegram.telling.message(message, edited=True)
        self._world.bell.ring()

    async def deletes(self, message: Message) -> None:
        """Take a message away. Bots are not told."""
        message.deleted = True
        self._world.bell.ring()

    async def reacts(self, emoji: str, message: Message) -> None:
        """Put an emoji on a message; '' takes it back."""
        before = message.reactions.get(self.id, [])
        message.reactions[self.id] = [emoji] if emoji else []
        self._telegram.telling.reaction(self.account, message, before=before)
        self._world.bell.ring()

    # buttons

    async def presses(self, label: str, message: Message, *, accessible: bool = True) -> Press:
        """Press the button with this label, or with this data. Telegram shows bots no old message: `accessible`."""
        button = self._button(label, message)
        assert button.data, f"{label!r} tells the bot nothing; it opens {button.url or button.copies or button.other!r}"
        press = self._telegram.telling.press(self.account, message, button, accessible=accessible)
        self._world.bell.ring()
        return press

    async def follows(self, label: str, message: Message) -> str:
        """Press a button that opens a link. A link to the bot starts it with what the link carries."""
        url = self._button(label, message).url
        assert url, f"{label!r} opens no link"
        return await self.opens(url)

    async def opens(self, url: str) -> str:
        """Open a link; one to the bot starts it."""
        parts = urlsplit(url if "//" in url else f"https://{url}")
        if parts.netloc in {"t.me", "telegram.me"} and parts.path == f"/{BOT_USERNAME}":
            await self.starts(parse_qs(parts.query).get("start", [""])[0])
        return url

    def copies(self, label: str, message: Message) -> str:
        """Press a button that copies a text; the text."""
        return self._button(label, message).copies

    # coming and going

    async def blocks(self) -> None:
        """Block the bot."""
        await self._set_blocked(blocked=True)

    async def unblocks(self) -> None:
        """Let the bot write again."""
        await self._set_blocked(blocked=False)

    async def joins(self, chat: Chat) -> None:
        """Come into a chat; everybody reads that."""
        before = chat.member(self.id)
        chat.members[self.id] = Member()
        self._telegram.service(chat, {"new_chat_members": [user_of(self.account)]}, by=self.account)
        self._telegram.telling.membership(chat, self.id, by=self.account, before=before, kind="chat_member")

    async def leaves(self, chat: Chat) -> None:
        """Go; everybody reads that."""
        before = chat.member(self.id)
        chat.members[self.id] = Member(status="left")
        self._telegram.service(chat, {"left_chat_member": user_of(self.account)}, by=self.account)
        self._telegram.telling.membership(chat, self.id, by=self.account, before=before, kind="chat_member")

    def becomes_admin(self, chat: Chat, *, anonymous: bool = False) -> None:
        """Run a chat from now on; `anonymous` writes in the name of the group."""
        chat.members[self.id] = Member(status="administrator", rights={"can_manage_chat"}, anonymous=anonymous)

    def is_mentioned_in(self, message: Message) -> bool:
        """Whether the person's phone rings for it: by @username, or by a link to the person."""
        by_id = [each["user"]["id"] for each in message.entities if each["type"] == "text_mention"]
        by_name = [each.lower() for each in message.pieces("mention")]
        return self.id in by_id or (bool(self.account.username) and f"@{self.account.username.lower()}" in by_name)

    async def sees(self, what: Callable[[Message], bool], *, in_: Chat | Topic | None = None) -> Message:
        """Wait for a message of the bot that this person can see, and return the newest such."""

        def seen(message: Message) -> bool:
            return self._world.chats[message.chat].member(self.id).inside and what(message)

        return await self._telegram.shows(seen, in_=in_)

    async def _set_blocked(self, *, blocked: bool) -> None:
        self.account.blocked = blocked
        before = self.direct.bot
        self.direct.members[BOT_ID] = Member(status="kicked" if blocked else "member")
        self._telegram.telling.membership(self.direct, BOT_ID, by=self.account, before=before)

    def _written(self, where: Chat | Topic, *, topic: Topic | None, reply_to: Message | None) -> Message:
        chat = self._world.chats[where.chat] if isinstance(where, Topic) else where
        topic = where if isinstance(where, Topic) else topic
        assert not chat.private or chat.id == self.id, f"{self.name} cannot see that conversation"
        if not chat.member(self.id).inside:
            chat.members[self.id] = Member()
        hidden = chat.member(self.id).anonymous
        thread, in_topic = (topic.id, True) if topic else (0, False)
        if reply_to is not None and topic is None:
            thread, in_topic = chat.thread_of_reply(reply_to.id, thread=reply_to.thread, in_topic=reply_to.in_topic)
        return Message(
            chat=chat.id,
            id=self._world.new_message_id(chat),
            sender=ANONYMOUS_ADMIN if hidden else self.id,
            as_chat=chat.id if hidden else 0,
            at=int(self._world.now()),
            thread=thread,
            in_topic=in_topic,
            reply_to=reply_to,
        )

    def _sent(self, message: Message) -> Message:
        self._world.keep(message)
        self._telegram.telling.message(message)
        return message

    def _found(self, text: str) -> list[dict[str, object]]:
        return parser.found(text, [])

    @staticmethod
    def _button(label: str, message: Message) -> Button:
        assert not message.deleted, "the message is not there any more"
        for button in message.buttons:
            if label in (button.label, button.data):
                return button
        raise AssertionError(f"there is no button {label!r}, only {message.labels}")
