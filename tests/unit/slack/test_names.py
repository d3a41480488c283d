"""Names are asked of Slack rarely, kept within bounds, and never in anybody's way."""

import asyncio

import pytest

from adapters.chat.errors import ChatUnavailableError, RateLimitedError
from adapters.slack.names import Names

pytestmark = pytest.mark.slack


class Directory:
    """Stands for Slack's users.info and conversations.info."""

    def __init__(self) -> None:
        self.people = {"U1": {"profile": {"display_name": "alice"}, "real_name": "Alice A.", "name": "aa"}}
        self.asked: list[str] = []
        self.error: Exception | None = None
        self.hold: asyncio.Event | None = None

    async def call(self, method, *, repeatable=False, **arguments):
        (native,) = arguments.values()
        self.asked.append(native)
        if self.hold is not None:
            await self.hold.wait()
        if self.error is not None:
            raise self.error
        kind = "user" if method == "users.info" else "channel"
        return {kind: self.people.get(native, {})}


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def slack():
    return Directory()


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def names(slack, seconds):
    return Names(slack, clock=seconds)


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ({"profile": {"display_name": "al"}, "real_name": "Alice"}, "al"),
        ({"profile": {"display_name": ""}, "real_name": "Alice"}, "Alice"),
        ({"profile": {"real_name": "Alice"}, "name": "aa"}, "Alice"),
        ({"name": "aa"}, "aa"),
        ({"deleted": True, "profile": {"display_name": "al"}, "real_name": "Alice"}, "Alice"),
        ({}, ""),
    ],
)
async def test_a_person_is_called_as_slack_shows_them(slack, names, user, name):
    slack.people["U7"] = user

    assert await names.person("U7") == name


async def test_a_name_is_asked_for_again_after_an_hour(slack, names, seconds):
    await names.person("U1")
    seconds.now = 3599
    await names.person("U1")
    assert slack.asked == ["U1"]
    seconds.now = 3601
    await names.person("U1")
    assert slack.asked == ["U1", "U1"]


async def test_several_who_ask_at_once_ask_slack_once(slack, names):
    slack.hold = asyncio.Event()
    asking = [asyncio.create_task(names.person("U1")) for _ in range(5)]
    await asyncio.sleep(0)
    slack.hold.set()

    assert await asyncio.gather(*asking) == ["alice"] * 5
    assert slack.asked == ["U1"]


async def test_after_a_failure_the_old_name_holds_and_slack_is_left_alone_for_a_while(slack, names, seconds):
    await names.person("U1")
    seconds.now = 4000
    slack.error = ChatUnavailableError("away")
    assert await names.person("U1") == "alice"
    assert await names.person("U1") == "alice"
    assert slack.asked == ["U1", "U1"]


async def test_a_rate_limit_is_waited_for(slack, names, seconds):
    slack.error = RateLimitedError("slower", retry_after_s=300)
    assert await names.person("U1") == ""
    slack.error, seconds.now = None, 299
    assert await names.person("U1") == ""
    seconds.now = 301
    assert await names.person("U1") == "alice"


async def test_learning_ends_in_time_and_is_not_repeated_for_the_next_message(slack, names):
    slack.hold = asyncio.Event()
    await names.learn({"U1"}, {"C1"}, within_s=0.01)
    await names.learn({"U1"}, {"C1"}, within_s=90)

    assert names.known("U1") == ""
    assert sorted(slack.asked) == ["C1", "U1"]


async def test_the_number_of_names_is_bounded(slack, seconds):
    names = Names(slack, clock=seconds, most=3)
    for number in range(5):
        slack.people[f"U{number}"] = {"name": f"person {number}"}
        await names.person(f"U{number}")

    assert [names.known(f"U{number}") for number in range(5)] == ["", "", "person 2", "person 3", "person 4"]
