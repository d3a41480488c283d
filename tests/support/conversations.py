"""A whole program in one chat room in memory: people type, press and fill in; agents play what the test has written."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from adapters.chat.card import Card, Choices, Code, Markdown, Text
from adapters.chat.inbound import (
    ButtonPressed,
    CommandReceived,
    FormSubmitted,
    HomeOpened,
    MessagePicked,
    MessageReceived,
    StopPressed,
)
from adapters.chat.memory import MemoryChat
from adapters.chat.memory_values import ANYTHING, MemoryMessage
from adapters.chat.port import Capabilities
from bot.access import Gate
from bot.commands.chat import chat_commands
from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb
from bot.commands.registry import Handler, Registry
from bot.commands.reply import Reply
from bot.compose import Program, opened
from bot.conversation.answering import Answering
from bot.conversation.conversation import Conversation
from bot.conversation.following import Following
from bot.delivery.delivery import ChatDelivery
from bot.delivery.reminders import Patience
from bot.inbox import Inbox
from bot.onlooker import utc_now
from bot.tokens import pressable
from config.settings import load_settings
from core.agents.memory import MemoryAgentRunner, Play
from core.agents.runner import AgentSpec
from core.domain.approval import Approval
from core.domain.audit import AuditEntry
from core.domain.identity import Person, PersonId, Place, TaskId
from core.domain.task import TaskState
from core.views import TaskView
from tests.support.engine import make_repository
from tests.support.engine_plays import step_of, usual

PATIENCE_S = 30.0
SPACE = "T1"
CHANNEL = "CSHOP"

SETTINGS = """\
[slack]
workspaces = ["T1"]
channels = ["COPEN"]

[access]
admins = ["slack:T1/UROOT"]

[planning]
by = "rules"

[projects.shop]
path = "{folder}/shop"
workflow = "build_only"
plan_gate = "always"
[projects.shop.access]
admins = ["slack:T1/UADA"]
developers = ["slack:T1/UALICE", "slack:T1/UBOB"]
viewers = ["slack:T1/UVERA"]
[projects.shop.decide]
plan = "other"
[projects.shop.chat]
channels = ["slack:T1/CSHOP"]
[projects.shop.notify]
direct = []

[projects.docs]
path = "{folder}/docs"
workflow = "build_only"
[projects.docs.access]
developers = ["slack:T1/UALICE"]
[projects.docs.notify]
direct = []
"""
WORKFLOWS = {
    "build_only": "name: build_only\nsteps:\n  - {name: build, role: builder}\n",
    "plan_build": (
        "name: plan_build\nsteps:\n"
        "  - {name: plan, role: planner, gate: plan}\n  - {name: build, role: builder, needs: [plan]}\n"
    ),
}
T = TypeVar("T")


def person(name: str) -> Person:
    """Somebody of workspace T1."""
    return Person(id=PersonId(f"slack:{SPACE}/U{name.upper()}"), name=name)


def texts(card: Card) -> str:
    """Everything a card says, as one text."""
    said = [card.title, card.status]
    for part in card.sections:
        match part:
            case Text() | Markdown() | Code():
                said.append(part.text)
            case Choices():
                said += [part.text, *(option.label for option in part.options)]
            case _:
                pass
    return "\n".join(each for each in said if each)


@dataclass(kw_only=True, repr=False)
class Room:
    """One platform, one program. Everything a person does waits until the program has kept it."""

    program: Program
    chat: MemoryChat
    conversation: Conversation
    delivery: ChatDelivery
    following: Following
    inbox: Inbox
    commands: dict[Verb, Handler]
    """Handlers a test puts in the place of the real ones."""
    plays: dict[str, Play]
    """By step or role, or `project/step`; the usual for the others."""
    _events: "count[int]" = field(default_factory=lambda: count(1))

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """What hypothesis prints of it: not everything that hangs on it."""
        printer.text("Room()")

    def place(self, channel: str = CHANNEL, thread: str = "") -> Place:
        """A place in the workspace."""
        return self.chat.board.place(channel, thread)

    # what people do

    async def types(
        self, name: str, text: str, *, at: Place | None = None, verb: str = "", event: str = ""
    ) -> CommandReceived:
        """`/orchestrate TEXT`."""
        at = at or self.place()
        event = event or self._event()
        inbound = CommandReceived(
            event_id=event, person=person(name), place=at, text=text, verb=verb, trigger=f"trigger-{event}"
        )
        await self.chat.hear(inbound)
        return inbound

    async def says(
        self,
        name: str,
        text: str,
        *,
        at: Place | None = None,
        mention: bool = False,
        direct: bool = False,
        written_at: datetime | None = None,
    ) -> MessageReceived:
        """An ordinary message."""
        at = self.chat.board.direct_place(person(name).id) if direct and at is None else at or self.place()
        event = self._event()
        inbound = MessageReceived(
            event_id=event,
            person=person(name),
            place=at,
            text=text,
            message=f"m-{event}",
            mentions_us=mention,
            direct=direct,
            written_at=written_at,
        )
        await self.chat.hear(inbound)
        return inbound

    async def presses(
        self, name: str, label: str, card: Card, *, at: Place | None = None, message: str = "m"
    ) -> ButtonPressed:
        """The button called `label` on a card as it was shown."""
        found = [each for each in pressable(card) if each.label == label]
        assert found, f"no {label!r} among {[each.label for each in pressable(card)]}"
        return await self.presses_token(name, found[0].token, at=at, message=message)

    async def presses_token(
        self, name: str, token: str, *, at: Place | None = None, message: str = "m"
    ) -> ButtonPressed:
        """A button with this token."""
        event = self._event()
        inbound = ButtonPressed(
            event_id=event,
            person=person(name),
            place=at or self.place(),
            token=token,
            message=message,
            trigger=f"trigger-{event}",
        )
        await self.chat.hear(inbound)
        return inbound

    async def fills(self, name: str, place: Place | None = None, **values: str) -> FormSubmitted:
        """The newest form in front of the person, filled in."""
        form = await self.until(lambda: [each.form for each in self.chat.board.forms if each.person == person(name).id])
        inbound = FormSubmitted(
            event_id=self._event(),
            person=person(name),
            place=place or self.place(""),
            token=form[-1].token,
            values=values,
        )
        await self.chat.hear(inbound)
        return inbound

    async def picks(self, name: str, text: str, *, at: Place | None = None) -> MessagePicked:
        """ "Orchestrate this" on a message."""
        event = self._event()
        inbound = MessagePicked(
            event_id=event,
            person=person(name),
            place=at or self.place(thread="picked"),
            text=text,
            message="picked",
            trigger=f"trigger-{event}",
        )
        await self.chat.hear(inbound)
        return inbound

    async def opens_home(self, name: str) -> tuple[Card, ...]:
        """The person's page as it looks after opening it."""
        self.chat.board.homes.pop(person(name).id, None)
        await self.chat.hear(HomeOpened(event_id=self._event(), person=person(name), place=self.place("")))
        return await self.until(lambda: self.chat.board.homes.get(person(name).id))

    async def stops(self, name: str, at: Place) -> None:
        """The platform's own Stop."""
        await self.chat.hear(StopPressed(event_id=self._event(), person=person(name), place=at))

    # what they see

    def answers(self, name: str) -> list[Card]:
        """All that was said to this person alone, oldest first."""
        whispered = [each.card for each in self.chat.board.whispers if each.person == person(name).id]
        own = self.chat.board.direct_place(person(name).id).channel
        written = [each.card for each in self.messages() if each.card is not None and each.place.channel == own]
        return [*whispered, *written]

    async def answer(self, name: str, number: int = 1) -> Card:
        """The `number`-th private answer of the person, once it is there."""
        return (await self.until(lambda: self.answers(name)[number - 1 : number]))[0]

    def messages(self) -> list[MemoryMessage]:
        """Everything that was posted."""
        return list(self.chat.board.messages.values())

    async def card(self, key: str, *, saying: str = "") -> Card:
        """The card of a task or approval as it stands, once it says that."""

        def found() -> Card | None:
            shown = [each.card for each in self.messages() if each.card is not None and each.card.key == key]
            return next((each for each in shown if saying in texts(each)), None)

        return await self.until(found)

    async def thread(self, task: str) -> Place:
        """Where the task is talked about, once it has its thread."""

        async def place() -> Place | None:
            async with self.program.store.reading() as uow:
                thread = await uow.threads.of(TaskId(task))
            return thread.place if thread is not None else None

        return await self.sooner_or_later(place)

    # what is

    async def task(self, task: str, *states: TaskState) -> TaskView:
        """The task, once it is in one of `states`."""

        async def view() -> TaskView | None:
            async with self.program.store.reading() as uow:
                known = [each.id for each in await uow.tasks.list(limit=100)]
            if task not in known:
                return None
            found = await self.program.reader.task(TaskId(task))
            return found if not states or found.task.state in states else None

        return await self.sooner_or_later(view)

    async def tasks(self) -> list[TaskView]:
        """All tasks, oldest first."""
        return (await self.program.reader.tasks(limit=50))[::-1]

    async def asked(self, task: str = "T1") -> Approval:
        """The task's open question, once there is one."""

        async def first() -> Approval | None:
            waiting = [each for each in await self.program.reader.pending_approvals() if each.task == task]
            return waiting[0] if waiting else None

        return await self.sooner_or_later(first)

    async def audit(self) -> list[AuditEntry]:
        """The trail, oldest first."""
        async with self.program.store.reading() as uow:
            return (await uow.audit.entries(200))[::-1]

    async def settled(self) -> None:
        """Everything that came in is acted on."""

        async def nothing() -> bool:
            async with self.program.store.reading() as uow:
                return not await uow.hearings.waiting(self.chat.platform, limit=1)

        await self.sooner_or_later(nothing)

    async def until(self, condition: Callable[[], T | None]) -> T:
        """What `condition` says once it says something, looked at after each change on the platform."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                found = await self.chat.until(condition)
        except TimeoutError:
            raise AssertionError(f"waited in vain; what stands there:\n{self._all()}") from None
        assert found is not None
        return found

    async def sooner_or_later(self, look: Callable[[], Awaitable[T | None]]) -> T:
        """What `look` says once it says something; looked at again and again."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not (found := await look()):
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"waited in vain; what stands there:\n{self._all()}") from None
        return found

    def _all(self) -> str:
        said = [
            f"{each.place.channel}/{each.place.thread}: {texts(each.card)}" for each in self.messages() if each.card
        ]
        return "\n".join([*said, *(f"{each.person}: {texts(each.card)}" for each in self.chat.board.whispers)])

    def _event(self) -> str:
        return f"e{next(self._events)}"


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


def room_of(program: Program, chat: MemoryChat, plays: dict[str, Play]) -> Room:
    """The chat half of a program, wired; nothing runs yet."""
    instead: dict[Verb, Handler] = {}
    delivery = ChatDelivery(
        program.store,
        chat,
        project=program.settings.projects.get,
        patience=Patience(remind_after_s=3600.0, escalate_after_s=14400.0),
        clock=utc_now,
    )
    following = Following(chat, every_s=0.01)
    conversation = Conversation(
        context=Context(
            seen=program, orchestrator=program.orchestrator, gate=Gate.of(program.settings), data=program.data
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
async def open_room(
    folder: Path,
    template: Path,
    *,
    plays: Mapping[str, Play] | None = None,
    capabilities: Capabilities = ANYTHING,
    chat: MemoryChat | None = None,
    runs: bool = True,
    works: bool = False,
) -> AsyncIterator[Room]:
    """A program with two projects and a chat; opened again in the same folder it is the same program, started again.

    `runs` tells whether it listens, `works` whether agents are at work.
    """
    home = folder / "home"
    if not home.exists():
        (home / "workflows").mkdir(parents=True)
        (home / "orchestrator.sqlite3").write_bytes(template.read_bytes())
        for name, text in WORKFLOWS.items():
            (home / "workflows" / f"{name}.yaml").write_text(text)
        for name in ("shop", "docs"):
            make_repository(folder / name)
        (folder / "orchestrator.toml").write_text(SETTINGS.format(folder=folder))
    environ = {"ORCHESTRATOR_HOME": str(home), "HOME": str(folder), "PATH": "/usr/local/bin:/usr/bin:/bin"}
    settings = load_settings(config=folder / "orchestrator.toml", cwd=folder, environ=environ)
    played = dict(plays or {})

    def play_of(spec: AgentSpec) -> Play:
        return played.get(step_of(spec)) or played.get(spec.role.name, usual)

    async with AsyncExitStack() as stack:
        program = await stack.enter_async_context(opened(settings, environ=environ, runner=MemoryAgentRunner(play_of)))
        if works:
            await stack.enter_async_context(program.worker())
        chat = chat or MemoryChat(clock=utc_now, platform="slack", space=SPACE, capabilities=capabilities)
        room = room_of(program, chat, played)
        if runs:
            await stack.enter_async_context(running(room))
        yield room


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
