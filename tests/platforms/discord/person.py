"""Somebody in Discord, who does what people do there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from tests.platforms.discord.filling import submitted
from tests.platforms.discord.interaction import Did, Interaction
from tests.platforms.discord.message import LINK, Message, bounds
from tests.platforms.discord.message_payload import message_of
from tests.platforms.discord.methods import writing
from tests.platforms.discord.methods.channels import begin, rename
from tests.platforms.discord.options import command_named, typed
from tests.platforms.discord.payloads import channel_of, user_of
from tests.platforms.discord.permissions import May, allowed
from tests.platforms.discord.world import BOT_USER, Account, Channel, Guild, Kind, OpenModal, Role

if TYPE_CHECKING:
    from tests.platforms.discord.simulator import DiscordSimulator

Where = Channel | Message
"""A channel or thread; a message stands for the channel it is in, or for the thread that has grown from it."""


class Person:
    """One person. What they do with the app returns once it has answered, or has failed to in time."""

    def __init__(self, account: Account, discord: DiscordSimulator) -> None:
        self.account, self._discord, self._world = account, discord, discord.world

    def __repr__(self) -> str:
        return f"Person({self.name})"

    @property
    def id(self) -> str:
        """Discord's id."""
        return self.account.id

    @property
    def key(self) -> str:
        """The id as the program writes it: `discord:998877`."""
        return f"discord:{self.account.id}"

    @property
    def name(self) -> str:
        return self.account.name

    @property
    def direct(self) -> Channel:
        """The conversation with the app."""
        return self._world.direct(self.id)

    @property
    def form(self) -> OpenModal | None:
        """The form on top of the screen."""
        return self._world.open_modal(self.id)

    def closes_direct_messages(self) -> None:
        """From now on apps cannot write to this person."""
        self.account.closed = True

    def gets(self, role: Role, guild: Guild | None = None) -> None:
        """Be given a role."""
        self._discord.give(self.id, role, guild or self._discord.guild())

    def leaves(self, guild: Guild) -> None:
        """Not be a member any more."""
        del guild.members[self.id]
        self._discord.desk.tell("GUILD_MEMBER_REMOVE", {"guild_id": guild.id, "user": user_of(self.account)})

    async def uses(self, line: str, values: dict[str, Any] | None = None, where: Where | None = None) -> Interaction:
        """Type a command with its options: `/orchestrate run`, `{"request": "fix issue #123"}`."""
        channel = self._can_use(where)
        data = typed(self._world, line, values or {}, guild=channel.guild)
        return await self._does(self._discord.happenings.new(Did.COMMAND, self.account, channel, data))

    async def autocompletes(
        self,
        line: str,
        option: str,
        text: str = "",
        *,
        values: dict[str, Any] | None = None,
        where: Where | None = None,
    ) -> list[str]:
        """Type in an option, and read what the app suggests; what is typed besides is in `values`."""
        channel = self._can_use(where)
        data = typed(self._world, line, values or {}, guild=channel.guild, focused=(option, text))
        done = await self._does(self._discord.happenings.new(Did.AUTOCOMPLETE, self.account, channel, data))
        return [str(each["name"]) for each in done.choices]

    async def says(self, text: str, where: Where, *, answers: Message | None = None, file: str = "") -> Message:
        """A message in a channel or thread; `answers` is what it replies to, `file` is attached."""
        channel = self._seen(where)
        assert channel.kind is not Kind.FORUM, "in a forum there are only posts"
        assert not channel.locked, f"{channel.name} is locked"
        assert len(text) <= 4000, "nobody can send so much"
        message = writing.written_by_person(self._world, channel, self.id, text, answers=answers)
        if file:
            message.attachments.append(self._world.keep_file(self._discord.url, channel.id, file, b"data"))
        writing.keep(self._discord.desk, message)
        await self._discord.gateway.sent()
        return message

    async def posts(self, title: str, text: str, forum: Channel) -> Message:
        """A post in a forum: a thread and its first message."""
        self._seen(forum)
        id_ = self._world.ids.new()
        begin(self._discord.desk, forum, {"name": title}, id_=id_, owner=self.id)
        message = writing.written_by_person(self._world, self._world.channels[id_], self.id, text, answers=None)
        message.id = id_
        writing.keep(self._discord.desk, message)
        await self._discord.gateway.sent()
        return message

    def starts_thread(self, name: str, on: Message) -> Channel:
        """A thread that grows from a message."""
        begin(self._discord.desk, self._seen(on), {"name": name}, id_=on.id, owner=self.id)
        return self._world.channels[on.id]

    def renames(self, thread: Channel, name: str) -> None:
        """Give a thread another name."""
        rename(self._discord.desk, thread, name, by=self.id)
        self._discord.desk.tell("THREAD_UPDATE", channel_of(self._world, thread))

    async def mentions(self, text: str, where: Where) -> Message:
        """A message that begins with the app's name."""
        return await self.says(f"<@{BOT_USER}> {text}", where)

    async def replies(self, text: str, message: Message) -> Message:
        """A reply to one message."""
        return await self.says(text, self._world.channels[message.channel], answers=message)

    async def writes(self, text: str) -> Message:
        """A message to the app alone."""
        return await self.says(text, self.direct)

    async def edits(self, message: Message, text: str) -> None:
        """Change an own message."""
        assert message.author == self.id, "nobody can change what others wrote"
        message.content, message.edited_at = text, self._world.now()
        self._discord.desk.tell("MESSAGE_UPDATE", message_of(self._world, message, event=True))
        self._world.bell.ring()

    async def deletes(self, message: Message) -> None:
        """Take a message away."""
        writing.erase(self._discord.desk, message)

    async def clicks(self, label: str, on: Message) -> Interaction:
        """Press the button with this label."""
        self._sees_it(on)
        button = on.button(label)
        assert not button.get("disabled"), f"{label!r} is greyed out"
        assert button["style"] != LINK, f"{label!r} opens {button['url']} and tells the app nothing"
        return await self._does(self._discord.happenings.press(self.account, on, button, None))

    async def selects(self, options: str | Iterable[str], on: Message) -> Interaction:
        """Choose the option, or the options, with these labels in the menu that has them."""
        self._sees_it(on)
        labels = [options] if isinstance(options, str) else list(options)
        menu = on.select_with(labels[0])
        by_label = {each["label"]: each["value"] for each in menu["options"]}
        values = [by_label[each] for each in labels]
        assert not menu.get("disabled"), "the menu is greyed out"
        fewest, most = bounds(menu)
        assert fewest <= len(values) <= most, f"so many do not fit: {labels}"
        return await self._does(self._discord.happenings.press(self.account, on, menu, values))

    async def submits(self, values: dict[str, Any]) -> Interaction:
        """Fill in the form on the screen, by labels or custom ids, and send it. It stays when the app fails."""
        form = self.form
        assert form is not None, f"there is no form in front of {self.name}"
        channel = self._world.channels[form.interaction.channel]

        def keep(name: str, data: bytes) -> str:
            return self._world.keep_file(self._discord.url, channel.id, name, data).id

        components = submitted(form.modal, values, keep)
        done = await self._does(self._discord.happenings.submission(form.interaction, form.modal, components))
        form.closed = done.acked or self._discord.gateway.holds
        self._world.bell.ring()
        return done

    def cancels(self) -> None:
        """Close the form without sending it; the app is not told."""
        assert self.form is not None, f"there is no form in front of {self.name}"
        self.form.closed = True

    async def uses_message_command(self, name: str, message: Message) -> Interaction:
        """Choose a command of the app in the menu of a message."""
        channel = self._can_use(self._world.channels[message.channel])
        command = command_named(self._world, name, guild=channel.guild, kind=3)
        return await self._does(self._discord.happenings.on_message(self.account, message, command))

    async def reacts(self, emoji: str, message: Message) -> None:
        """Put an emoji on a message."""
        who = message.reactions.setdefault(emoji, [])
        who += [] if self.id in who else [self.id]
        channel = self._world.channels[message.channel]
        said: dict[str, Any] = {
            "user_id": self.id,
            "channel_id": channel.id,
            "message_id": message.id,
            "message_author_id": message.author,
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
        }
        self._discord.desk.tell("MESSAGE_REACTION_ADD", said | ({"guild_id": channel.guild} if channel.guild else {}))

    def can_see(self, message: Message) -> bool:
        """Whether the person can read it."""
        channel = self._world.channels[message.channel]
        guild = self._world.guild_of(channel)
        if guild is None:
            return channel.direct_to == self.id
        inside = self.id in guild.members and May.VIEW_CHANNEL in allowed(guild, self.id, self._world.ruling(channel))
        return inside and message.only_for in {"", self.id} and not message.deleted

    def private(self, where: Where | None = None) -> list[Message]:
        """What only this person sees, oldest first."""
        return [each for each in self._discord.messages(where) if each.only_for == self.id]

    async def sees(self, what: Callable[[Message], bool], *, in_: Where | None = None) -> Message:
        """Wait for a message of the app that this person can see, and return the newest such."""
        return await self._discord.shows(lambda message: self.can_see(message) and what(message), in_=in_)

    async def _does(self, interaction: Interaction) -> Interaction:
        self._discord.desk.tell("INTERACTION_CREATE", interaction.payload)
        if not self._discord.gateway.holds:
            await self._discord.settled(interaction)
        return interaction

    def _can_use(self, where: Where | None) -> Channel:
        channel = self._discord.channel() if where is None else self._seen(where)
        guild = self._world.guild_of(channel)
        if guild is not None:
            may = allowed(guild, self.id, self._world.ruling(channel))
            assert May.USE_APPLICATION_COMMANDS in may, f"{self.name} may not use commands here"
        return channel

    def _seen(self, where: Where) -> Channel:
        channel = self._discord.place(where)
        guild = self._world.guild_of(channel)
        if guild is not None:
            assert self.id in guild.members, f"{self.name} is not in {guild.name}"
            may = allowed(guild, self.id, self._world.ruling(channel))
            assert May.VIEW_CHANNEL in may, f"{self.name} cannot see {channel.name}"
        assert channel.direct_to in {"", self.id}, f"{self.name} cannot see that conversation"
        return channel

    def _sees_it(self, message: Message) -> None:
        assert not message.deleted, "the message is gone"
        assert self.can_see(message), f"{self.name} cannot see that message"
