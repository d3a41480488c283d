"""A team in Slack: the program listens to a simulated workspace, and agents play what the test has written."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from bot.demo.sample_fix import SAMPLE_FIX
from bot.demo.scripted.fix_issue import fix_issue
from core.domain.audit import AuditEntry
from core.domain.identity import TaskId
from tests.platforms.slack.envelope import Envelope
from tests.platforms.slack.message import Message
from tests.platforms.slack.person import Person
from tests.platforms.slack.simulator import SlackSimulator
from tests.platforms.slack.workspace import TEAM, Channel
from tests.support.cast import Cast
from tests.support.command_line import Running
from tests.support.settling import dealt_with, delivered, kept, settled
from tests.support.studio import Studio
from tests.support.waiting import eventually

SEEN_WITHIN_S = 150.0
"""The agent program needs seconds to start on a busy machine."""
ROLES = ("analyst", "planner", "builder", "tester", "reviewer")


@dataclass(slots=True, kw_only=True)
class Team:
    """People of one workspace with the project `shop`, whose channel is #shop.

    Alice and Bob are its developers, Vera may look, Ada is its admin, and Sam is nobody here.
    """

    studio: Studio
    slack: SlackSimulator
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

    def write_settings(self, *tables: str, slack: str = "", **project: str) -> None:
        """The settings of the team, `tables` of TOML besides, and more lines of `[slack]`."""
        self.studio.write_settings(*self._tables(slack), *tables, **project)

    def plays_the_fix(self) -> None:
        """The agents settle issue 123 of the sample, with its risky command."""
        script = fix_issue(SAMPLE_FIX)
        for role in ROLES:
            self.cast.plays(role, lambda scene: script(scene.asked))

    @asynccontextmanager
    async def serving(self) -> AsyncGenerator[Running]:
        """`orchestrator serve`, once it hears what is said; it is killed at the end of the block."""
        async with self.starting() as running:
            await self.slack.connected(within_s=SEEN_WITHIN_S)
            yield running

    @asynccontextmanager
    async def starting(self) -> AsyncGenerator[Running]:
        """The same without waiting for anything."""
        async with self.studio.shop.started("serve") as running:
            yield running

    # what stands in Slack

    def posted(self, key: str) -> list[Message]:
        """The messages that carry this key: never more than one, for whatever must arrive."""
        return [each for each in self.slack.messages() if key_of(each) == key]

    def keys(self) -> list[str]:
        """The keys of all that was delivered, oldest first."""
        return [key for each in self.slack.messages() if (key := key_of(each))]

    def doubles(self) -> set[str]:
        """What was said twice."""
        keys = self.keys()
        return {key for key in keys if keys.count(key) > 1}

    async def shows(self, key: str, *words: str, label: str = "", within_s: float = SEEN_WITHIN_S) -> Message:
        """The message with this key, once it says all `words` and has the button called `label`.

        By then the program has written down where it stands: it knows which card is pressed, or talked under.
        """

        def found() -> Message | None:
            return next((each for each in self.posted(key) if reads(each, *words) and has(each, label)), None)

        seen = await self.slack.until(found, within_s=within_s)
        await eventually(lambda: delivered(self.studio, key), within_s=within_s, what=f"that {key} is written down")
        return seen

    async def whispered(self, person: Person, *words: str, within_s: float = SEEN_WITHIN_S) -> Message:
        """What was said to this person alone with these words, in a channel or in their own conversation."""

        def found() -> Message | None:
            return next((each for each in reversed(self.private(person)) if reads(each, *words)), None)

        return await self.slack.until(found, within_s=within_s)

    def private(self, person: Person) -> list[Message]:
        """Everything that only this person sees, oldest first."""
        own, ours = person.direct.id, [each for each in self.slack.messages() if each.by_app]
        return [each for each in ours if each.only_for == person.id or each.channel == own]

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
        await self.slack.quiet(within_s=SEEN_WITHIN_S)
        await settled(self.studio, "slack")
        # of its own last message the program is told, too, and acknowledges that
        await self.slack.quiet(within_s=SEEN_WITHIN_S)

    async def dealt_with(self, said: Message | Envelope) -> None:
        """Wait until the program has acted on this. Words that are none of its business are never acted on."""
        await dealt_with(self.studio, "slack", _events(said))

    async def kept(self, said: Message | Envelope) -> None:
        """Wait until this is in the database: slow programs acknowledge it before it is."""
        await kept(self.studio, "slack", _events(said))

    def _tables(self, more: str) -> tuple[str, ...]:
        slack = self.slack
        return (
            f'[slack]\nbot_token = "{slack.bot_token}"\napp_token = "{slack.app_token}"\n'
            f'signing_secret = "{slack.signing_secret}"\napi_url = "{slack.api_url}"\nworkspaces = ["{TEAM}"]\n{more}',
            f'[projects.shop.access]\nadmins = ["{self.ada.key}"]\nviewers = ["{self.vera.key}"]\n'
            f'developers = ["{self.alice.key}", "{self.bob.key}"]',
            f'[projects.shop.chat]\nchannels = ["slack:{TEAM}/{self.shop.id}"]',
        )


@pytest.fixture
async def team(studio: Studio, slack: SlackSimulator) -> AsyncIterator[Team]:
    """The team and its settings; the program is not started yet. At its end nothing was said twice."""
    alice, bob, vera, ada, sam = map(slack.person, ("alice", "bob", "vera", "ada", "sam"))
    team = Team(
        studio=studio, slack=slack, shop=slack.channel("shop"), alice=alice, bob=bob, vera=vera, ada=ada, sam=sam
    )
    team.write_settings()
    yield team
    studio.cast.let_go()
    assert not team.doubles()


def _events(said: Message | Envelope) -> list[str]:
    """How the program may name it."""
    if isinstance(said, Message):
        return [f"message:{said.channel}/{said.ts}"]
    return [f"{kind}:{said.payload['trigger_id']}" for kind in ("command", "press", "pick")]


def key_of(message: Message) -> str:
    """The key that the program has marked a message with, '' for none."""
    marked: dict[str, dict[str, str]] = message.metadata or {}
    return marked.get("event_payload", {}).get("key", "")


def posts(key: str) -> Callable[[dict[str, Any]], bool]:
    """Says of a call's arguments whether it is about the message with this key."""

    def about(arguments: dict[str, Any]) -> bool:
        marked: dict[str, Any] = arguments.get("metadata") or {}
        return marked.get("event_payload", {}).get("key") == key

    return about


def reads(message: Message, *words: str) -> bool:
    """Whether all `words` are on the message."""
    return all(each in message.words for each in words)


def has(message: Message, label: str) -> bool:
    """Whether it has the button `label`, or that is ''."""
    return not label or label in message.labels


__all__ = ["Team", "team"]
