"""A log that is followed in Slack: streamed into the thread, in a new message before Slack ends the old one."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from adapters.chat.card import Card
from adapters.chat.file import File
from adapters.slack.adapter import SlackAdapter
from bot.commands.context import Asker
from bot.commands.reply import Followed, Handed, Reply
from bot.conversation.following import Following
from core.domain.identity import Person, PersonId, Place, TaskId
from tests.integration.slack.adapter_running import WITHIN_S, card, place_of, running
from tests.platforms.slack.message import Message
from tests.platforms.slack.simulator import SlackSimulator

pytestmark = pytest.mark.slack


@dataclass
class Dictated:
    """A text that grows as the test says."""

    said: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue[str])

    async def pieces(self) -> AsyncGenerator[str]:
        while (piece := await self.said.get()) != "the end":
            yield piece

    def left(self, words: str) -> str:
        return f"```\n\n{words}\n"


class Seconds:
    """A clock that counts seconds, turned by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Stage:
    slack: SlackSimulator
    adapter: SlackAdapter
    following: Following
    clock: Seconds
    thread: Place
    asker: Asker
    log: Dictated = field(default_factory=Dictated)
    given: list[Reply] = field(default_factory=list[Reply])

    def begin(self) -> None:
        async def whole() -> Handed:
            return Handed(file=File(name="T142.log", data=b"all of it"), instead=card())

        async def give(reply: Reply, _: Asker) -> None:
            self.given.append(reply)

        reply = Followed(
            task=TaskId("T142"), name="T142.1", grows=self.log, whole=whole, instead=Card(key="note", title="")
        )
        self.following.begin(reply, self.asker, place=self.thread, give=give)

    def passes(self, seconds: float) -> None:
        self.clock.now += seconds
        self.slack.passes(seconds)

    def pages(self) -> list[Message]:
        """What stands in the thread under the card."""
        return [each for each in self.slack.messages() if each.thread_ts == self.thread.thread]

    async def ended(self) -> None:
        """Nothing is being written any more."""

        def stands() -> bool | None:
            return None if any(each.streams(self.slack.now()) for each in self.pages()) else True

        await self.slack.until(stands, within_s=WITHIN_S)

    async def says(self, piece: str) -> None:
        """The agent writes this, and it is read in Slack."""
        self.log.said.put_nowait(piece)
        await self.slack.until(lambda: any(piece in each.words for each in self.pages()) or None, within_s=WITHIN_S)


@asynccontextmanager
async def stage() -> AsyncGenerator[Stage]:
    clock = Seconds()
    async with SlackSimulator(pace=20) as slack, running(slack, clock=clock) as adapter:
        slack.stands_still()
        alice = slack.person("alice")
        root = await adapter.post(place_of(slack.channel("general")), card(), key="T142:card")
        following = Following(adapter, every_s=0.001)
        owner = asyncio.create_task(following.run())
        await asyncio.sleep(0)
        asker = Asker(person=Person(id=PersonId(alice.key), name="alice"), place=root.thread, event_id="e1")
        yield Stage(slack, adapter, following, clock, root.thread, asker)
        owner.cancel()
        await asyncio.wait({owner})


async def test_a_log_that_takes_long_goes_on_in_new_messages_with_every_code_block_closed():
    async with stage() as on:
        on.begin()
        await on.slack.until(lambda: on.pages() or None, within_s=WITHIN_S)
        on.passes(2)
        await on.says("T142.1\n```\nminute 0\n")
        for minute in range(1, 12):
            on.passes(60)
            await on.says(f"minute {minute}\n")
        on.passes(2)
        await on.says("```\nT142.1 is completed.\n")
        on.log.said.put_nowait("the end")
        await on.ended()

        texts = [each.text for each in on.pages()]
        assert len(texts) == 3
        assert [text.count("```") % 2 for text in texts] == [0, 0, 0]
        whole = "".join(texts)
        assert [whole.count(f"minute {minute}\n") for minute in range(12)] == [1] * 12
        assert texts[0].startswith("The log of T142.1 while it is written.")
        assert on.given == []


async def test_the_stop_under_a_log_ends_it_and_nothing_is_written_after_its_last_words():
    async with stage() as on:
        on.begin()
        await on.slack.until(lambda: on.pages() or None, within_s=WITHIN_S)
        on.passes(2)
        await on.says("```\nLooking.\n")
        assert on.following.end_at(on.thread)
        assert on.following.end_at(on.thread), "who presses twice means the same"
        on.log.said.put_nowait("")
        await on.ended()

        [page] = on.pages()
        assert page.text.endswith("```\n\nYou follow it no longer. The work goes on.\n")


async def test_a_channel_that_takes_no_more_gets_the_file_at_the_end():
    async with stage() as on:
        on.begin()
        await on.slack.until(lambda: on.pages() or None, within_s=WITHIN_S)
        on.slack.faults.error("chat.appendStream", "is_archived", times=9)
        on.passes(2)
        on.log.said.put_nowait("Looking.\n")
        on.log.said.put_nowait("the end")
        async with asyncio.timeout(WITHIN_S):
            while not on.given:
                await asyncio.sleep(0.01)

        assert [each.type for each in on.given] == ["handed"]
