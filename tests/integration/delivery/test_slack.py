"""Delivery with the real Slack adapter, on a Slack that runs here: nothing doubled, nothing lost, nothing malformed."""

import asyncio
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.delivery.delivery import ChatDelivery
from core.domain.identity import PersonId, Place
from core.domain.task import TaskState
from core.store.store import Store
from tests.integration.delivery.office import Office
from tests.integration.delivery.slack_process import PATIENCE, SHOP, Address, utc_now
from tests.integration.delivery.test_running import running
from tests.platforms.slack.message import Message
from tests.platforms.slack.simulator import SlackSimulator
from tests.platforms.slack.workspace import TEAM, Channel

pytestmark = [pytest.mark.slack, pytest.mark.slow, pytest.mark.long]
ROOT = Path(__file__).parents[3]
SEEN_S = 90.0


class OnSlack(Office):
    """An office on the simulated Slack, by the real clock; what people see is on the simulator."""

    slack: SlackSimulator
    address: Address

    @property
    def api(self) -> Channel:
        """The channel tasks are asked for in."""
        return self.slack.channel("api")

    def found(self, words: str, *, buttons: str = "") -> list[Message]:
        """Our messages with these words, and such a button when one is named."""
        ours = [each for each in self.slack.messages() if each.by_app]
        return [each for each in ours if words in each.words and (not buttons or buttons in each.labels)]

    async def shows(self, words: str, *, buttons: str = "", times: int = 1) -> None:
        """Return once so many of our messages say so."""
        await self.slack.until(lambda: len(self.found(words, buttons=buttons)) == times or None, within_s=SEEN_S)


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    async with SlackSimulator(pace=20) as slack:
        yield slack
    assert slack.violations == []


@pytest.fixture
async def office(slack: SlackSimulator, sqlite_template: Path, tmp_path: Path) -> AsyncIterator[OnSlack]:
    path = tmp_path / "orchestrator.sqlite3"
    shutil.copy(sqlite_template, path)
    url = f"sqlite:///{path}"
    address = Address(database_url=url, api_url=slack.api_url, bot_token=slack.bot_token, app_token=slack.app_token)
    adapter: Any = address.adapter()
    clock: Any = utc_now
    async with await Store.open(url, clock=utc_now) as store:
        delivery = ChatDelivery(store, adapter, project=lambda _: SHOP, patience=PATIENCE, clock=utc_now)
        office = OnSlack(store=store, clock=clock, chat=adapter, project=SHOP, patience=PATIENCE, delivery=delivery)
        office.slack, office.address = slack, address
        await delivery.begin()
        yield office


async def submitted(office: OnSlack) -> None:
    """Alice asks for T1 in #api."""
    alice = office.slack.person("alice")
    place = Place(platform="slack", space=TEAM, channel=office.api.id)
    await office.submit(1, place=place, requested_by=PersonId(alice.key))


async def decided(office: OnSlack) -> None:
    """Bob says yes."""
    await office.decide(by=PersonId(office.slack.person("bob").key))


async def test_a_story_as_it_stands_in_slack(office: OnSlack) -> None:
    async with running(office):
        await submitted(office)
        await office.shows("Fix issue 123")
        await office.move(TaskState.RUNNING)
        await office.ask()
        await office.shows("Run rm -r build", buttons="Approve", times=3)
        await decided(office)
        await office.shows("Run rm -r build", buttons="Approve", times=0)
        assert len(office.found("Approved by")) == 2
        await office.move(TaskState.COMPLETED)
        await office.shows("Done", times=2)
    in_channel = [each for each in office.slack.messages(office.api) if each.by_app]
    assert [bool(each.thread_ts) for each in in_channel] == [False, True, True]


@pytest.mark.parametrize(("private", "called"), [(False, "in #elsewhere"), (True, "where you asked")])
async def test_a_task_asked_for_where_the_app_is_not_invited_goes_on_in_a_direct_message(
    office: OnSlack, private: bool, called: str
) -> None:
    alice = office.slack.person("alice")
    channel = office.slack.channel("elsewhere", private=private, with_app=False)
    place = Place(platform="slack", space=TEAM, channel=channel.id)
    async with running(office):
        await office.submit(1, place=place, requested_by=PersonId(alice.key))
        await office.shows(f"I may not write {called}")
        await office.shows("Invite the app into the channel")
        await office.ask()
        await office.shows("Run rm -r build", buttons="Approve", times=2)
        await decided(office)
        await office.move(TaskState.RUNNING)
        await office.move(TaskState.COMPLETED)
        await office.shows("Done", times=2)
    assert {each.channel for each in office.slack.messages() if each.by_app} == {alice.direct.id}


async def test_an_answer_that_got_lost_makes_no_second_message(office: OnSlack) -> None:
    office.slack.faults.reset("chat.postMessage", after=True)
    async with running(office):
        await submitted(office)
        await office.move(TaskState.RUNNING)
        await office.ask()
        await office.shows("Run rm -r build", buttons="Approve", times=3)
        await office.move(TaskState.FAILED, failure="The tests fail.")
        await office.shows("The tests fail.", times=2)
    assert len(roots(office)) == 1


def roots(office: OnSlack) -> list[Message]:
    """What stands in the channel itself."""
    return [each for each in office.slack.messages(office.api) if each.by_app and not each.thread_ts]


@asynccontextmanager
async def process(office: OnSlack) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that delivers; killed at the end at the latest."""
    module = "tests.integration.delivery.slack_process"
    started = await asyncio.create_subprocess_exec(sys.executable, "-m", module, office.address.text(), cwd=ROOT)
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.wait()


@pytest.mark.parametrize("after", [False, True], ids=["before it was done", "before it was written down"])
@pytest.mark.parametrize("call", ["chat.postMessage of the card", "chat.postMessage in the thread", "chat.update"])
async def test_kill_minus_nine_in_a_call_loses_and_doubles_nothing(office: OnSlack, call: str, *, after: bool) -> None:
    method, _, where = call.partition(" ")

    def strikes(arguments: dict[str, Any]) -> bool:
        return bool(arguments.get("thread_ts")) == (where == "in the thread") or method == "chat.update"

    office.slack.faults.hold(method, after=after, which=strikes)
    await submitted(office)
    await office.move(TaskState.RUNNING)
    await office.ask()
    async with process(office) as first:
        if method == "chat.update":
            await office.shows("Run rm -r build", buttons="Approve", times=3)
            await decided(office)
        await office.slack.until(lambda: not office.slack.faults.waiting or None, within_s=SEEN_S)
        first.send_signal(signal.SIGKILL)
        await first.wait()
    async with process(office):
        if method != "chat.update":
            await office.shows("Run rm -r build", buttons="Approve", times=3)
            await decided(office)
        await office.move(TaskState.COMPLETED)
        await office.shows("Done", times=2)
        await office.shows("Approved by", times=2)
        await office.shows("Run rm -r build", buttons="Approve", times=0)
    assert len(roots(office)) == 1
    in_thread = [each for each in office.slack.messages(office.api) if each.by_app and each.thread_ts]
    assert len(in_thread) == 2
