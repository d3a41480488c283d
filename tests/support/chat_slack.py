"""The stage of Slack: the adapter on the simulator, in Socket Mode or by HTTP."""

from collections.abc import Mapping

from adapters.chat.port import Posted
from adapters.slack.adapter import SlackAdapter
from adapters.slack.settings import SlackSettings
from core.domain.identity import Person as Somebody
from core.domain.identity import PersonId, Place
from tests.platforms.slack.message import Message
from tests.platforms.slack.simulator import SlackSimulator
from tests.platforms.slack.workspace import TEAM, Channel
from tests.support.chat_stage import Running

_CALL_S = 60.0
_SENDING = ("chat.postMessage", "files.completeUploadExternal")


class SlackStage:
    """SlackAdapter on a running simulator."""

    def __init__(self, slack: SlackSimulator, *, http: bool = False) -> None:
        self.slack, self._http = slack, http
        self._api = slack.channel("api")
        self._people = {each.name: each for each in (slack.person("alice"), slack.person("bob"))}
        self.alice, self.bob = (Somebody(id=PersonId(p.key), name=p.name) for p in self._people.values())
        self.channel = Place(platform="slack", space=TEAM, channel=self._api.id)
        self.running = Running()
        self.adapter = self._new()

    async def start(self) -> None:
        self.adapter = self._new()
        await self.running.start(self.adapter)
        if self._http:
            await self.slack.use_http(f"http://127.0.0.1:{self.adapter.port}/slack/events")
        else:
            await self.slack.connected()

    async def leave(self) -> None:
        # a server that is closed in the middle of being called leaves the connection to nobody (Python 3.11)
        await self.slack.quiet()
        await self.running.stop()
        await self.slack.disconnected()

    async def writes(self, person: Somebody, place: Place, text: str) -> None:
        them, where = self._people[person.name], self._where(place)
        if text.startswith("@app"):
            await them.mentions(text.removeprefix("@app").strip(), where)
        else:
            await them.says(text, where)

    async def writes_directly(self, person: Somebody, text: str) -> None:
        await self._people[person.name].writes(text)

    async def commands(self, person: Somebody, place: Place, text: str) -> None:
        await self._people[person.name].types(f"/orchestrate {text}", self._channel(place))

    async def presses(self, person: Somebody, posted: Posted, label: str) -> None:
        message = self.slack.workspace.messages[posted.place.channel, posted.message]
        await self._people[person.name].clicks(label, message)

    async def submits(self, person: Somebody, values: Mapping[str, str]) -> None:
        form = self._people[person.name].form
        assert form is not None
        await self._people[person.name].submits(form, dict(values))

    async def opens_home(self, person: Somebody) -> None:
        await self._people[person.name].opens_home()

    async def deletes(self, posted: Posted) -> None:
        self.slack.workspace.messages[posted.place.channel, posted.message].deleted = True

    async def repeats(self) -> None:
        own = [each for each in self.slack.acks if each.payload.get("event", {}).get("bot_id") is None]
        await self.slack.deliveries.again(own[-1])

    def passes(self, seconds: float) -> None:
        self.slack.passes(seconds)

    async def loses_connection(self) -> None:
        if self._http:
            await self.running.stop()  # by HTTP there is none: it is the program that is away
        else:
            await self.slack.sockets.drop()

    async def comes_back(self) -> None:
        if self._http:
            await self.start()
        else:
            await self.slack.connected()

    def slows_down(self, *, retry_after_s: int) -> None:
        self.slack.faults.rate_limit(retry_after_s=retry_after_s)

    def breaks(self) -> None:
        self.slack.faults.server_error()

    def loses_answer(self, *, done: bool) -> None:
        self.slack.faults.reset_one_of(_SENDING, after=done)

    def shuts_out(self, person: Somebody) -> None:
        self._people[person.name].account.disabled = True

    def stands(self, place: Place) -> list[str]:
        there = self.slack.messages(self._where(place))
        return [self._read(each) for each in there if each.by_app and not each.only_for]

    def read_directly(self, person: Somebody) -> list[str]:
        direct = self._people[person.name].direct
        return self.stands(Place(platform="slack", space=TEAM, channel=direct.id))

    def whispered(self, person: Somebody) -> list[str]:
        them = self._people[person.name]
        return [each.words for each in self.slack.messages() if each.only_for == them.id]

    def home(self, person: Somebody) -> str:
        return str(self._people[person.name].home or "")

    def form(self, person: Somebody) -> str:
        form = self._people[person.name].form
        return form.view["title"]["text"] if form else ""

    def _new(self) -> SlackAdapter:
        slack = self.slack
        return SlackAdapter(
            SlackSettings(
                bot_token=slack.bot_token,
                app_token=slack.app_token,
                signing_secret=slack.signing_secret,
                mode="http" if self._http else "socket",
                port=0,
                api_url=slack.api_url,
                call_timeout_s=_CALL_S,
                name_timeout_s=_CALL_S,
            )
        )

    def _channel(self, place: Place) -> Channel:
        return self.slack.workspace.channels[place.channel]

    def _where(self, place: Place) -> Channel | Message:
        if not place.thread:
            return self._channel(place)
        return self.slack.workspace.messages[place.channel, place.thread]

    def _read(self, message: Message) -> str:
        files = [self.slack.workspace.files[each] for each in message.files]
        opened = [f"{each.name} {(each.data or b'').decode(errors='replace')} {each.alt}".rstrip() for each in files]
        return "\n".join([message.words, *opened])
