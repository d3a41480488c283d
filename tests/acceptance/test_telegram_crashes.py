"""The program is killed while it talks to Telegram, and started again: nothing is lost, nothing is said twice."""

import signal
from typing import Any

import pytest

from tests.support.cast import shell, write
from tests.support.command_line import Running
from tests.support.telegram_team import TelegramTeam
from tests.support.waiting import eventually

pytestmark = [
    pytest.mark.telegram,
    pytest.mark.slow,
    pytest.mark.agent_cli,
    pytest.mark.long,
    pytest.mark.timeout(900),
]

REQUEST = "/orchestrate write a note --workflow trio"
SENDING = ("sendMessage", "sendRichMessage")


@pytest.mark.parametrize("done", [False, True], ids=["before Telegram has done it", "after Telegram has done it"])
async def test_killed_while_telegram_is_asked_for_something_it_is_there_once_in_the_end(
    telegram_team: TelegramTeam, done: bool
) -> None:
    team = telegram_team

    def in_group(sent: dict[str, Any]) -> bool:
        return str(sent["chat_id"]) == str(team.shop.id)

    async with team.serving() as program:
        team.telegram.faults.hold(*SENDING, after=done, which=in_group)
        await team.alice.says(REQUEST, team.shop)
        await _killed_in_the_call(team, program)
    async with team.serving() as program:
        await team.shows("T1:card")
        plan = await team.shows("A1:card", label="Approve plan")
        await team.settled()
        team.telegram.faults.hold("editMessageText", after=done)
        await team.bob.presses("Approve plan", plan)
        await _killed_in_the_call(team, program)
    team.telegram.faults.hold(*SENDING, after=done, which=in_group)
    async with team.serving() as program:
        await _killed_in_the_call(team, program)
    async with team.serving():
        await team.shows("A1:card", "Approved by bob")
        result = await team.shows("T1:ended:1", "Done")
        card = await team.shows("T1:card", "Done")
        await team.settled()

    assert await team.tasks() == ["T1"]
    assert result.reply_to is card
    assert [each.act for each in await team.audit()].count("approve") == 1
    assert len(team.public()) == 3, "something stands there twice"


async def test_a_form_is_answered_across_a_restart(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    team.cast.plays("build", shell("rm -f left-over.txt"), write("build-1.md"))
    async with team.serving() as program:
        await team.alice.says("/orchestrate write a note --workflow solo", team.shop)
        question = await team.shows("A1:card", "rm -f left-over.txt")
        await team.bob.presses("Deny…", question)
        form = await team.asked(team.bob, "Deny A1")
        await _killed(team, program)
    await team.bob.replies("the file is mine", form)
    async with team.serving() as program:
        await team.shows("A1:card", "Denied by bob", "the file is mine")
        await _killed(team, program)
    async with team.serving():
        await team.shows("T1:ended:1", "Done")
        await team.settled()

    (refused,) = team.cast.of("build")[-1].asked.results_of("Bash")
    assert "the file is mine" in refused.text
    assert form.labels == [], "the question can still be pressed"


async def test_what_was_said_and_pressed_while_it_was_away_is_done_once_it_is_back(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    async with team.serving() as program:
        await team.alice.says(REQUEST, team.shop)
        plan = await team.shows("A1:card", label="Approve plan")
        card = await team.shows("T1:card", "Waiting for you")
        program.send(signal.SIGTERM)
        ended = await program.ended()
    said = await team.alice.replies("mention the weather", card)
    press = await team.bob.presses("Approve plan", plan)
    team.telegram.passes(300)  # the press is too old to be answered
    team.cast.hold("build")
    async with team.serving():
        await team.shows("A1:card", "Approved by bob")
        await team.dealt_with(said)
        team.cast.let_go()
        await team.shows("T1:ended:1", "Done")
        await team.settled()

    assert (ended.code, "Traceback" in ended.stderr) == (0, False)
    assert list(said.reactions.values()) == [["👀"]]
    assert not press.answered


async def _killed_in_the_call(team: TelegramTeam, program: Running) -> None:
    """kill -9, once Telegram holds back its answer; it never comes."""
    await eventually(lambda: not team.telegram.faults.waiting, within_s=120, what="the call whose answer is held back")
    await _killed(team, program)


async def _killed(team: TelegramTeam, program: Running) -> None:
    program.send(signal.SIGKILL)
    await program.process.wait()
    await team.studio.shop.nobody_left()
