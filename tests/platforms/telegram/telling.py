"""What people do is seen by everybody in the chat, and told to the bot as far as Telegram tells bots anything."""

from tests.platforms.telegram.message import Button, Json, Message
from tests.platforms.telegram.payloads import chat_of, member_of, message_of, reference_to, user_of
from tests.platforms.telegram.places import BOT_ID, BOT_USERNAME, Account, Chat, Member
from tests.platforms.telegram.updates import Update, Updates
from tests.platforms.telegram.world import Press, World


class Telling:
    """Makes updates. With `privacy` a bot that does not run a group hears there only what is meant for it."""

    def __init__(self, *, world: World, updates: Updates, privacy: bool) -> None:
        self._world, self._updates, self._privacy = world, updates, privacy

    def message(self, message: Message, *, edited: bool = False) -> Update | None:
        """Somebody wrote or edited."""
        if not self._hears(message):
            return None
        channel = self._world.chats[message.chat].kind == "channel"
        kind = ("edited_" if edited else "") + ("channel_post" if channel else "message")
        return self._updates.add(kind, message_of(message, self._world))

    def press(self, person: Account, message: Message, button: Button, *, accessible: bool) -> Press:
        """Somebody pressed a button."""
        number = str(10**17 + self._world.number())
        press = Press(id=number, person=person.id, message=message, data=button.data, at=self._world.now())
        self._world.presses[press.id] = press
        self._updates.add(
            "callback_query",
            {
                "id": press.id,
                "from": user_of(person),
                "message": reference_to(message, self._world, accessible=accessible),
                "chat_instance": str(7 * 10**15 + message.chat),
                "data": button.data,
            },
        )
        return press

    def membership(self, chat: Chat, who: int, *, by: Account, before: Member, kind: str = "my_chat_member") -> None:
        """How the bot, or somebody else, stands in a chat has changed."""
        if kind == "chat_member" and not chat.bot.admin:
            return
        account = self._world.accounts[who]
        change: Json = {
            "chat": chat_of(chat, self._world),
            "from": user_of(by),
            "date": int(self._world.now()),
            "old_chat_member": member_of(account, before),
            "new_chat_member": member_of(account, chat.member(who)),
        }
        self._updates.add(kind, change)
        self._world.bell.ring()

    def reaction(self, person: Account, message: Message, *, before: list[str]) -> None:
        """Somebody reacted to a message; in groups only bots that run them are told."""
        chat = self._world.chats[message.chat]
        if not (chat.private or chat.bot.admin):
            return
        old, new = (
            [{"type": "emoji", "emoji": each} for each in emojis]
            for emojis in (before, message.reactions.get(person.id, []))
        )
        change = {
            "chat": chat_of(chat, self._world),
            "message_id": message.id,
            "user": user_of(person),
            "date": int(self._world.now()),
            "old_reaction": old,
            "new_reaction": new,
        }
        self._updates.add("message_reaction", change)

    def _hears(self, message: Message) -> bool:
        chat = self._world.chats[message.chat]
        if chat.private:
            return True
        author = self._world.accounts.get(message.sender)
        # the account of anonymous administrators is a bot only by name
        if not chat.bot.inside or (author is not None and author.is_bot and not message.as_chat):
            return False
        if chat.kind == "channel" or chat.bot.admin or not self._privacy or message.service:
            return True
        return self._is_meant(message)

    def _is_meant(self, message: Message) -> bool:
        """core.telegram.org/bots/features#privacy-mode"""
        if message.reply_to is not None and message.reply_to.sender == BOT_ID:
            return True
        commands = message.pieces("bot_command")
        if any("@" not in each or each.lower().endswith(f"@{BOT_USERNAME}") for each in commands):
            return True
        return any(each.lower() == f"@{BOT_USERNAME}" for each in message.pieces("mention"))
