"""Delivery with the real Slack adapter, on a Slack that runs here: nothing doubled, nothing lost, nothing malformed."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.chat.port import Pace
from adapters.slack.adapter import SlackAdapter
from adapters.slack.settings import SlackSettings
from bot.delivery.delivery import ChatDelivery
from bot.delivery.reminders import Patience
from core.domain.identity import PersonId, Place, ProjectName
from core.domain.notification import Happening, NotificationRules
from core.domain.project import Project
from core.domain.task import TaskState
from core.store.store import Store
from tests.integration.delivery.office import Office
from tests.integration.delivery.test_running import running
from tests.platforms.slack.message import Message
from tests.platforms.slack.simulator import SlackSimulator
from tests.platforms.slack.workspace import TEAM, Channel

pytestmark = [pytest.mark.slack, pytest.mark.slow]
SHOP = Project(
    name=ProjectName("shop"),
    repository="/nowhere",
    notify=NotificationRules(direct=frozenset({Happening.APPROVAL})),
)


class Quick(SlackAdapter):
    """Does not wait a second between two posts: the simulated workspace bears more than the real one."""

    @property
    def pace(self) -> Pace:
        return Pace(post_interval_s=0.06, edit_interval_s=0.1)


class OnSlack(Office):
    """An office on the simulated Slack, by the real clock; what people see is on the simulator."""

    slack: SlackSimulator

    @property
    def api(self) -> Channel:
        """The channel tasks are asked for in."""
        return self.slack.channel("api")

    def found(self, words: str, *, buttons: str = "") -> list[Message]:
        """Our messages with these words, and such a button when one is named."""
        ours = [each for each in self.slack.messages() if each.by_app]
        return [each for each in ours if words in each.words and (not buttons or buttons in each.labels)]

    async def shows(self, words: str) -> Message:
        """One of our messages, once it says so."""
        return await self.slack.until(lambda: next(iter(self.found(words)), None))


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    async with SlackSimulator(pace=20) as slack:
        yield slack
    assert slack.violations == []


@pytest.fixture
async def office(slack: SlackSimulator, sqlite_template: Path, tmp_path: Path) -> AsyncIterator[OnSlack]:
    path = tmp_path / "orchestrator.sqlite3"
    shutil.copy(sqlite_template, path)
    adapter = Quick(
        SlackSettings(bot_token=slack.bot_token, app_token=slack.app_token, api_url=slack.api_url, call_timeout_s=5.0)
    )

    def clock() -> datetime:
        return datetime.now(UTC)

    patience = Patience(remind_after_s=3600, escalate_after_s=14_400)
    async with await Store.open(f"sqlite:///{path}", clock=clock) as store:
        delivery = ChatDelivery(store, adapter, project=lambda _: SHOP, patience=patience, clock=clock)
        parts: dict[str, Any] = {"clock": clock, "chat": adapter, "project": SHOP, "patience": patience}
        office = OnSlack(store=store, delivery=delivery, **parts)
        office.slack = slack
        await delivery.begin()
        yield office


async def submitted(office: OnSlack) -> None:
    """Alice asks for T1 in #api."""
    alice = office.slack.person("alice")
    place = Place(platform="slack", space=TEAM, channel=office.api.id)
    await office.submit(1, place=place, requested_by=PersonId(alice.key))


async def test_a_story_as_it_stands_in_slack(office: OnSlack) -> None:
    async with running(office):
        await submitted(office)
        await office.shows("Fix issue 123")
        await office.move(TaskState.RUNNING)
        await office.ask()
        await office.slack.until(lambda: len(office.found("Run rm -r build", buttons="Approve")) == 3 or None)
        await office.decide(by=PersonId(office.slack.person("bob").key))
        await office.slack.until(lambda: not office.found("Run rm -r build", buttons="Approve") or None)
        assert len(office.found("Approved by")) == 2
        await office.move(TaskState.COMPLETED)
        await office.slack.until(lambda: len(office.found("Done")) == 2 or None)
    in_channel = [each for each in office.slack.messages(office.api) if each.by_app]
    assert [bool(each.thread_ts) for each in in_channel] == [False, True, True]


async def test_an_answer_that_got_lost_makes_no_second_message(office: OnSlack) -> None:
    office.slack.faults.reset("chat.postMessage", after=True)
    async with running(office):
        await submitted(office)
        await office.move(TaskState.RUNNING)
        await office.ask()
        await office.shows("Run rm -r build")
        await office.move(TaskState.FAILED, failure="The tests fail.")
        await office.shows("The tests fail.")
    cards = [each for each in office.found("Fix issue 123") if not each.thread_ts and each.channel == office.api.id]
    assert len(cards) == 1
