"""The chat half of a program around a room, and its loops."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from adapters.chat.memory import MemoryChat
from bot.access import Gate
from bot.commands.chat import chat_commands
from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb
from bot.commands.registry import Handler, Registry
from bot.commands.reply import Reply
from bot.compose import Program
from bot.conversation.answering import Answering
from bot.conversation.conversation import Conversation
from bot.conversation.following import Following
from bot.delivery.delivery import ChatDelivery
from bot.delivery.reminders import Patience
from bot.inbox import Inbox
from bot.onlooker import utc_now
from core.agents.memory import Play
from core.costs.picture import Charts
from tests.support.conversations.room import Room
from tests.support.conversations.sight import PATIENCE_S


class Commands(Registry):
    """The commands of a chat, some of them changed by a test while it runs."""

    def __init__(self, instead: Mapping[Verb, Handler]) -> None:
        super().__init__()
        self._instead = instead
        self._real = chat_commands()

    async def run(self, command: Command, asker: Asker, context: Context) -> Reply:
        if command.verb in self._instead:
            return await self._instead[command.verb](command, asker, context)
        return await self._real.run(command, asker, context)


def room_of(program: Program, chat: MemoryChat, plays: dict[str, Play], *, charts: Charts | None = None) -> Room:
    """The chat half of a program, wired; nothing runs yet."""
    instead: dict[Verb, Handler] = {}
    delivery = ChatDelivery(
        program.store,
        chat,
        project=program.settings.projects.get,
        patience=Patience(remind_after_s=3600.0, escalate_after_s=14400.0),
        clock=utc_now,
        book=program.settings.budget_book,
        charts=charts,
    )
    following = Following(chat, every_s=0.01, finish_within_s=PATIENCE_S)
    conversation = Conversation(
        context=Context(
            seen=program,
            orchestrator=program.orchestrator,
            gate=Gate.of(program.settings),
            data=program.data,
            charts=charts,
        ),
        commands=Commands(instead),
        answering=Answering(adapter=chat, store=program.store, stirred=delivery.wake, following=following),
    )
    inbox = Inbox(store=program.store, act=conversation.act, platform=chat.platform, clock=utc_now)
    return Room(
        program=program,
        chat=chat,
        conversation=conversation,
        delivery=delivery,
        following=following,
        inbox=inbox,
        commands=instead,
        plays=plays,
    )


@asynccontextmanager
async def running(room: Room) -> AsyncIterator[None]:
    """Listening, acting and delivering, until the end of the block."""
    await room.delivery.begin()
    loops = [
        asyncio.create_task(each, name=f"room {number}")
        for number, each in enumerate(
            (
                room.following.run(),
                room.inbox.run(),
                room.delivery.run(),
                room.chat.run(room.inbox.hear, ready=lambda: None),
            )
        )
    ]
    try:
        yield
    finally:
        for loop in loops:
            loop.cancel()
        ended = await asyncio.gather(*loops, return_exceptions=True)
        broken = [
            each for each in ended if isinstance(each, Exception) and not isinstance(each, asyncio.CancelledError)
        ]
        assert not broken, broken
