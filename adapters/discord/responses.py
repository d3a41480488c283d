"""Answers to what people press and type: a form, something only they see, or a sign that it was taken."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Literal

from adapters.chat.card import Card
from adapters.chat.errors import ChatError, FormExpiredError, MessageGoneError
from adapters.chat.form import Form
from adapters.chat.measure import fitted, units
from adapters.chat.owned import OwnedTasks
from adapters.chat.payload import Payload
from adapters.chat.suggestion import Suggestion
from adapters.discord import limits
from adapters.discord.calls import Calls
from adapters.discord.look import note
from adapters.discord.modal import modal
from adapters.discord.pending import Pending, Stage, Waiting
from adapters.discord.render import rendered
from core.domain.identity import PersonId, Place

_MESSAGE, _PUT_OFF, _PUT_OFF_UPDATE, _UPDATE, _SUGGESTIONS, _MODAL = 4, 5, 6, 7, 8, 9
"""Types of answers (page: Receiving and responding)."""
_EPHEMERAL = 1 << 6
ANSWERED_WITHIN_S = 75.0
"""Longer than the program ever takes: after that nobody is left waiting."""
_CLOSING_S = 1.0
_TAKEN = "Taken. What comes of it is told here or to you alone."


class Responses:
    """Answers interactions; each is put off before Discord gives it up, whatever the program does meanwhile."""

    def __init__(self, calls: Calls, *, clock: Callable[[], float], defer_after_s: float) -> None:
        self._calls = calls
        self._clock = clock
        self._defer_after_s = defer_after_s
        self._waiting = Waiting()
        self._tasks = OwnedTasks()
        self.application = ""
        """The id of our application."""

    def begin(self, pending: Pending) -> None:
        """Look after an interaction that has just come in; nothing when it came before."""
        if self._waiting.find(pending.id) is not None:
            return
        self._waiting.add(pending)
        self._tasks.start(self._look_after(pending), name="discord-response")

    async def close(self) -> None:
        """Let nobody see that we failed who did something just now: what comes of it they are told later."""
        for pending in self._waiting.open():
            pending.settle()
        await self._tasks.close(within_s=_CLOSING_S if self._waiting.open() else 0)

    async def ask(self, trigger: str, form: Form) -> None:
        """Open `form` for whoever made the interaction `trigger`; FormExpiredError when that is too long ago."""
        pending = self._waiting.find(trigger)
        if pending is None:
            raise FormExpiredError("Nobody waits for this form any more.")
        async with pending.turn:
            if pending.stage is not Stage.OPEN or self._clock() - pending.at_s > limits.ANSWER_WITHIN_S:
                raise FormExpiredError("That was too long ago for a form.")
            # whether it opened or not, there is no second try
            pending.stage = Stage.QUIET
            pending.settle()
            await self._respond(pending, _MODAL, modal(form))

    async def ask_back(self, pending: Pending, asked: dict[str, object]) -> None:
        """Ask whoever pressed a dangerous button whether they mean it."""
        async with pending.turn:
            if pending.stage is Stage.OPEN:
                pending.stage = Stage.QUIET
                await self._respond(pending, _MESSAGE, _ephemeral(asked))
        pending.settle()

    async def replace_question(self, pending: Pending, words: str) -> None:
        """Put `words` in the place of the question that was answered."""
        async with pending.turn:
            if pending.stage is Stage.OPEN:
                pending.stage = Stage.QUIET
                await self._respond(pending, _UPDATE, note(words))

    async def whisper(self, place: Place, person: PersonId, card: Card) -> bool:
        """Show `card` to `person` alone, in answer to what they did at `place`; False when there is nothing to answer.

        Any error of the port but that the time is over.
        """
        pending = self._waiting.of(person, place, self._clock())
        if pending is None:
            return False
        async with pending.turn:
            try:
                await self._show(pending, dict(rendered(card).body))
            except (FormExpiredError, MessageGoneError):
                pending.stage = Stage.GONE
                return False
            finally:
                pending.settle()
        return True

    def seen(self, place: Place, *, key: str) -> None:
        """Everybody sees something new at `place`: who waited there for an answer has it, or has one that will do.

        `key` is that of the message; where it names what somebody did, it is surely the answer.
        """
        for pending in self._waiting.at(place):
            pending.answered.set()
            if pending.id in key:
                pending.settle()

    def changed(self, message: str, place: Place) -> None:
        """A message was changed: whoever pressed a button of it sees what came of it."""
        for pending in self._waiting.at(place):
            if pending.message == message:
                pending.settle()

    async def suggest(self, interaction: str, token: str, found: Sequence[Suggestion]) -> None:
        """Answer somebody who types with what they may mean."""
        choices = [
            {"name": fitted(each.label or each.value, limit=limits.CHOICE), "value": each.value}
            for each in found
            if 0 < units(each.value) <= limits.CHOICE
        ]
        answer = {"type": _SUGGESTIONS, "data": {"choices": choices[: limits.CHOICES]}}
        with contextlib.suppress(ChatError):  # they type on, and ask again
            await self._calls.call("POST", f"/interactions/{interaction}/{token}/callback", json=answer)

    async def _look_after(self, pending: Pending) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._defer_after_s):
                await pending.settled.wait()
        with contextlib.suppress(ChatError):
            await self._put_off(pending)
        if pending.stage is not Stage.THINKING:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWERED_WITHIN_S):
                await pending.answered.wait()
        with contextlib.suppress(ChatError):
            await self._tidy(pending)

    async def _put_off(self, pending: Pending) -> None:
        async with pending.turn:
            if pending.stage is not Stage.OPEN:
                return
            pending.stage = Stage.THINKING if pending.shows else Stage.QUIET
            if pending.shows:
                await self._respond(pending, _PUT_OFF, {"flags": _EPHEMERAL})
            else:
                await self._respond(pending, _PUT_OFF_UPDATE, None)

    async def _tidy(self, pending: Pending) -> None:
        """Take away the sign that something goes on: everybody sees what came of it, or nothing did."""
        async with pending.turn:
            if pending.stage is not Stage.THINKING:
                return
            pending.stage = Stage.QUIET
            if pending.answered.is_set():
                await self._original("DELETE", pending)
            else:
                await self._original("PATCH", pending, note(_TAKEN))

    async def _show(self, pending: Pending, body: dict[str, object]) -> None:
        match pending.stage:
            case Stage.OPEN:
                pending.stage = Stage.QUIET
                await self._respond(pending, _MESSAGE, _ephemeral(body))
            case Stage.THINKING:
                await self._original("PATCH", pending, body)
                pending.stage = Stage.QUIET
            case Stage.QUIET:
                await self._calls.call("POST", self._webhook(pending), json=_ephemeral(body))
            case Stage.GONE:
                raise FormExpiredError("Discord does not know this any more.")

    async def _respond(self, pending: Pending, kind: int, data: Payload | None) -> None:
        answer: dict[str, object] = {"type": kind}
        if data is not None:
            answer["data"] = data
        await self._calls.call("POST", f"/interactions/{pending.id}/{pending.token}/callback", json=answer)

    async def _original(
        self, method: Literal["PATCH", "DELETE"], pending: Pending, body: Payload | None = None
    ) -> None:
        path = f"{self._webhook(pending)}/messages/@original"
        await self._calls.call(method, path, json=body, repeatable=True)

    def _webhook(self, pending: Pending) -> str:
        return f"/webhooks/{self.application}/{pending.token}"


def _ephemeral(body: dict[str, object]) -> dict[str, object]:
    flags = body.get("flags")
    return body | {"flags": (flags if isinstance(flags, int) else 0) | _EPHEMERAL}
