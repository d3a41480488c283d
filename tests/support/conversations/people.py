"""What people do in the room; everything they do waits until the program has kept it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from adapters.chat.card import Card
from adapters.chat.inbound import (
    ButtonPressed,
    CommandReceived,
    FormSubmitted,
    GivenFile,
    HomeOpened,
    MessagePicked,
    MessageReceived,
    StopPressed,
)
from bot.tokens import pressable
from core.domain.identity import Place
from tests.support.conversations.sight import Sight
from tests.support.conversations.words import person


@dataclass(kw_only=True, repr=False)
class People(Sight):
    """Everybody in the room, by name."""

    _events: "count[int]" = field(default_factory=lambda: count(1))

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
        answers: str = "",
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
            answers=answers,
        )
        await self.chat.hear(inbound)
        return inbound

    async def presses(
        self, name: str, label: str, card: Card, *, at: Place | None = None, message: str | None = None
    ) -> ButtonPressed:
        """The button called `label` on a card as it was shown."""
        found = [each for each in pressable(card) if each.label == label]
        assert found, f"no {label!r} among {[each.label for each in pressable(card)]}"
        return await self.presses_token(name, found[0].token, at=at, message=message)

    async def presses_token(
        self, name: str, token: str, *, at: Place | None = None, message: str | None = None
    ) -> ButtonPressed:
        """A button with this token, on the message that has it; with '' on none, as on a home page."""
        event = self._event()
        message = (self._message_with(token) or "m") if message is None else message
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

    def _message_with(self, token: str) -> str:
        """The message on which the button stands, '' when it stands on none."""
        standing = [each for each in self.chat.board.messages.values() if each.card is not None and not each.deleted]
        return next((m.id for m in standing if m.card and token in {each.token for each in pressable(m.card)}), "")

    async def fills(
        self, name: str, place: Place | None = None, files: Mapping[str, bytes] | None = None, **values: str
    ) -> FormSubmitted:
        """The newest form in front of the person, filled in; `files` are attached, name → data."""
        self.chat.board.given_files.update(files or {})
        form = await self.until(lambda: [each.form for each in self.chat.board.forms if each.person == person(name).id])
        inbound = FormSubmitted(
            event_id=self._event(),
            person=person(name),
            place=place or self.place(""),
            token=form[-1].token,
            values=values,
            files=tuple(
                GivenFile(name=each, size_bytes=len(data), source=each) for each, data in (files or {}).items()
            ),
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

    def _event(self) -> str:
        return f"e{next(self._events)}"
