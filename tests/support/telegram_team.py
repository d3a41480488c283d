"""A team in Telegram: the program polls a simulated Bot API, and agents play what the test has written."""

import asyncio
import json
import re
import signal
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast as typed

import pytest

from bot.demo.sample_fix import SAMPLE_FIX
from bot.demo.scripted.fix_issue import fix_issue
from core.domain.audit import AuditEntry
from core.domain.identity import TaskId
from tests.platforms.telegram.message import Message
from tests.platforms.telegram.person import Person
from tests.platforms.telegram.places import Chat
from tests.platforms.telegram.simulator import TelegramSimulator
from tests.platforms.telegram.updates import Update
from tests.platforms.telegram.world import Press
from tests.support.cast import Cast
from tests.support.command_line import Running
from tests.support.settling import dealt_with, delivered, rows, settled
from tests.support.studio import Studio
from tests.support.waiting import eventually_awaited

SEEN_WITHIN_S = 150.0
"""The agent program needs seconds to start on a busy machine."""
_CARD = re.compile(r"\S+ A\d+ · ")
ROLES = ("analyst", "planner", "builder", "tester", "reviewer")


@dataclass(slots=True, kw_only=True)
class TelegramTeam:
    """People of one group with the project `shop`.

    Alice and Bob are its developers, Vera may look, Ada is its admin, and Sam is nobody here. All but Sam have pressed
    Start before the story begins.
    """

    studio: Studio
    telegram: TelegramSimulator
    shop: Chat
    alice: Person
    bob: Person
    vera: Person
    ada: Person
    sam: Person

    @property
    def cast(self) -> Cast:
        """Who plays the agents."""
        return self.studio.cast

    def write_settings(self, *tables: str, telegram: str = "", **project: str) -> None:
        """The settings of the team, `tables` of TOML besides, and more lines of `[telegram]`."""
        self.studio.write_settings(*self._tables(telegram), *tables, **project)

    def plays_the_fix(self) -> None:
        """The agents settle issue 123 of the sample, with its risky command."""
        script = fix_issue(SAMPLE_FIX)
        for role in ROLES:
            self.cast.plays(role, lambda scene: script(scene.asked))

    @asynccontextmanager
    async def serving(self) -> AsyncGenerator[Running]:
        """`orchestrator serve`, once it hears what is said; it is killed at the end of the block."""
        async with self.starting() as running:
            await self._listens(running)
            yield running

    @asynccontextmanager
    async def starting(self) -> AsyncGenerator[Running]:
        """The same without waiting for anything."""
        async with self.studio.shop.started("serve") as running:
            try:
                yield running
            except AssertionError:
                if running.process.returncode is None:
                    running.send(signal.SIGTERM)
                print((await running.ended()).stderr)
                raise

    async def _listens(self, running: Running) -> None:
        """Wait until the program polls; fail with its own words when it ends instead."""
        polls = asyncio.create_task(self.telegram.connected(within_s=SEEN_WITHIN_S))
        over = asyncio.create_task(running.process.wait())
        await asyncio.wait({polls, over}, return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        if not polls.done():
            polls.cancel()
            raise AssertionError(f"It ended: {await running.ended()}")
        await polls

    # what stands in Telegram

    def posted(self, key: str) -> Message | None:
        """The first message of what was posted under this key; None while it is not there, or not written down."""
        return next(iter(self.pages(key)), None)

    def pages(self, key: str) -> list[Message]:
        """All messages of what was posted under this key that are not deleted."""
        sent = self._values(f"sent/{key}").get(f"sent/{key}")
        return list(self._standing(sent)) if sent else []

    def strays(self) -> list[Message]:
        """What has buttons in a group, or is a task's or question's card, and the program does not know to be its own.

        What was said twice is among them: of two only one is written down.
        """
        known = {id(each) for sent in self._values("sent/").values() for each in self._standing(sent)}
        ours = [each for each in self.telegram.messages() if each.by_app and id(each) not in known]
        return [each for each in ours if self._looks_kept(each)]

    def _looks_kept(self, message: Message) -> bool:
        """Whether it is of those that are written down: no question of a form, no call to press Start."""
        if self.telegram.world.chats[message.chat].private:
            return bool(_CARD.match(message.text))
        passing = ("Skip", "Keep", "Open")
        return bool(message.buttons) and not message.labels[0].startswith(passing)

    async def shows(self, key: str, *words: str, label: str = "", within_s: float = SEEN_WITHIN_S) -> Message:
        """The message with this key, once it says all `words` and has the button called `label`."""
        found: list[Message] = []

        async def seen() -> bool:
            found[:] = [each for each in self.pages(key) if reads(each, *words) and has(each, label)]
            return bool(found) and delivered(self.studio, key)

        try:
            await eventually_awaited(seen, within_s=within_s, what=f"{key} with {words} {label}")
        except AssertionError as error:
            raise AssertionError(f"{error}; there is\n{self.telegram.picture()}") from None
        return found[0]

    async def told_alone(self, person: Person, *words: str, within_s: float = SEEN_WITHIN_S) -> Message:
        """The newest message to this person alone with these words."""
        return await self.telegram.shows(lambda each: reads(each, *words), in_=person.direct, within_s=within_s)

    async def asked(self, person: Person, *words: str) -> Message:
        """The newest question of a form that calls this person in the group, with these words."""

        def calls(message: Message) -> bool:
            return reads(message, *words) and person.is_mentioned_in(message)

        question = await self.telegram.shows(calls, in_=self.shop, within_s=SEEN_WITHIN_S)
        await self._awaits(question, person)
        return question

    async def _awaits(self, question: Message, person: Person) -> None:
        """Wait until the program knows where its question stands: people are not so quick."""
        key = f"form/{self.shop.id}/{person.id}"

        async def known() -> bool:
            return f'"question":{question.id}' in self._values(key).get(key, "")

        await eventually_awaited(known, what="a question that is written down")

    async def alerted(self, person: Person, press: Press, *words: str) -> None:
        """Wait until a press is answered with all `words`: at once, or by a message where that took too long."""

        def told() -> bool | None:
            later = any(reads(each, *words) for each in self.private(person))
            return True if press.answered and (later or all(each in press.text for each in words)) else None

        await self.telegram.until(told, within_s=SEEN_WITHIN_S)

    def private(self, person: Person) -> list[Message]:
        """Everything the program said to this person alone, oldest first."""
        return [each for each in self.telegram.messages(person.direct) if each.by_app]

    def public(self) -> list[Message]:
        """Everything the program said in the group, oldest first."""
        return [each for each in self.telegram.messages(self.shop) if each.by_app]

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
        """Wait until everything that was said is acted on, and everything that must arrive has arrived."""
        await self.telegram.quiet(within_s=SEEN_WITHIN_S)
        await settled(self.studio, "telegram")

    async def dealt_with(self, said: Message | Press) -> None:
        """Wait until the program has acted on this. Words that are none of its business are never acted on."""
        told = next(each for each in reversed(self.telegram.updates.told) if _is_about(each, said))
        await dealt_with(self.studio, "telegram", [f"update:{told.id}"])

    def _tables(self, more: str) -> tuple[str, ...]:
        telegram = self.telegram
        return (
            f'[telegram]\nbot_token = "{telegram.token}"\napi_url = "{telegram.api_url}"\n{more}',
            f'[projects.shop.access]\nadmins = ["{self.ada.key}"]\nviewers = ["{self.vera.key}"]\n'
            f'developers = ["{self.alice.key}", "{self.bob.key}"]',
            f'[projects.shop.chat]\nchannels = ["telegram:{self.shop.id}"]',
        )

    def _standing(self, sent: str) -> Iterator[Message]:
        """The messages that a line of the program's journal of messages is about."""
        channel, _, _, messages, _ = typed("tuple[str, str, bool, list[int], bool]", json.loads(sent))
        chat = self.telegram.world.chats[int(channel.removeprefix("D"))]
        for number in messages:
            for place in (chat.migrated_to, chat.id):
                found = self.telegram.world.find(place, number)
                if found is not None and found.by_app:
                    yield found
                    break

    def _values(self, beginning: str) -> dict[str, str]:
        """What the adapter has put into the database under keys that begin so."""
        ask = "SELECT key, value FROM chat_values WHERE platform = 'telegram' AND key GLOB ?"
        return dict(rows(self.studio, ask, f"{beginning}*"))


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramSimulator]:
    """A Telegram at its real pace."""
    async with TelegramSimulator() as telegram:
        yield telegram


@pytest.fixture
async def telegram_team(studio: Studio, telegram: TelegramSimulator) -> AsyncIterator[TelegramTeam]:
    """The team and its settings; the program is not started yet. At its end nothing was said twice."""
    alice, bob, vera, ada, sam = map(telegram.person, ("alice", "bob", "vera", "ada", "sam"))
    for person in (alice, bob, vera, ada):
        person.account.started = True
    team = TelegramTeam(
        studio=studio, telegram=telegram, shop=telegram.supergroup("shop"),
        alice=alice, bob=bob, vera=vera, ada=ada, sam=sam,
    )  # fmt: skip
    team.write_settings()
    yield team
    studio.cast.let_go()
    assert not team.strays()


def _is_about(update: Update, said: Message | Press) -> bool:
    """Whether the program is told of it by this update."""
    if isinstance(said, Press):
        return bool(update.kind == "callback_query" and update.payload[update.kind]["id"] == said.id)
    told = update.payload.get("message", {})
    return bool(told and (told["message_id"], told["chat"]["id"]) == (said.id, said.chat))


def reads(message: Message, *words: str) -> bool:
    """Whether all `words` are on the message."""
    return all(each in message.words for each in words)


def has(message: Message, label: str) -> bool:
    """Whether it has the button `label`, or that is ''."""
    return not label or label in message.labels


__all__ = ["TelegramTeam", "telegram", "telegram_team"]
