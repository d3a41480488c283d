"""An answer is read while it is written, and stands there whole whatever happens to the stream."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from adapters.chat.errors import NotReachableError, RateLimitedError
from adapters.chat.port import Posted
from adapters.slack.adapter import SlackAdapter
from core.domain.identity import PersonId
from tests.integration.slack.adapter_running import card, place_of, running
from tests.platforms.slack.message import Message
from tests.platforms.slack.person import Person
from tests.platforms.slack.simulator import SlackSimulator

pytestmark = pytest.mark.slack


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
    clock: Seconds
    alice: Person
    root: Posted

    def passes(self, seconds: float) -> None:
        self.clock.now += seconds
        self.slack.passes(seconds)

    def answers(self) -> list[Message]:
        """The messages in the thread but its first."""
        return [each for each in self.slack.messages() if each.thread_ts == self.root.message]

    def called(self, method: str) -> int:
        return sum(call.method == method for call in self.slack.calls)


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    clock = Seconds()
    async with SlackSimulator(pace=20) as slack, running(slack, clock=clock) as adapter:
        alice = slack.person("alice")
        root = await adapter.post(place_of(slack.channel("general")), card(), key="T142:card")
        yield Stage(slack=slack, adapter=adapter, clock=clock, alice=alice, root=root)


async def test_an_answer_grows_in_one_message_and_ends():
    async with stage() as on:
        async with on.adapter.stream(on.root.thread, PersonId(on.alice.key), key="event:1") as answer:
            await answer.write("The tests ")
            assert [each.text for each in on.answers()] == ["The tests "]
            await answer.write("are ")
            await answer.write("slow.")
            on.passes(1)
            await answer.write("\nMostly.")

        assert [each.text for each in on.answers()] == ["The tests are slow.\nMostly."]
        assert not on.answers()[0].streams(on.slack.now())
        assert on.called("chat.appendStream") == 1


async def test_an_answer_that_takes_long_goes_on_in_a_new_message_before_slack_ends_the_old_one():
    async with stage() as on:
        async with on.adapter.stream(on.root.thread, PersonId(on.alice.key), key="event:1") as answer:
            for minute in range(7):
                await answer.write(f"minute {minute}\n")
                on.passes(60)

        whole = "".join(each.text for each in on.answers())
        assert whole == "".join(f"minute {minute}\n" for minute in range(7))
        assert len(on.answers()) == 2


async def test_a_stream_that_died_meanwhile_loses_nothing():
    async with stage() as on:
        async with on.adapter.stream(on.root.thread, PersonId(on.alice.key), key="event:1") as answer:
            await answer.write("before\n")
            on.slack.passes(400)
            on.clock.now += 2
            await answer.write("after")

        assert [each.text for each in on.answers()] == ["before\n", "after"]


async def test_a_long_answer_is_several_messages_with_every_code_block_closed():
    code = "".join(f"line {number} of the code\n" for number in range(1200))
    async with stage() as on:
        async with on.adapter.stream(on.root.thread, PersonId(on.alice.key), key="event:1") as answer:
            await answer.write(f"Here:\n```python\n{code}```\nDone.")

        texts = [each.text for each in on.answers()]
        assert len(texts) > 2
        assert all(text.count("```") % 2 == 0 for text in texts)
        assert all(f"line {number} of the code\n" in "".join(texts) for number in range(1200))


async def test_where_nothing_streams_a_message_is_edited():
    async with stage() as on:
        on.slack.faults.error("chat.startStream", "channel_type_not_supported", times=9)
        async with on.adapter.stream(on.root.thread, PersonId(on.alice.key), key="event:1") as answer:
            await answer.write("The tests ")
            on.passes(1)
            await answer.write("are slow.")

        assert on.called("chat.startStream") == 1
        assert len(on.answers()) == 1
        assert "The tests are slow." in on.answers()[0].words


async def test_outside_of_a_thread_an_answer_is_a_message():
    async with stage() as on:
        async with on.adapter.stream(on.root.place, PersonId(on.alice.key), key="event:1") as answer:
            await answer.write("The tests are slow.")

        await on.slack.shows(lambda message: "The tests are slow." in message.words)
        assert on.called("chat.startStream") == 0


async def test_slack_asking_for_patience_delays_the_text_and_loses_none():
    async with stage() as on:
        async with on.adapter.stream(on.root.thread, PersonId(on.alice.key), key="event:1") as answer:
            await answer.write("one ")
            on.passes(1)
            on.slack.faults.rate_limit("chat.appendStream", retry_after_s=5)
            await answer.write("two ")
            on.passes(2)
            await answer.write("three ")
            assert on.answers()[0].text == "one "
            on.passes(4)
            await answer.write("four")

        assert on.answers()[0].text == "one two three four"


async def test_an_addition_that_nobody_confirmed_is_put_right_at_the_end():
    async with stage() as on:
        async with on.adapter.stream(on.root.thread, PersonId(on.alice.key), key="event:1") as answer:
            await answer.write("one ")
            on.passes(1)
            on.slack.faults.reset("chat.appendStream")
            await answer.write("two ")
            on.passes(1)
            await answer.write("three")

        assert "one two three" in on.answers()[0].words


async def test_a_person_who_stops_the_stream_reads_the_rest_in_another_message():
    async with stage() as on:
        async with on.adapter.stream(on.root.thread, PersonId(on.alice.key), key="event:1") as answer:
            await answer.write("one ")
            await on.alice.stops(on.answers()[0])
            on.passes(1)
            await answer.write("two")

        assert "".join(each.text for each in on.answers()) == "one two"


async def test_an_answer_of_nothing_is_no_message():
    async with stage() as on:
        async with on.adapter.stream(on.root.thread, PersonId(on.alice.key), key="event:1"):
            pass

        assert on.answers() == []


async def test_what_was_written_before_a_failure_does_not_stay_open():
    async with stage() as on:
        with pytest.raises(ZeroDivisionError):
            async with on.adapter.stream(on.root.thread, PersonId(on.alice.key), key="event:1") as answer:
                await answer.write("one ")
                await answer.write("two")
                raise ZeroDivisionError

        assert on.answers()[0].text == "one two"
        assert not on.answers()[0].streams(on.slack.now())


async def test_an_end_that_slack_refuses_is_told():
    async with stage() as on:
        with pytest.raises(RateLimitedError):
            async with on.adapter.stream(on.root.thread, PersonId(on.alice.key), key="event:1") as answer:
                await answer.write("one")
                on.slack.faults.rate_limit("chat.stopStream")
        on.slack.channel("general").archived = True
        with pytest.raises(NotReachableError):
            async with on.adapter.stream(on.root.place, PersonId(on.alice.key), key="event:2") as answer:
                await answer.write("one")
