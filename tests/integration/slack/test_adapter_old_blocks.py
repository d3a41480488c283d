"""A workspace that does not take the newest blocks is shown older ones, and is not asked again for a while."""

from typing import Any

import pytest

from adapters.chat.card import Card, StepList, StepRow
from adapters.chat.errors import RejectedError
from core.domain.task import StepState
from tests.integration.slack.adapter_running import card as small_card
from tests.integration.slack.adapter_running import place_of, running
from tests.platforms.slack.simulator import SlackSimulator

pytestmark = pytest.mark.slack
OLD = {"section", "rich_text", "context", "header", "divider", "actions"}


def card() -> Card:
    row = StepRow(name="build", role="builder", state=StepState.RUNNING)
    return Card(key="T1", title="T1 Fix the discount", sections=(StepList(rows=(row,)),))


def is_new(arguments: dict[str, Any]) -> bool:
    return not {block["type"] for block in arguments.get("blocks", [])} <= OLD


def without_new_blocks(slack: SlackSimulator, *methods: str, times: int = 100) -> None:
    for method in methods:
        slack.faults.error(method, "invalid_blocks", times=times, which=is_new)


def types(slack: SlackSimulator) -> list[set[str]]:
    return [{block["type"] for block in message.blocks} for message in slack.workspace.messages.values()]


async def test_a_card_is_posted_and_edited_in_older_blocks_where_the_newest_are_refused():
    async with SlackSimulator() as slack, running(slack) as adapter:
        without_new_blocks(slack, "chat.postMessage", "chat.update")
        posted = await adapter.post(place_of(slack.channel("general")), card(), key="T1:card")
        await adapter.edit(posted, card())

        [shown] = types(slack)
        assert shown <= OLD
        calls = [call.method for call in slack.calls if call.method.startswith("chat.")]
        assert calls == ["chat.postMessage", "chat.postMessage", "chat.update"]


async def test_the_newest_blocks_are_tried_again_after_an_hour():
    now = 100.0
    async with SlackSimulator() as slack, running(slack, clock=lambda: now) as adapter:
        place = place_of(slack.channel("general"))
        without_new_blocks(slack, "chat.postMessage", times=1)
        await adapter.post(place, card(), key="1")
        now += 3599
        await adapter.post(place, card(), key="2")
        now += 2
        await adapter.post(place, card(), key="3")

        assert [shown <= OLD for shown in types(slack)] == [True, True, False]


async def test_a_card_of_old_blocks_that_is_refused_is_refused_at_once_and_changes_nothing():
    async with SlackSimulator() as slack, running(slack) as adapter:
        place = place_of(slack.channel("general"))
        slack.faults.error("chat.postMessage", "invalid_blocks")
        with pytest.raises(RejectedError):
            await adapter.post(place, small_card(), key="1")
        await adapter.post(place, card(), key="2")

        assert [shown <= OLD for shown in types(slack)] == [False]


async def test_a_card_that_is_refused_in_any_blocks_says_nothing_about_the_workspace():
    async with SlackSimulator() as slack, running(slack) as adapter:
        place = place_of(slack.channel("general"))
        slack.faults.error("chat.postMessage", "invalid_blocks", times=2)
        with pytest.raises(RejectedError):
            await adapter.post(place, card(), key="1")
        await adapter.post(place, card(), key="2")

        assert [shown <= OLD for shown in types(slack)] == [False]
