"""What Telegram remembers around one bot: accounts, chats, messages, files, questions; and a bell for every change."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

from tests.platforms.telegram.message import Json, Message, SharedFile
from tests.platforms.telegram.places import (
    ANONYMOUS_ADMIN,
    BOT_ID,
    BOT_USERNAME,
    CHANNEL_SPEAKER,
    TELEGRAM_ITSELF,
    Account,
    Chat,
    Kind,
    Member,
    Topic,
)

DRAFT_LIFE_S = 30.0
"""How long a draft stands: core.telegram.org/bots/api#sendmessagedraft."""
_STAND_INS = (
    (ANONYMOUS_ADMIN, "Group", "GroupAnonymousBot"),
    (CHANNEL_SPEAKER, "Channel", "Channel_Bot"),
    (TELEGRAM_ITSELF, "Telegram", ""),
)


@dataclass(slots=True, kw_only=True)
class Press:
    """A pressed button, and what the person gets to see for it."""

    id: str
    person: int
    message: Message
    data: str
    at: float
    answered_at: float = 0.0
    answered: bool = False
    text: str = ""
    alert: bool = False
    """Whether the text is in a window that has to be closed, instead of a line that fades."""
    url: str = ""
    """What the answer opens."""


@dataclass(slots=True, kw_only=True)
class Draft:
    """A message that is still being written, as the person sees it."""

    chat: int
    id: int
    thread: int
    text: str
    at: float
    entities: list[Json] = field(default_factory=list[Json])
    rich: Json | None = None
    versions: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """The bot showed that it is busy, such as `typing`."""

    chat: int
    thread: int
    what: str
    at: float


class Bell:
    """Wakes everybody who waits for a change."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Something changed."""
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()

    async def wait(self) -> None:
        """Until the next ring."""
        await self._rung.wait()


class World:
    """Everything that is there. Supergroups and channels count their own messages; all other chats share a counter."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.bell = Bell()
        self.accounts: dict[int, Account] = {}
        self.chats: dict[int, Chat] = {}
        self.messages: dict[tuple[int, int], Message] = {}
        self.files: dict[str, SharedFile] = {}
        self.presses: dict[str, Press] = {}
        self.drafts: dict[tuple[int, int], Draft] = {}
        self.actions: list[Action] = []
        self.commands: dict[tuple[str, str], list[Json]] = {}
        """The bot's commands by scope (as JSON with sorted keys) and language."""
        self.about: dict[tuple[str, str], str] = {}
        """The bot's name and descriptions by kind and language."""
        self.menu_buttons: dict[int, Json] = {}
        """The bot's menu button by private chat; 0 for all."""
        self._numbers = count(1)
        self._shared_messages = count(101)
        self.accounts[BOT_ID] = Account(id=BOT_ID, name="Orchestrator", username=BOT_USERNAME, is_bot=True)
        for number, name, username in _STAND_INS:
            self.accounts[number] = Account(id=number, name=name, username=username, is_bot=bool(username))

    def number(self) -> int:
        """A number that was not given out before."""
        return next(self._numbers)

    def new_message_id(self, chat: Chat) -> int:
        """The id of the next message in `chat`."""
        if chat.kind in {"supergroup", "channel"}:
            chat.last_message += 1
            return chat.last_message
        return next(self._shared_messages)

    def keep(self, message: Message) -> Message:
        """Put a message where it belongs and tell everybody; what the bot was writing there is written."""
        self.messages[message.chat, message.id] = message
        if message.by_app:
            self.drafts = {key: each for key, each in self.drafts.items() if each.chat != message.chat}
        self.bell.ring()
        return message

    def find(self, chat: int, message: int) -> Message | None:
        """The message, unless it is deleted."""
        found = self.messages.get((chat, message))
        return None if found is None or found.deleted else found

    def new_chat(self, kind: Kind, *, title: str, forum: bool = False) -> Chat:
        """A chat with nobody in it."""
        number = next(self._numbers)
        base = -(4_000_000 + number) if kind == "group" else -(1_002_000_000_000 + number)
        chat = Chat(id=base, kind=kind, title=title, forum=forum)
        self.chats[chat.id] = chat
        return chat

    def private(self, account: Account) -> Chat:
        """The conversation of a person and the bot."""
        if account.id not in self.chats:
            members = {account.id: Member(), BOT_ID: Member()}
            self.chats[account.id] = Chat(id=account.id, kind="private", members=members)
        return self.chats[account.id]

    def draft(self, chat: int) -> Draft | None:
        """What a person sees being written in a private chat."""
        drafts = [each for each in self.drafts.values() if each.chat == chat and self.now() - each.at <= DRAFT_LIFE_S]
        return drafts[-1] if drafts else None

    def topic(self, chat: Chat, thread: int) -> Topic | None:
        """The topic, unless it is deleted."""
        topic = chat.topics.get(thread)
        return None if topic is None or topic.deleted else topic

    def shown(self) -> Iterator[Message]:
        """Every message that is not deleted, oldest first."""
        return (each for each in self.messages.values() if not each.deleted)

    def account(self, wanted: int | str) -> Account | None:
        """By id, or by @username."""
        if isinstance(wanted, int):
            return self.accounts.get(wanted)
        name = wanted.removeprefix("@").lower()
        return next((each for each in self.accounts.values() if each.username.lower() == name), None)
