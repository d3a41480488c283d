"""Telegram misbehaves: too much, errors, lost answers, broken polls, everything twice and in the wrong order."""

from typing import Any

import pytest

from adapters.telegram.posting import PERHAPS
from tests.support.telegram_team import TelegramTeam

pytestmark = [pytest.mark.telegram, pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]

REQUEST = "/orchestrate write a note --workflow trio"
SENDING, EDITING = ("sendMessage", "sendRichMessage"), "editMessageText"


async def test_a_storm_of_429_and_errors_delays_what_is_said_and_loses_nothing(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    faults = team.telegram.faults
    async with team.serving():
        faults.flood(*SENDING, retry_after_s=1, times=3)
        faults.server_error(EDITING, status=502, times=2)
        await team.alice.says(REQUEST, team.shop)
        plan = await team.shows("A1:card", label="Approve plan")
        faults.flood(EDITING, retry_after_s=2, times=4)
        faults.server_error("answerCallbackQuery", times=1)
        faults.flood(*SENDING, retry_after_s=1, times=3)
        await team.bob.presses("Approve plan", plan)
        await team.shows("A1:card", "Approved by bob")
        await team.shows("T1:ended:1", "Done")
        await team.shows("T1:card", "Done")
        await team.settled()

    assert not faults.waiting, "the storm did not come"
    assert team.private(team.bob) == [], "a person heard of it"


async def test_a_message_whose_answer_was_lost_is_found_and_not_posted_again(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    faults = team.telegram.faults

    def in_group(sent: dict[str, Any]) -> bool:
        return str(sent["chat_id"]) == str(team.shop.id)

    async with team.serving():
        faults.reset(*SENDING, after=True, which=in_group)  # the card: it is there, and nobody says so
        await team.alice.says(REQUEST, team.shop)
        card = await team.shows("T1:card", "Waiting for you")
        plan = await team.shows("A1:card", label="Approve plan")
        await team.settled()
        faults.server_error(*SENDING, after=True, which=in_group)  # the end
        faults.server_error(EDITING, after=True)
        await team.bob.presses("Approve plan", plan)
        await team.shows("A1:card", "Approved by bob")
        await team.shows("T1:ended:1", "Done")
        await team.shows("T1:card", "Done")
        await team.settled()

    assert not faults.waiting
    assert plan.reply_to is card
    assert len(team.public()) == 3, "something stands there twice"
    assert not [each for each in team.public() if PERHAPS in each.text]


async def test_a_poll_that_breaks_in_mid_approval_loses_no_decision(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    team.cast.hold("build")
    async with team.serving():
        await team.alice.says(REQUEST, team.shop)
        plan = await team.shows("A1:card", label="Approve plan")
        card = await team.shows("T1:card", "Waiting for you")
        team.telegram.updates.drop_poll()
        await team.bob.presses("Approve plan", plan)
        said = await team.alice.replies("mention the weather", card)
        team.telegram.updates.drop_poll()
        await team.dealt_with(said)
        await team.shows("A1:card", "Approved by bob")
        team.cast.let_go()
        await team.shows("T1:ended:1", "Done")
        await team.shows("T1:card", "Done")
        await team.settled()

    view = await team.studio.view()
    assert [(each.id, each.decided_by) for each in view.approvals] == [("A1", team.bob.key)]
    assert list(said.reactions.values()) == [["👀"]]


async def test_what_comes_twice_and_in_the_wrong_order_is_done_once(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    team.telegram.updates.twice = True
    team.cast.hold("plan")
    async with team.serving():
        await team.alice.mentions("write a note --workflow trio", team.shop)
        await team.cast.hears("plan")
        card = await team.shows("T1:card")
        team.telegram.updates.repeat(1)
        team.telegram.updates.hold()
        said = [await team.alice.replies("keep it short", card), await team.bob.replies("and friendly", card)]
        await team.ada.says("/status", team.shop)
        team.telegram.updates.release(reversed)
        await team.telegram.until(lambda: all(each.reactions for each in said) or None)
        team.cast.let_go()
        plan = await team.shows("A1:card", label="Approve plan")
        await team.bob.presses("Approve plan", plan)
        await team.shows("T1:ended:1", "Done")
        team.telegram.updates.repeat(3)
        await team.settled()

    assert await team.tasks() == ["T1"]
    acts = [each.act for each in await team.audit() if each.allowed]
    assert [acts.count(each) for each in ("submit", "steer", "approve")] == [1, 2, 1]


async def test_who_blocks_the_bot_is_called_in_the_thread_and_a_deleted_card_is_not_posted_again(
    telegram_team: TelegramTeam,
) -> None:
    team = telegram_team
    async with team.serving():
        await team.alice.blocks()
        await team.alice.says(REQUEST, team.shop)
        plan = await team.shows("A1:card", label="Approve plan")
        call = await team.shows(f"A1:direct:{team.alice.key}:call")
        await team.bob.deletes(team.posted("T1:card") or plan)
        await team.bob.presses("Approve plan", plan)
        result = await team.shows("T1:ended:1", "Done")
        await team.settled()

    assert team.alice.is_mentioned_in(call)
    assert result in team.public()


async def test_a_group_that_becomes_a_supergroup_keeps_its_project_and_its_tasks(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    team.shop = team.telegram.group("small shop")
    team.write_settings()
    async with team.serving():
        await team.alice.says(REQUEST, team.shop)
        plan = await team.shows("A1:card", label="Approve plan")
        alone = await team.shows(f"A1:direct:{team.alice.key}", label="Approve plan")
        new = await team.telegram.migrates(team.shop, by=team.ada)
        await team.alice.presses("Approve plan", alone)
        result = await team.shows("T1:ended:1", "Done")
        await team.bob.says("/run write another note --workflow solo", new)
        other = await team.shows("T2:card", "T2")
        await team.shows("T2:ended:1", "Done")
        await team.settled()

    assert plan.chat == team.shop.id
    assert {result.chat, other.chat} == {new.id}


async def test_thrown_out_of_the_group_it_tells_the_requester_alone_and_goes_on(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    async with team.serving():
        await team.alice.says(REQUEST, team.shop)
        await team.shows("A1:card", label="Approve plan")
        alone = await team.shows(f"A1:direct:{team.alice.key}", label="Approve plan")
        await team.telegram.removes_bot(team.shop, by=team.ada)
        await team.alice.presses("Approve plan", alone)
        ended = await team.shows("T1:ended:1", "Done")
        closed = await team.told_alone(team.alice, "Add the bot to the group again")

    assert ended.chat == closed.chat == team.alice.id


async def test_a_second_process_with_the_same_token_is_noticed_and_explained(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    stranger = team.telegram.updates
    async with team.serving() as program:
        await team.alice.says(REQUEST, team.shop)
        plan = await team.shows("A1:card", label="Approve plan")
        for _ in range(3):
            await team.telegram.connected()  # between two polls nobody is sent away
            stranger.end_poll("terminated by other getUpdates request; make sure that only one bot instance is running")
        complaint = await program.complaint("Another process reads what is sent to this bot")
        await team.bob.presses("Approve plan", plan)
        await team.shows("T1:ended:1", "Done")
        await team.settled()

    assert "bot_token" in complaint
