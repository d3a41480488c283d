"""Staying in charge from a phone: no, stop, words for agents at work, their questions, and the short commands."""

import json

import pytest

from bot.demo.scripted import ToolUse
from tests.support.cast import shell, write
from tests.support.telegram_team import TelegramTeam
from tests.support.waiting import eventually

pytestmark = [pytest.mark.telegram, pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]

RISKY = shell("rm -f left-over.txt")
CHOICES = [{"label": "Short", "description": "One line."}, {"label": "Long", "description": "One page."}]
HOW_LONG = {"question": "How long?", "header": "Length", "options": CHOICES, "multiSelect": False}
ASKS = ToolUse(name="AskUserQuestion", input={"questions": [HOW_LONG]})
REQUEST = "/orchestrate write a note --workflow solo"


async def test_the_agent_reads_why_a_command_was_denied_and_goes_on_without_it(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    team.cast.plays("build", RISKY, write("build-1.md"))
    async with team.serving():
        await team.alice.says(REQUEST, team.shop)
        question = await team.shows("A1:card", "rm -f left-over.txt")
        await team.alice.presses("Deny…", question)
        form = await team.asked(team.alice, "Deny A1", "Why not?")
        chatter = await team.bob.replies("because I say so", form)
        await team.alice.replies("the file is Bob's, leave it", form)
        await team.shows("A1:card", "Denied by alice", "the file is Bob's, leave it")
        await team.shows("T1:ended:1", "Done")
        await team.settled()

    assert question.labels == []
    assert form.labels == []
    assert chatter.reply_to is form
    (refused,) = team.cast.of("build")[-1].asked.results_of("Bash")
    assert "the file is Bob's, leave it" in refused.text
    assert "because I say so" not in refused.text
    assert refused.is_error


async def test_a_task_is_cancelled_from_its_card_in_two_taps_and_its_agent_ends(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    team.cast.hold("build")
    async with team.serving():
        await team.alice.says(REQUEST, team.shop)
        await team.cast.hears("build")
        card = await team.shows("T1:card", "Working", label="Cancel task")
        await team.bob.presses("Cancel task", card)
        await team.telegram.until(lambda: card if "Yes: Cancel task" in card.labels else None)
        assert not await team.studio.has_ended()
        await team.bob.presses("Yes: Cancel task", card)
        await team.shows("T1:card", "Cancelled")
        told = await team.shows("T1:ended:1", "By bob")
        await eventually(lambda: not team.studio.agent_programs(), what="the end of the agent program")
        await team.settled()

    assert told.reply_to is card
    assert "Try again" in told.labels
    assert "Cancel task" not in card.labels


async def test_an_answer_to_the_card_is_heard_by_the_agent_at_work(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    team.cast.hold("build")
    async with team.serving():
        await team.alice.says(REQUEST, team.shop)
        await team.cast.hears("build")
        card = await team.shows("T1:card", "Working")
        said = await team.bob.replies("keep the old name as an alias", card)
        await team.telegram.until(lambda: said.reactions or None)
        deeper = await team.alice.replies("and say why", said)
        chatter = await team.sam.replies("nice weather today", card)
        await team.dealt_with(chatter)
        await team.settled()
        team.cast.let_go()
        await team.shows("T1:ended:1", "Done")
        await team.settled()

    assert list(said.reactions.values()) == [["👀"]]
    assert chatter.reactions == {}
    requests = json.dumps([scene.asked.body for scene in team.cast.of("build")])
    assert "keep the old name as an alias" in requests
    assert "nice weather" not in requests
    # privacy mode shows the bot no answer to what somebody else wrote
    assert ("and say why" in requests) == bool(deeper.reactions)


async def test_a_question_of_an_agent_is_answered_by_a_button_and_by_own_words(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    team.cast.plays("build", ASKS, write("build-1.md"))
    async with team.serving():
        await team.alice.says(REQUEST, team.shop)
        first = await team.shows("A1:card", "How long?", label="Other…")
        await team.alice.says(REQUEST, team.shop)
        second = await team.shows("A2:card", "How long?", label="Other…")
        await team.bob.presses("Short", first)
        await team.alice.presses("Other…", second)
        form = await team.asked(team.alice, "Answer A2", "How long?")
        await team.alice.replies("three pages, no more", form)
        await team.shows("A1:card", "Answered by bob", "How long?: Short")
        await team.shows("A2:card", "Answered by alice", "three pages, no more")
        await team.shows("T1:ended:1", "Done")
        await team.shows("T2:ended:1", "Done")
        await team.settled()

    heard = {scene.task: scene.asked.results_of("AskUserQuestion") for scene in team.cast.of("build") if scene.done}
    assert form.asks, "the answer does not open by itself"
    assert "Short" in heard["T1"][0].text
    assert "three pages, no more" in heard["T2"][0].text


async def test_short_commands_do_what_the_long_ones_do(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    async with team.serving():
        await team.alice.says("/run@orchestrator_bot write a note --workflow trio", team.shop)
        await team.shows("A1:card", label="Approve plan")
        await team.bob.writes("/tasks")
        tasks = await team.told_alone(team.bob, "T1", "write a note")
        await team.bob.writes("/costs")
        costs = await team.told_alone(team.bob, "Costs", "planner", "$")
        await team.bob.writes("/approve A1")
        await team.shows("A1:card", "Approved by bob")
        await team.shows("T1:ended:1", "Done")
        await team.ada.writes("/help")
        await team.told_alone(team.ada, "How to talk to me", "/orchestrate")
        await team.settled()

    assert tasks is not costs
    menu = {each["command"] for each in team.telegram.commands_for(team.bob, team.shop)}
    assert menu >= {"orchestrate", "run", "tasks", "costs", "budget", "cancel", "approve", "help"}
