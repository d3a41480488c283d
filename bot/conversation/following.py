"""Answers that are written while one reads: whoever follows a log has it in front of them until it ends."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field

import structlog

from adapters.chat.errors import ChatError
from adapters.chat.port import ChatAdapter
from bot.commands.context import Asker
from bot.commands.notes import error_note
from bot.commands.reply import Followed, Private, Reply
from bot.commands.spelling import SLASH
from core.domain.errors import OrchestratorError
from core.domain.identity import PersonId, Place, TaskId

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 2.0
"""Files tell nobody that they grew. All who follow share this pace: with three of them each is looked at every 6 s."""
MOST_AT_ONCE = 20
FINISH_WITHIN_S = 5.0
"""For the last words of everything that is written when the program stops."""
_NO_LONGER = "You follow it no longer. The work goes on."

Give = Callable[[Reply, Asker], Awaitable[None]]


@dataclass(slots=True, kw_only=True, eq=False)
class _Reading:
    """One person who follows the log of one task."""

    reply: Followed
    asker: Asker
    place: Place | None
    """Where it is written; None to hand it over at the end."""
    key: str
    last_words: str = ""
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    def stop(self, words: str) -> None:
        self.last_words = words
        self.stopped.set()


class Following:
    """Owns all that is being written on one platform, while `run` does; at most one for a person and task."""

    def __init__(
        self, adapter: ChatAdapter, *, every_s: float = LOOK_EVERY_S, finish_within_s: float = FINISH_WITHIN_S
    ) -> None:
        self._adapter = adapter
        self._every_s = every_s
        self.finish_within_s = finish_within_s
        """How long last words may take once the program ends."""
        self._readings: dict[tuple[PersonId, TaskId], _Reading] = {}
        self._tasks: dict[asyncio.Task[None], _Reading] = {}
        self._runs = False

    @property
    def under_way(self) -> int:
        """How many logs are being written, those that say their last words included."""
        return len(self._tasks)

    @property
    def has_room(self) -> bool:
        """Whether one more may begin now."""
        return self._runs and len(self._tasks) < MOST_AT_ONCE

    def begin(self, reply: Followed, asker: Asker, *, place: Place | None, give: Give) -> None:
        """Write it into `place`, or hand it over by `give` at the end where nothing can be written."""
        self.end(asker.person.id, reply.task)
        key = f"event:{self._adapter.platform}:{asker.event_id}:log"
        reading = _Reading(reply=reply, asker=asker, place=place, key=key)
        self._readings[(asker.person.id, reply.task)] = reading
        task = asyncio.create_task(self._follow(reading, give), name=f"follow {reply.name}")
        self._tasks[task] = reading
        task.add_done_callback(lambda _: self._forget(task, reading))

    def end(self, person: PersonId, task: TaskId) -> str:
        """End what the person follows of the task; the name of that, '' for nothing."""
        reading = self._readings.pop((person, task), None)
        if reading is None:
            return ""
        reading.stop(_NO_LONGER)
        return reading.reply.name

    def end_at(self, place: Place) -> bool:
        """End whatever is being written in `place`; whether anything was, also if it is ending already.

        Whoever presses twice means the same thing.
        """
        here = [each for each in self._tasks.values() if each.place == place]
        for reading in here:
            if not reading.stopped.is_set():
                self.end(reading.asker.person.id, reading.reply.task)
        return bool(here)

    async def run(self) -> None:
        """Let logs be followed until cancelled; then each gets some seconds to say that it ends."""
        self._runs = True
        try:
            await asyncio.Event().wait()
        finally:
            self._runs = False
            await self._finish()

    async def _follow(self, reading: _Reading, give: Give) -> None:
        try:
            await self._read_to_the_end(reading, give)
        except OrchestratorError as error:
            log.warning("not_followed", name=reading.reply.name, error=error.message)
            await give(Private(card=error_note(error)), _later(reading.asker))
        except Exception:
            # nobody awaits it but the end of the program, and the log must have it
            log.exception("following_broke", name=reading.reply.name)

    async def _read_to_the_end(self, reading: _Reading, give: Give) -> None:
        async with aclosing(reading.reply.grows.pieces()) as pieces:
            if reading.place is not None and await self._written(reading, pieces, place=reading.place):
                return
            async for _ in pieces:
                if await self._is_stopped(reading):
                    break
        if not reading.stopped.is_set():
            await give(await reading.reply.whole(), _later(reading.asker))

    async def _written(self, reading: _Reading, pieces: AsyncGenerator[str], *, place: Place) -> bool:
        """Write all of it; False when the platform does not take it any more."""
        try:
            async with self._adapter.stream(place, reading.asker.person.id, key=reading.key) as stream:
                await stream.write(_begin(reading.reply))
                async for piece in pieces:
                    # also nothing at all: what the platform did not take before goes with it
                    await stream.write(piece)
                    if await self._is_stopped(reading):
                        await stream.write(reading.reply.grows.left(reading.last_words))
                        break
        except ChatError as error:
            log.info("not_written", name=reading.reply.name, error=error.message, code=error.code)
            return False
        return True

    async def _is_stopped(self, reading: _Reading) -> bool:
        """Wait until it is time for another look; whether it was ended meanwhile."""
        try:
            async with asyncio.timeout(self._every_s * max(1, len(self._tasks))):
                await reading.stopped.wait()
        except TimeoutError:
            return False
        return True

    def _forget(self, task: asyncio.Task[None], reading: _Reading) -> None:
        self._tasks.pop(task, None)
        name = (reading.asker.person.id, reading.reply.task)
        if self._readings.get(name) is reading:
            del self._readings[name]

    async def _finish(self) -> None:
        for reading in self._readings.values():
            reading.stop(f"I stop here for now. To go on: {SLASH} logs {reading.reply.name} --follow")
        tasks = set(self._tasks)
        if tasks:
            await asyncio.wait(tasks, timeout=self.finish_within_s)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _begin(reply: Followed) -> str:
    return f"The log of {reply.name} while it is written. To end it: {SLASH} logs {reply.name} --follow\n\n"


def _later(asker: Asker) -> Asker:
    """The asker once the first answer was given: what comes now is another one."""
    return Asker(
        person=asker.person,
        place=asker.place,
        event_id=f"{asker.event_id}:log",
        access=asker.access,
        bound=asker.bound,
    )
