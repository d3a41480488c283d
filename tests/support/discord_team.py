"""A team in Discord: the program listens to a simulated guild, and agents play what the test has written."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from adapters.discord.ids import nonce
from bot.demo.sample_fix import SAMPLE_FIX
from bot.demo.scripted.fix_issue import fix_issue
from core.domain.audit import AuditEntry
from core.domain.identity import TaskId
from tests.platforms.discord.call import Call
from tests.platforms.discord.interaction import Callback, Interaction
from tests.platforms.discord.message import Message
from tests.platforms.discord.person import Person, Where
from tests.platforms.discord.simulator import DiscordSimulator
from tests.platforms.discord.world import Channel, Guild, OpenModal
from tests.support.cast import Cast
from tests.support.command_line import Running
from tests.support.settling import dealt_with, delivered, is_dealt_with, kept, settled
from tests.support.studio import Studio
from tests.support.waiting import eventually, eventually_awaited

SEEN_WITHIN_S = 150.0
"""The agent program needs seconds to start on a busy machine."""
ROLES = ("analyst", "planner", "builder", "tester", "reviewer")


@dataclass(slots=True, kw_only=True)
class Crew:
    """People of one guild with the project `shop`, whose channel is #shop.

    Alice and Bob are its developers, Vera may look, Ada is its admin, and Sam is nobody here.
    """

    studio: Studio
    discord: DiscordSimulator
    shop: Channel
    alice: Person
    bob: Person
    vera: Person
    ada: Person
    sam: Person

    @property
    def cast(self) -> Cast:
        """Who plays the agents."""
        return self.studio.cast

    def write_settings(
        self, *tables: str, guilds: Iterable[Guild] = (), access: str = "", chat: str = "", **project: str
    ) -> None:
        """The settings of the crew, `tables` of TOML besides, and `guilds` besides the first one; `access` and `chat`
        take the place of the usual ones of the project.
        """
        ids = ", ".join(f'"{each.id}"' for each in (self.discord.guild(), *guilds))
        usual = (
            f'admins = ["{self.ada.key}"]\nviewers = ["{self.vera.key}"]\n'
            f'developers = ["{self.alice.key}", "{self.bob.key}"]'
        )
        self.studio.write_settings(
            f'[discord]\nbot_token = "{self.discord.bot_token}"\napi_url = "{self.discord.api_url}"\nguilds = [{ids}]',
            f"[projects.shop.access]\n{access or usual}",
            f"[projects.shop.chat]\n{chat or f'channels = {[self.named(self.shop)]}'}",
            *tables,
            **project,
        )

    def named(self, channel: Channel) -> str:
        """The channel as settings write it."""
        return f"discord:{channel.guild}/{channel.id}"

    def plays_the_fix(self) -> None:
        """The agents settle issue 123 of the sample, with its risky command."""
        script = fix_issue(SAMPLE_FIX)
        for role in ROLES:
            self.cast.plays(role, lambda scene: script(scene.asked))

    @asynccontextmanager
    async def serving(self) -> AsyncGenerator[Running]:
        """`orchestrator serve`, once it hears what is said; it is killed at the end of the block."""
        async with self.starting() as running:
            await self.hears(running)
            yield running

    @asynccontextmanager
    async def starting(self) -> AsyncGenerator[Running]:
        """The same without waiting for anything."""
        async with self.studio.shop.started("serve") as running:
            yield running

    async def hears(self, program: Running) -> None:
        """Wait until the program listens; fail with its own words when it ends instead."""
        ended = asyncio.create_task(program.process.wait())
        connected = asyncio.create_task(self.discord.connected(within_s=SEEN_WITHIN_S))
        await asyncio.wait((ended, connected), return_when=asyncio.FIRST_COMPLETED)
        if ended.done():
            connected.cancel()
            await asyncio.gather(connected, return_exceptions=True)
            raise AssertionError(str(await program.ended()))
        ended.cancel()
        await asyncio.gather(ended, return_exceptions=True)
        await connected

    async def killed(self, program: Running) -> None:
        """kill -9; afterwards nobody of it is alive."""
        program.send(signal.SIGKILL)
        await program.process.wait()
        await self.discord.disconnected()
        await self.studio.shop.nobody_left()

    async def asks(self, person: Person, request: str, where: Where | None = None, **options: str) -> Interaction:
        """`/orchestrate run` in #shop, by the workflow of one step when nothing else is said."""
        values = {"request": request, "workflow": "solo", **options}
        return await person.uses("/orchestrate run", values, where or self.shop)

    async def suggested(self, person: Person, line: str, option: str, text: str = "") -> list[str]:
        """What is suggested while somebody types in #shop; they type on where it came too late to be seen."""
        found: list[str] = []

        async def some() -> bool:
            found[:] = await person.autocompletes(line, option, text, where=self.shop)
            return bool(found)

        await eventually_awaited(some, within_s=SEEN_WITHIN_S, what="a suggestion")
        return found

    async def opens_form(self, person: Person, act: Callable[[], Awaitable[Interaction]]) -> OpenModal:
        """Do what opens a form, and again where the program was too slow for one: it has a second and a half for that.

        Then it says what to type instead, and people press once more.
        """

        async def opened() -> bool:
            done = await act()
            if done.answer is not Callback.MODAL:
                await self.dealt_with(done)  # what comes next waits for it
            return done.answer is Callback.MODAL

        await eventually_awaited(opened, within_s=SEEN_WITHIN_S, what="a form")
        return await self.discord.opens_form(person)

    # what stands in Discord

    def posted(self, key: str) -> list[Message]:
        """The messages with this key: never more than one, for whatever must arrive."""
        marked = nonce(key)
        return [each for each in self.discord.messages() if each.by_app and each.nonce == marked]

    def doubles(self) -> list[str]:
        """What was said twice."""
        keyed = [each for each in self.discord.world.messages.values() if each.by_app and each.nonce]
        times = Counter(each.nonce for each in keyed)
        return [each.words for each in keyed if times[each.nonce] > 1]

    async def shows(self, key: str, *words: str, label: str = "", within_s: float = SEEN_WITHIN_S) -> Message:
        """The message with this key, once it says all `words` and has the button called `label`.

        By then the program has written down where it stands: it knows which card is pressed, or talked under.
        """

        def found() -> Message | None:
            return next((each for each in self.posted(key) if reads(each, *words) and has(each, label)), None)

        seen = await self.discord.until(found, within_s=within_s)
        await eventually(lambda: delivered(self.studio, key), within_s=within_s, what=f"that {key} is written down")
        return seen

    async def whispered(self, person: Person, *words: str, within_s: float = SEEN_WITHIN_S) -> Message:
        """What was said to this person alone with these words, in a channel or in their own conversation."""

        def found() -> Message | None:
            return next((each for each in reversed(self.private(person)) if reads(each, *words)), None)

        return await self.discord.until(found, within_s=within_s)

    def private(self, person: Person) -> list[Message]:
        """Everything that only this person sees, oldest first."""
        own = person.direct.id
        ours = [each for each in self.discord.messages() if each.by_app]
        return [each for each in ours if each.only_for == person.id or each.channel == own]

    def public(self, where: Where) -> list[Message]:
        """What everybody reads of ours in a channel or thread, oldest first."""
        return [each for each in self.discord.messages(where) if each.by_app and not each.only_for]

    def thread(self, card: Message) -> Channel:
        """The thread of a task's card."""
        return self.discord.world.channels[card.id]

    # what the program knows

    async def audit(self) -> list[AuditEntry]:
        """The trail, oldest first."""
        async with self.studio.onlooker() as seen, seen.store.reading() as uow:
            return (await uow.audit.entries(500))[::-1]

    async def refusals(self, person: Person) -> list[AuditEntry]:
        """What this person was refused."""
        return [each for each in await self.audit() if not each.allowed and each.actor == person.key]

    async def tasks(self) -> list[TaskId]:
        """The names of all tasks, oldest first."""
        async with self.studio.onlooker() as seen:
            return [view.task.id for view in await seen.reader.tasks(limit=100)][::-1]

    async def settled(self) -> None:
        """Wait until everything that is kept is acted on, and everything that must arrive has arrived.

        Discord is never told that a message was kept: where nothing else waits for it, wait for `dealt_with`.
        """
        await settled(self.studio, "discord")

    async def dealt_with(self, said: Message | Interaction) -> None:
        """Wait until the program has acted on this. Words that are none of its business are never acted on."""
        await dealt_with(self.studio, "discord", [_event(said)])

    def is_dealt_with(self, said: Message | Interaction) -> bool:
        """Whether the program has acted on this by now."""
        return is_dealt_with(self.studio, "discord", [_event(said)])

    async def kept(self, said: Message | Interaction) -> None:
        """Wait until this is in the database: slow programs are answered for before it is."""
        await kept(self.studio, "discord", [_event(said)])


@pytest.fixture
async def discord() -> AsyncIterator[DiscordSimulator]:
    """A running Discord; the test fails at its end when a request broke its description or one of its limits."""
    async with DiscordSimulator() as simulator:
        yield simulator


@pytest.fixture
async def crew(studio: Studio, discord: DiscordSimulator) -> AsyncIterator[Crew]:
    """The crew and its settings; the program is not started yet. At its end nothing was said twice."""
    shop = discord.channel("shop")
    alice, bob, vera, ada, sam = map(discord.person, ("alice", "bob", "vera", "ada", "sam"))
    crew = Crew(studio=studio, discord=discord, shop=shop, alice=alice, bob=bob, vera=vera, ada=ada, sam=sam)
    crew.write_settings()
    yield crew
    studio.cast.let_go()
    assert not crew.doubles()


def _event(said: Message | Interaction) -> str:
    """How the program names it."""
    return f"{'message' if isinstance(said, Message) else 'interaction'}:{said.id}"


def posts(key: str) -> Callable[[Call], bool]:
    """Says of a call whether it is about the message with this key."""
    return lambda call: call.given.get("nonce") == nonce(key)


def reads(message: Message, *words: str) -> bool:
    """Whether all `words` are on the message."""
    return all(each in message.words for each in words)


def has(message: Message, label: str) -> bool:
    """Whether it has the button `label`, or that is ''."""
    return not label or label in message.labels


__all__ = ["Crew", "crew", "discord"]
