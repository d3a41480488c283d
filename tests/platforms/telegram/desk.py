"""What a method needs to do its work: the world, the updates, and the rules of where the bot may speak."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.platforms.telegram.call import ForbiddenError, RefusedError
from tests.platforms.telegram.message import Json, Message
from tests.platforms.telegram.places import Chat, Topic
from tests.platforms.telegram.updates import Updates
from tests.platforms.telegram.world import World

ME_MAY_NOT = "not enough rights"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where calls are worked on."""

    world: World
    updates: Updates
    private_topics: bool
    """Whether private chats have topics: the bot's owner switches it on in BotFather."""
    rich: bool
    """Whether the server knows rich messages."""
    privacy: bool

    def chat(self, given: Any) -> Chat:
        """The chat the bot may look at, by id or @username."""
        chat = self._known(given)
        if chat.migrated_to:
            why = "group chat was upgraded to a supergroup chat"
            raise RefusedError(why, migrate_to_chat_id=chat.migrated_to)
        if chat.private or chat.bot.inside:
            return chat
        if chat.bot.status == "kicked":
            raise ForbiddenError(f"bot was kicked from the {chat.kind} chat")
        raise ForbiddenError(f"bot is not a member of the {chat.kind} chat")

    def writable(self, given: Any) -> Chat:
        """The chat the bot may write in."""
        chat = self.chat(given)
        if chat.private:
            person = self.world.accounts[chat.id]
            if person.is_bot:
                raise ForbiddenError("bot can't send messages to bots")
            if person.deleted:
                raise ForbiddenError("user is deactivated")
            if person.blocked:
                raise ForbiddenError("bot was blocked by the user")
            if not person.started:
                raise ForbiddenError("bot can't initiate conversation with a user")
        elif chat.bot.muted or (chat.kind == "channel" and not chat.bot.admin):
            raise RefusedError(f"{ME_MAY_NOT} to send text messages to the chat")
        return chat

    def topic(self, chat: Chat, thread: int) -> Topic:
        """A topic of the chat."""
        topic = self.world.topic(chat, thread) if self.has_topics(chat) else None
        if topic is None:
            raise RefusedError("message thread not found")
        return topic

    def has_topics(self, chat: Chat) -> bool:
        """Whether messages of the chat can stand in topics."""
        return chat.forum or (chat.private and self.private_topics)

    def own_message(self, chat: Chat, number: int) -> Message:
        """A message the bot may edit."""
        message = self.world.find(chat.id, number)
        if message is None:
            raise RefusedError("message to edit not found")
        # other markup than buttons belongs to the screen of the person, and is not taken back
        if not message.by_app or message.service or (message.markup and "inline_keyboard" not in message.markup):
            raise RefusedError("message can't be edited")
        return message

    def _known(self, given: Any) -> Chat:
        if given in (None, ""):
            raise RefusedError("chat_id is empty", defect=True)
        if isinstance(given, str) and given.startswith("@"):
            names = {each.username.lower(): each for each in self.world.chats.values() if each.username}
            chat = names.get(given.lower()[1:])
        else:
            chat = self._by_number(str(given))
        if chat is None:
            raise RefusedError("chat not found")
        return chat

    def _by_number(self, given: str) -> Chat | None:
        if not given.removeprefix("-").isdecimal():
            return None
        account = self.world.accounts.get(int(given))
        return self.world.private(account) if account else self.world.chats.get(int(given))


Handler = Callable[[Desk, Json], Any]
