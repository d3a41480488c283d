"""The stage of Telegram: the adapter on the simulator, by long polling or by webhook."""

import time
from collections.abc import Mapping

from adapters.chat.keyvalue import MemoryValues
from adapters.chat.port import Posted
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.asking import Asking, asking_of, skip_label
from adapters.telegram.ids import channel_of, thread_id
from adapters.telegram.settings import TelegramSettings
from core.domain.identity import Person as Somebody
from core.domain.identity import PersonId, Place
from tests.platforms.telegram.message import Message
from tests.platforms.telegram.person import Person
from tests.platforms.telegram.places import BOT_USERNAME, Chat
from tests.platforms.telegram.simulator import TelegramSimulator
from tests.support.chat_stage import Running
from tests.support.clock import FakeClock

_CALL_S = 60.0
_SENDING = ("sendMessage", "sendRichMessage", "sendDocument", "sendPhoto")


class TelegramStage:
    """TelegramAdapter on a running simulator: in a supergroup, by webhook where it has a port for that."""

    def __init__(self, telegram: TelegramSimulator, *, webhook_port: int = 0, forum: bool = False) -> None:
        self.telegram, self._port = telegram, webhook_port
        self._late_s = 0.0
        self._api = telegram.forum("api") if forum else telegram.supergroup("api")
        self._people = {each.name: each for each in (telegram.person("alice"), telegram.person("bob"))}
        self.alice, self.bob = (Somebody(id=PersonId(p.key), name=p.name) for p in self._people.values())
        self.channel = Place(platform="telegram", channel=channel_of(self._api.id))
        self.values = MemoryValues(clock=FakeClock())
        self.running = Running()
        self.adapter = self._new()

    async def start(self) -> None:
        self.adapter = self._new()
        await self.running.start(self.adapter)
        await self.telegram.connected()
        for person in [each for each in self._people.values() if not each.account.started]:
            await person.starts()
            await self.running.ears.until(bool)
            self.running.ears.heard.clear()

    async def leave(self) -> None:
        await self.running.stop()

    async def writes(self, person: Somebody, place: Place, text: str) -> None:
        them = self._people[person.name]
        said = text.replace("@app", f"@{BOT_USERNAME}")
        thread = thread_id(place.thread)
        chat = self._chat(place)
        if thread.topic:
            await them.says(said, chat.topics[thread.topic])
        elif thread.root:
            await them.says(said, chat, reply_to=self.telegram.world.messages[chat.id, thread.root])
        else:
            await them.says(said, chat)

    async def writes_directly(self, person: Somebody, text: str) -> None:
        await self._people[person.name].writes(text)

    async def commands(self, person: Somebody, place: Place, text: str) -> None:
        await self._people[person.name].says(f"/orchestrate {text}", self._chat(place))

    async def presses(self, person: Somebody, posted: Posted, label: str) -> None:
        pages = [int(posted.message), *range(int(posted.message) + 1, int(posted.message) + 4)]
        shown = [self.telegram.world.messages.get((self._chat(posted.place).id, each)) for each in pages]
        await self._people[person.name].presses(label, next(each for each in shown if each and label in each.labels))

    async def submits(self, person: Somebody, values: Mapping[str, str]) -> None:
        them = self._people[person.name]
        while (asking := await self._asking(person)) is not None:
            message = await self._question(asking)
            field, skip = asking.field, skip_label(asking.field)
            if field.name in values:
                await them.replies(values[field.name], message)
            else:
                assert skip, f"{field.name} has to be answered"
                await them.presses(skip, message)
            await self.telegram.quiet()

    async def opens_home(self, person: Somebody) -> None:
        raise NotImplementedError("Telegram has no page of ours")

    async def deletes(self, posted: Posted) -> None:
        self.telegram.world.messages[self._chat(posted.place).id, int(posted.message)].deleted = True

    async def repeats(self) -> None:
        await self.telegram.quiet()  # in one batch the adapter would take the two for one
        self.telegram.updates.repeat()

    def passes(self, seconds: float) -> None:
        self._late_s += seconds
        self.telegram.passes(seconds)

    async def loses_connection(self) -> None:
        if self._port:
            await self.running.stop()  # there is no connection: it is the program that is away
        else:
            self.telegram.updates.drop_poll()

    async def comes_back(self) -> None:
        if self._port:
            await self.start()
        else:
            await self.telegram.connected()

    def slows_down(self, *, retry_after_s: int) -> None:
        self.telegram.faults.flood(*_SENDING, retry_after_s=retry_after_s)

    def breaks(self) -> None:
        self.telegram.faults.server_error(*_SENDING)

    def loses_answer(self, *, done: bool) -> None:
        self.telegram.faults.reset(*_SENDING, after=done)

    def shuts_out(self, person: Somebody) -> None:
        self._people[person.name].account.blocked = True

    def stands(self, place: Place) -> list[str]:
        chat, thread = self._chat(place), thread_id(place.thread)
        if thread.topic:
            there = self.telegram.messages(chat.topics[thread.topic])
        elif thread.root:
            there = self.telegram.messages(self.telegram.world.messages[chat.id, thread.root])
        else:
            there = self.telegram.messages(chat)
        return [_read(each) for each in there if each.by_app]

    def read_directly(self, person: Somebody) -> list[str]:
        return self.stands(Place(platform="telegram", channel=channel_of(self._people[person.name].id)))

    def whispered(self, person: Somebody) -> list[str]:
        return self._people[person.name].alerts

    def home(self, person: Somebody) -> str:
        raise NotImplementedError("Telegram has no page of ours")

    def form(self, person: Somebody) -> str:
        asked = f"{person.name}, "
        texts = [each.text for each in self.telegram.messages() if each.by_app and each.text.startswith(asked)]
        return texts[-1].removeprefix(asked).partition("\n")[0].partition(" (")[0] if texts else ""

    async def _asking(self, person: Somebody) -> Asking | None:
        """The form in front of the person in the channel, as the adapter keeps it."""
        text = await self.values.get(f"form/{self.channel.channel}/{self._people[person.name].id}")
        asking = asking_of(text) if text else None
        return None if asking is None or asking.over else asking

    async def _question(self, asking: Asking) -> Message:
        assert asking.question
        return self.telegram.world.messages[self._api.id, asking.question]

    def _new(self) -> TelegramAdapter:
        telegram = self.telegram
        settings = TelegramSettings(
            bot_token=telegram.token,
            mode="webhook" if self._port else "polling",
            port=self._port,
            public_url=f"http://127.0.0.1:{self._port}",
            secret="a-secret-of-ours",
            api_url=telegram.api_url,
            call_timeout_s=_CALL_S,
        )
        return TelegramAdapter(settings, values=self.values, clock=lambda: time.monotonic() + self._late_s)

    def _chat(self, place: Place) -> Chat:
        chat = int(place.channel.removeprefix("D"))
        return self._person(chat).direct if chat > 0 else self.telegram.world.chats[chat]

    def _person(self, number: int) -> Person:
        return next(each for each in self._people.values() if each.id == number)


def _read(message: Message) -> str:
    if message.file is None:
        return message.text
    return f"{message.text} {message.file.name} {message.file.data.decode(errors='replace')}"
