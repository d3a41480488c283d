"""What becomes of groups and of the bot in them: made, upgraded, run, left; topics opened and closed; channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.platforms.telegram import parser
from tests.platforms.telegram.message import Json, Message
from tests.platforms.telegram.methods import topics
from tests.platforms.telegram.payloads import user_of
from tests.platforms.telegram.places import BOT_ID, RIGHTS, TELEGRAM_ITSELF, Account, Chat, Kind, Member, Topic

if TYPE_CHECKING:
    from tests.platforms.telegram.person import Person
    from tests.platforms.telegram.telling import Telling
    from tests.platforms.telegram.world import World


class Groups:
    """What TelegramSimulator can do with groups. Who does it is named where the bot is told."""

    world: World
    telling: Telling

    def group(self, title: str, *, with_bot: bool = True) -> Chat:
        """The small group of this title; a new one has everybody in it, and the bot unless told."""
        return self._chat("group", title, with_bot=with_bot)

    def supergroup(self, title: str, *, with_bot: bool = True) -> Chat:
        """The supergroup of this title."""
        return self._chat("supergroup", title, with_bot=with_bot)

    def forum(self, title: str, *, admin: bool = True) -> Chat:
        """The supergroup with topics of this title; the bot runs it unless told, and may make topics."""
        chat = self._chat("supergroup", title, forum=True)
        if admin and not chat.bot.admin:
            chat.members[BOT_ID] = Member(status="administrator", rights=set(RIGHTS))
        return chat

    def channel(self, title: str) -> Chat:
        """The channel of this title; the bot may post in it."""
        chat = self._chat("channel", title)
        chat.members[BOT_ID] = Member(status="administrator", rights=set(RIGHTS))
        return chat

    async def posts(self, text: str, channel: Chat, *, discussed_in: Chat | None = None) -> Message:
        """Somebody posts in a channel; nobody sees who. Telegram brings it into the group where it is discussed."""
        message = self._post(text, channel, channel, sender=0)
        if discussed_in is not None:
            self._post(text, channel, discussed_in, sender=TELEGRAM_ITSELF)
        return message

    def service(self, chat: Chat, what: Json, *, by: Account, topic: Topic | None = None) -> Message:
        """A message of Telegram's about what somebody did; `what` are its fields."""
        message = Message(
            chat=chat.id,
            id=self.world.new_message_id(chat),
            sender=by.id,
            at=int(self.world.now()),
            thread=topic.id if topic else 0,
            in_topic=topic is not None,
            service=what,
        )
        self.world.keep(message)
        self.telling.message(message)
        return message

    async def adds_bot(self, chat: Chat, *, by: Person) -> None:
        """Somebody adds the bot."""
        self._set_bot(chat, Member(), by=by)
        self.service(chat, {"new_chat_members": [user_of(self.world.accounts[BOT_ID])]}, by=by.account)

    async def removes_bot(self, chat: Chat, *, by: Person) -> None:
        """Somebody throws the bot out."""
        self._set_bot(chat, Member(status="kicked"), by=by)

    async def promotes_bot(self, chat: Chat, *rights: str, by: Person) -> None:
        """Somebody lets the bot run the group, with these rights."""
        self._set_bot(chat, Member(status="administrator", rights=set(rights)), by=by)

    async def demotes_bot(self, chat: Chat, *, by: Person) -> None:
        """Somebody makes the bot an ordinary member again."""
        self._set_bot(chat, Member(), by=by)

    def mutes_bot(self, chat: Chat) -> None:
        """The bot may read and not write."""
        chat.bot.muted = True

    async def migrates(self, chat: Chat, *, by: Person) -> Chat:
        """A small group becomes a supergroup: a new chat, in which the old messages are not."""
        assert chat.kind == "group", "only small groups become supergroups"
        new = self.world.new_chat("supergroup", title=chat.title)
        new.members = dict(chat.members)
        # people and the bot hear of it in both chats; the old one is closed by then
        self.service(chat, {"migrate_to_chat_id": new.id}, by=by.account)
        chat.migrated_to = new.id
        self.service(new, {"migrate_from_chat_id": chat.id}, by=by.account)
        return new

    async def opens(self, chat: Chat, name: str, *, by: Person) -> Topic:
        """Somebody opens a topic."""
        topic = topics.opened(self.world, chat, name=name, by=by.id)
        self.telling.message(self.world.messages[chat.id, topic.id])
        return topic

    async def closes(self, topic: Topic, *, by: Person) -> None:
        """Somebody closes a topic: only who runs the group can write in it."""
        topic.closed = True
        self.service(self.world.chats[topic.chat], {"forum_topic_closed": {}}, by=by.account, topic=topic)

    async def reopens(self, topic: Topic, *, by: Person) -> None:
        """Somebody opens a closed topic again."""
        topic.closed = False
        self.service(self.world.chats[topic.chat], {"forum_topic_reopened": {}}, by=by.account, topic=topic)

    def deletes_topic(self, topic: Topic) -> None:
        """Somebody deletes a topic with all that is in it. Bots are not told."""
        topic.deleted = True
        for message in self.world.messages.values():
            if (message.chat, message.thread) == (topic.chat, topic.id):
                message.deleted = True
        self.world.bell.ring()

    def _post(self, text: str, channel: Chat, where: Chat, *, sender: int) -> Message:
        message = Message(
            chat=where.id,
            id=self.world.new_message_id(where),
            sender=sender,
            as_chat=channel.id,
            at=int(self.world.now()),
            text=text,
            entities=parser.found(text, []),
            brought=bool(sender),
        )
        self.world.keep(message)
        self.telling.message(message)
        return message

    def _set_bot(self, chat: Chat, member: Member, *, by: Person) -> None:
        before, chat.members[BOT_ID] = chat.bot, member
        self.telling.membership(chat, BOT_ID, by=by.account, before=before)

    def _chat(self, kind: Kind, title: str, *, forum: bool = False, with_bot: bool = True) -> Chat:
        for chat in self.world.chats.values():
            if chat.title == title and not chat.migrated_to and chat.kind != "private":
                return chat
        chat = self.world.new_chat(kind, title=title, forum=forum)
        people = [each.id for each in self.world.accounts.values() if not each.is_bot and each.id != TELEGRAM_ITSELF]
        chat.members = {each: Member() for each in people}
        if with_bot:
            chat.members[BOT_ID] = Member()
        return chat
