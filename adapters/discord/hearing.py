"""What comes in by the gateway is read, looked up where something is missing, and handed over in its order."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

import discord

from adapters.chat.errors import ChatError
from adapters.chat.owned import OwnedTasks
from adapters.chat.payload import Payload, text_at
from adapters.chat.port import Heard
from adapters.chat.suggestion import Suggest, Suggestion
from adapters.chat.turns import Turns
from adapters.discord.channels import Channels
from adapters.discord.confirmation import Meant, Press, asking, question, read
from adapters.discord.ids import is_direct, person_id, place, room_of
from adapters.discord.messages import Messages
from adapters.discord.missed import Missed
from adapters.discord.names import Names
from adapters.discord.parse_command import parse_typing
from adapters.discord.parse_interaction import TYPING, Interaction, parse_interaction
from adapters.discord.parse_message import Written, is_by_person, parse_message, written_in
from adapters.discord.pending import Pending
from adapters.discord.reading import (
    answered,
    by_program,
    data_of,
    guild_of,
    is_shown,
    known_channel,
    label_of,
    names_in,
    our_ids,
    roles_of,
    title_of,
)
from adapters.discord.responses import Responses
from adapters.discord.roles import Roles
from adapters.discord.settings import DiscordSettings
from adapters.discord.suggestions import suggested
from core.domain.identity import Person, Place

_CLOSING_S = 5.0
"""What is being kept when we stop gets this long."""


class Hearing:
    """Takes what comes in; each thing in a task of its own, what one person does in one place one after the other."""

    def __init__(
        self,
        settings: DiscordSettings,
        *,
        messages: Messages,
        channels: Channels,
        names: Names,
        roles: Roles,
        responses: Responses,
        missed: Missed,
        suggest: Suggest,
        clock: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._messages = messages
        self._channels = channels
        self._names = names
        self._roles = roles
        self._responses = responses
        self._missed = missed
        self._suggest = suggest
        self._clock = clock
        self._turns = Turns()
        self._tasks = OwnedTasks()
        self.heard: Heard | None = None
        """Who is told; nobody while nothing runs."""

    def message(self, message: discord.Message) -> None:
        """Somebody wrote."""
        if not by_program(message):
            self._tasks.start(self._take_message(message), name="discord-take")

    def interaction(self, interaction: discord.Interaction) -> None:
        """Somebody pressed or typed something of ours: the time for an answer runs."""
        self._tasks.start(self._take_interaction(interaction, self._clock()), name="discord-take")

    async def close(self) -> None:
        """Wait for what is being kept, but not for ever."""
        await self._tasks.close(within_s=_CLOSING_S)

    def connected(self) -> None:
        """A new session began: what was written before it is told by nobody, and is read where it matters."""
        self._missed.begins()
        self._tasks.start(self._missed.read(self._take_missed), name="discord-missed")

    async def _take_message(self, message: discord.Message) -> None:
        async with self._turns.turn((message.author.id, message.channel.id)):
            guild = guild_of(message)
            where = await self._where(message.channel, guild, str(message.channel.id))
            written = Written(
                message=str(message.id),
                author=await self._person(message.author, guild),
                place=await self._in_thread(where, answered(message)),
                text=message.content,
                answers=answered(message),
                names=names_in(message),
                written_at=message.created_at,
            )
            await self._hand_over(written, us=our_ids(self._messages.us, message.guild))

    async def _take_missed(self, where: Place, message: Payload) -> None:
        author = text_at(message, "author", "id")
        if not is_by_person(message) or not author.isdecimal():
            return
        async with self._turns.turn((int(author), int(room_of(where)))):
            name = text_at(message, "author", "global_name") or text_at(message, "author", "username")
            groups = await self._roles.of(author, guild=where.space, roles=None)
            room = place(where.space, room_of(where)) if is_direct(where) else where
            answers = text_at(message, "message_reference", "message_id")
            written = written_in(
                message,
                author=Person(id=person_id(author), name=name, groups=groups),
                place=await self._in_thread(room, answers),
                written_at=discord.utils.snowflake_time(int(text_at(message, "id"))),
            )
            await self._hand_over(written, us=our_ids(self._messages.us, None))

    async def _hand_over(self, written: Written, *, us: frozenset[str]) -> None:
        inbound = parse_message(written, us=us)
        if inbound is None or self.heard is None:
            return
        await self.heard(inbound)
        if inbound.place.thread or inbound.direct:
            await self._missed.heard(room_of(inbound.place), inbound.message)

    async def _take_interaction(self, interaction: discord.Interaction, at_s: float) -> None:
        user = interaction.user
        room = str(interaction.channel_id or "")
        guild = str(interaction.guild_id or "")
        if interaction.type is discord.InteractionType.autocomplete:
            where = await self._where(interaction.channel, guild, room)
            await self._suggests(interaction, await self._person(user, guild), where)
            return
        pending = _pending(interaction, guild=guild, room=room, at_s=at_s)
        self._responses.begin(pending)
        data = data_of(interaction)
        if interaction.type is discord.InteractionType.component:
            press = read(text_at(data, "custom_id"))
            if not await self._is_meant(press, pending, interaction):
                return
            data = {**data, "custom_id": press.token}
        async with self._turns.turn((user.id, room)):
            done = Interaction(
                id=pending.id,
                kind=interaction.type.value,
                person=await self._person(user, guild),
                place=await self._where(interaction.channel, guild, room),
                data=data,
                message=pending.message,
            )
            pending.place = done.place
            inbound = parse_interaction(done)
            if inbound is not None and self.heard is not None:
                await self.heard(inbound)

    async def _is_meant(self, press: Press, pending: Pending, interaction: discord.Interaction) -> bool:
        """Whether the press is to be handed over; of a dangerous one only once it was confirmed."""
        with suppress(ChatError):  # the person sees that nothing happened, and presses again
            match press.meant:
                case Meant.ASK:
                    label = label_of(interaction, asking(press.token))
                    asked = question(label, press.token, about=title_of(interaction))
                    await self._responses.ask_back(pending, asked)
                case Meant.LEAVE:
                    await self._responses.replace_question(pending, "Nothing was done.")
                case Meant.SURE:
                    await self._responses.replace_question(pending, "Confirmed.")
                case Meant.DO:
                    pass
        return press.meant in {Meant.DO, Meant.SURE}

    async def _suggests(self, interaction: discord.Interaction, person: Person, where: Place) -> None:
        typing = parse_typing(data_of(interaction)) if interaction.type.value == TYPING else None
        found: Sequence[Suggestion] = ()
        if typing is not None:
            found = await suggested(self._suggest, typing, person, where, within_s=self._settings.suggest_within_s)
        await self._responses.suggest(str(interaction.id), interaction.token, found)

    async def _person(self, user: discord.abc.User, guild: str) -> Person:
        """Who it is, with the roles that may say what they may do."""
        self._names.learn(str(user.id), user.display_name)
        roles = roles_of(user)
        try:
            async with asyncio.timeout(self._settings.roles_within_s):
                groups = await self._roles.of(str(user.id), guild=guild, roles=roles)
        except TimeoutError:
            groups = self._roles.unknown(guild=guild, roles=roles)
        return Person(id=person_id(user.id), name=user.display_name, groups=groups)

    async def _where(self, channel: object, guild: str, room: str) -> Place:
        """The place of the channel `room`; of a thread nobody tells anything about, that it is a channel."""
        if not guild:
            return place("", room)
        if (known := known_channel(channel)) is not None:
            self._channels.learn(known)
        try:
            parent = await self._channels.parent(room)
        except ChatError:
            parent = ""
        return place(guild, parent or room, room if parent else "")

    async def _in_thread(self, where: Place, answers: str) -> Place:
        """`where`, or the thread of the message that is answered there."""
        if not answers or where.thread:
            return where
        thread = await self._messages.thread_of(answers)
        return Place(platform=where.platform, space=where.space, channel=where.channel, thread=thread)


def _pending(interaction: discord.Interaction, *, guild: str, room: str, at_s: float) -> Pending:
    """What waits for an answer, at the place as far as it is known without asking."""
    known = known_channel(interaction.channel)
    parent = known.parent if known is not None else ""
    return Pending(
        id=str(interaction.id),
        token=interaction.token,
        person=person_id(interaction.user.id),
        place=place(guild, parent or room, room if parent else ""),
        shows=is_shown(interaction),
        at_s=at_s,
        message=str(interaction.message.id) if interaction.message else "",
    )
