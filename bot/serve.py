"""The chat half of the program: on each platform it listens, acts and delivers, for as long as it is wanted."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import structlog

from adapters.chat.keyvalue import KeyValueStore
from adapters.chat.open_threads import OpenThreads
from adapters.chat.port import ChatAdapter
from adapters.chat.suggestion import Suggest
from bot.chat_context import context_of
from bot.commands.chat import chat_commands
from bot.commands.context import Context
from bot.compose import Program
from bot.conversation.answering import Answering
from bot.conversation.conversation import Conversation
from bot.conversation.following import Following
from bot.delivery.delivery import ChatDelivery
from bot.delivery.reminders import Patience
from bot.inbox import Inbox
from bot.stored_values import StoredValues
from bot.suggestions import Suggestions
from bot.task_threads import TaskThreads
from core.domain.errors import AddressUnavailableError, ConfigurationError, StoreError
from core.store.voice import voice

log = structlog.get_logger(__name__)

STAND_BY_S = 1.0
"""How often a process that may not speak looks whether it may now."""
_PAUSES_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Before a platform is begun again after a defect."""
_CALM_S = 300.0
"""After this long without a defect the pauses begin from the first again."""
_NEVER = (ConfigurationError, AddressUnavailableError)
"""What trying again does not mend."""

Tell = Callable[[str], None]


class VoiceLostError(StoreError):
    """Another process may speak on the platform now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provided:
    """What the program has for an adapter."""

    values: KeyValueStore
    suggest: Suggest
    threads: OpenThreads
    mask: Callable[[str], str]
    """Hides secrets in what an adapter keeps by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A platform to be served: `adapter` makes a fresh one, `greeting` says where one that is connected listens."""

    name: str
    title: str
    """As people call it."""
    adapter: Callable[[Provided], ChatAdapter]
    greeting: Callable[[ChatAdapter], str]


class ChatService:
    """Serves every platform at once; a defect on one does not silence the others. `tell` is given calm lines."""

    def __init__(self, program: Program, platforms: Sequence[Platform], *, tell: Tell) -> None:
        self._program = program
        self._platforms = platforms
        self._tell = tell

    async def run(self) -> None:
        """Serve until cancelled. ConfigurationError or AddressUnavailableError when a platform can never be served."""
        try:
            async with asyncio.TaskGroup() as group:
                for platform in self._platforms:
                    group.create_task(self._serve(platform), name=f"serve {platform.name}")
        except ExceptionGroup as errors:
            raise _worst(errors) from errors

    async def _serve(self, platform: Platform) -> None:
        """Hold the voice and speak, again and again: others may hold it, and defects end only what they hit."""
        attempt, stood_by = 0, False
        while True:
            began = asyncio.get_running_loop().time()
            try:
                async with voice(self._program.settings.database_url, platform.name) as lost:
                    if lost is not None:
                        stood_by = False
                        await self._speak(platform, lost)
                if not stood_by:
                    self._tell(f"Another process already listens in {platform.title}; this one stands by.")
                stood_by = True
                await asyncio.sleep(STAND_BY_S)
                continue
            except _NEVER:
                raise
            except Exception as error:  # whatever it was: the platform is begun anew, and the log has it
                log.exception("chat_broke", platform=platform.name, error=type(error).__name__)
            calm = asyncio.get_running_loop().time() - began > _CALM_S
            attempt = 0 if calm else min(attempt + 1, len(_PAUSES_S) - 1)
            self._tell(f"{platform.title} stopped unexpectedly and is begun again in {_PAUSES_S[attempt]:g} s.")
            await asyncio.sleep(_PAUSES_S[attempt])

    async def _speak(self, platform: Platform, lost: asyncio.Event) -> None:
        """Listen, act and deliver; ends only by an error. What is half done is found at the next start."""
        context = self._context()
        values = StoredValues(self._program.store, platform.name)
        adapter = platform.adapter(
            Provided(
                values=values,
                suggest=Suggestions(context),
                threads=TaskThreads(self._program.store, platform.name),
                mask=self._program.mask,
            )
        )
        delivery, inbox, following = self._wired(platform.name, adapter, context)

        def ready() -> None:
            self._tell(platform.greeting(adapter))

        # where the journal stands is noted before anything is heard
        await delivery.begin()
        try:
            # the connection is let go of last: what ends may have last words
            async with asyncio.TaskGroup() as connected:
                connected.create_task(adapter.run(inbox.hear, ready=ready), name=f"{platform.name} adapter")
                async with asyncio.TaskGroup() as group:
                    group.create_task(following.run(), name=f"{platform.name} following")
                    group.create_task(inbox.run(), name=f"{platform.name} inbox")
                    group.create_task(delivery.run(), name=f"{platform.name} delivery")
                    await lost.wait()
                    raise VoiceLostError(f"Another process may speak in {platform.title} now.")
        except ExceptionGroup as errors:
            raise _worst(errors) from errors

    def _context(self) -> Context:
        return context_of(self._program)

    def _wired(self, name: str, adapter: ChatAdapter, context: Context) -> tuple[ChatDelivery, Inbox, Following]:
        program, settings = self._program, self._program.settings
        delivery = ChatDelivery(
            program.store,
            adapter,
            project=settings.projects.get,
            patience=Patience(
                remind_after_s=settings.approvals.remind_after_s,
                escalate_after_s=settings.approvals.escalate_after_s,
                admins=settings.access.admins,
            ),
            clock=program.clock,
            book=settings.budget_book,
            charts=context.charts,
        )
        following = Following(adapter)
        answering = Answering(adapter=adapter, store=program.store, stirred=delivery.wake, following=following)
        conversation = Conversation(context=context, commands=chat_commands(), answering=answering)
        inbox = Inbox(store=program.store, act=conversation.act, platform=name, clock=program.clock, mask=program.mask)
        return delivery, inbox, following


def _worst(errors: ExceptionGroup[Exception]) -> Exception:
    """What trying again does not mend, when that is among them; else what went wrong first."""
    found = list(_each(errors))
    return next((error for error in found if isinstance(error, _NEVER)), found[0])


def _each(error: ExceptionGroup[Exception]) -> Iterator[Exception]:
    for inner in error.exceptions:
        if isinstance(inner, ExceptionGroup):
            yield from _each(cast("ExceptionGroup[Exception]", inner))
        else:
            yield inner
