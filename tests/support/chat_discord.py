"""The stage of Discord: the adapter on the simulator."""

import asyncio
from collections.abc import Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.chat.keyvalue import MemoryValues
from adapters.chat.port import Posted
from adapters.discord.adapter import DiscordAdapter
from adapters.discord.ids import is_direct, room_of
from adapters.discord.settings import DiscordSettings
from core.domain.identity import Person as Somebody
from core.domain.identity import PersonId, Place
from tests.platforms.discord.message import Message
from tests.platforms.discord.simulator import DiscordSimulator
from tests.platforms.discord.world import Channel
from tests.support.chat_stage import Running

_CALL_S = 60.0
_DEFER_S = 12.0
"""How long a test's click waits for its form."""
_ROLES_S = 60.0
"""However slow the machine is."""
_SENDING = ("messages.post",)


class DiscordStage:
    """DiscordAdapter on a running simulator."""

    def __init__(self, discord: DiscordSimulator) -> None:
        self.discord = discord
        self._api = discord.channel("api")
        self._people = {each.key: each for each in (discord.person("alice"), discord.person("bob"))}
        # the name people choose to be seen by is not that of their account
        self.alice, self.bob = (Somebody(id=PersonId(key), name=p.name.capitalize()) for key, p in self._people.items())
        self.channel = Place(platform="discord", space=discord.guild().id, channel=self._api.id)
        self.running = Running()
        self._kept = MemoryValues(clock=lambda: datetime.now(UTC))
        self._acting: set[asyncio.Task[Any]] = set()
        self.adapter = self._new()

    async def start(self) -> None:
        self.adapter = self._new()
        await self.running.start(self.adapter)
        await self.discord.connected()

    async def leave(self) -> None:
        for task in tuple(self._acting):
            task.cancel()
        await asyncio.gather(*self._acting, return_exceptions=True)
        await self.running.stop()
        await self.discord.disconnected()

    async def writes(self, person: Somebody, place: Place, text: str) -> None:
        them, where = self._people[person.id], self._where(place)
        if text.startswith("@app"):
            await them.mentions(text.removeprefix("@app").strip(), where)
        else:
            await them.says(text, where)

    async def writes_directly(self, person: Somebody, text: str) -> None:
        await self._people[person.id].writes(text)

    async def commands(self, person: Somebody, place: Place, text: str) -> None:
        them = self._people[person.id]
        await self._happens(them.uses("/orchestrate say", {"text": text}, self._where(place)))

    async def presses(self, person: Somebody, posted: Posted, label: str) -> None:
        message = self.discord.world.messages[posted.message]
        await self._happens(self._people[person.id].clicks(label, message))

    async def submits(self, person: Somebody, values: Mapping[str, str]) -> None:
        await self._happens(self._people[person.id].submits(dict(values)))

    async def opens_home(self, person: Somebody) -> None:
        raise AssertionError("nobody has a page in Discord")

    async def deletes(self, posted: Posted) -> None:
        await self._people[self.alice.id].deletes(self.discord.world.messages[posted.message])
        thread = self.discord.world.channels.get(posted.message)
        if thread is not None:
            self.discord.removes(thread)

    async def repeats(self) -> None:
        self.discord.gateway.again()

    def passes(self, seconds: float) -> None:
        self.discord.passes(seconds)

    async def loses_connection(self) -> None:
        self.discord.gateway.drop()

    async def comes_back(self) -> None:
        await self.discord.connected()

    def slows_down(self, *, retry_after_s: int) -> None:
        self.discord.faults.rate_limit(retry_after_s=retry_after_s)

    def breaks(self) -> None:
        self.discord.faults.server_error()

    def loses_answer(self, *, done: bool) -> None:
        self.discord.faults.reset_one_of(_SENDING, after=done)

    def shuts_out(self, person: Somebody) -> None:
        self._people[person.id].closes_direct_messages()

    def stands(self, place: Place) -> list[str]:
        room = room_of(place)
        # whoever opens a thread reads the message it grew from first
        there = [each for each in self.discord.messages() if each.channel == room or each.id == place.thread]
        return [self._read(each) for each in there if each.by_app and not each.only_for]

    def read_directly(self, person: Somebody) -> list[str]:
        direct = self._people[person.id].direct
        return self.stands(Place(platform="discord", space="", channel=f"D{direct.id}"))

    def whispered(self, person: Somebody) -> list[str]:
        return [each.words for each in self._people[person.id].private()]

    def home(self, person: Somebody) -> str:
        return ""

    def form(self, person: Somebody) -> str:
        form = self._people[person.id].form
        return str(form.modal["title"]) if form else ""

    async def _happens(self, happening: Coroutine[Any, Any, Any]) -> None:
        """Let it begin: people wait for an answer, but what a test does next may be what makes one."""
        task = asyncio.create_task(happening, name="person-acts")
        self._acting.add(task)
        task.add_done_callback(self._acting.discard)
        await asyncio.sleep(0)

    def _new(self) -> DiscordAdapter:
        settings = DiscordSettings(
            bot_token=self.discord.bot_token,
            api_url=self.discord.api_url,
            call_timeout_s=_CALL_S,
            defer_after_s=_DEFER_S,
            identify_pause_s=0.0,
            roles_within_s=_ROLES_S,
        )
        return DiscordAdapter(settings, self._kept)

    def _where(self, place: Place) -> Channel:
        if is_direct(place) or not place.thread:
            return self.discord.world.channels[room_of(place)]
        thread = self.discord.world.channels.get(place.thread)
        if thread is None:
            thread = self._people[self.alice.id].starts_thread("talk", self.discord.world.messages[place.thread])
        return thread

    def _read(self, message: Message) -> str:
        opened = [f"{each.name} {each.data.decode(errors='replace')}" for each in message.attachments]
        return "\n".join([message.words, *opened])
