"""Staying in charge from a thread in Slack: no, stop, wait, go on, again, and words and answers for agents at work."""

import json

import pytest

from bot.demo.scripted import ToolUse
from tests.support.cast import shell, write
from tests.support.slack_team import Team
from tests.support.waiting import eventually

pytestmark = [pytest.mark.slack, pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]

RISKY = shell("rm -f left-over.txt")


async def test_the_agent_reads_why_a_command_was_denied_and_goes_on_without_it(team: Team) -> None:
    team.cast.plays("build", RISKY, write("build-1.md"))
    async with team.serving():
        await team.alice.types("/orchestrate write a note --workflow solo", team.shop)
        question = await team.shows("A1:card", "rm -f left-over.txt")
        await team.alice.clicks("Deny…", question)
        form = await team.slack.opens_form(team.alice)
        await team.alice.submits(form, {"Why not?": "the file is Bob's, leave it"})
        await team.shows("A1:card", "Denied by alice", "the file is Bob's, leave it")
        await team.shows("T1:ended:1", "Done")
        await team.settled()

    assert question.labels == []
    (refused,) = team.cast.of("build")[-1].asked.results_of("Bash")
    assert "the file is Bob's, leave it" in refused.text
    assert refused.is_error


async def test_a_task_is_cancelled_from_its_card_and_its_agent_ends(team: Team) -> None:
    team.cast.hold("build")
    async with team.serving():
        await team.alice.types("/orchestrate write a note --workflow solo", team.shop)
        await team.cast.hears("build")
        card = await team.shows("T1:card", "Working", label="Cancel task")
        await team.bob.clicks("Cancel task", card)
        await team.shows("T1:card", "Cancelled")
        told = await team.shows("T1:ended:1", "By bob")
        await eventually(lambda: not team.studio.agent_programs(), what="the end of the agent program")
        await team.settled()

    assert told.thread_ts == card.ts
    assert "Try again" in told.labels
    assert "Cancel task" not in card.labels


async def test_a_message_in_the_thread_is_heard_by_the_agent_at_work(team: Team) -> None:
    team.cast.hold("build")
    async with team.serving():
        await team.alice.types("/orchestrate write a note --workflow solo", team.shop)
        await team.cast.hears("build")
        card = await team.shows("T1:card", "Working")
        said = await team.bob.replies("keep the old name as an alias", card)
        heard = await team.whispered(team.bob, "The builder (T1.1) hears it.")
        chatter = await team.sam.replies("nice weather today", card)
        await team.dealt_with(chatter)
        team.cast.let_go()
        await team.shows("T1:ended:1", "Done")
        await team.settled()

    assert heard.thread_ts == card.ts
    assert said.reactions == ["eyes"]
    assert chatter.reactions == []
    requests = json.dumps([scene.asked.body for scene in team.cast.of("build")])
    assert "keep the old name as an alias" in requests
    assert "nice weather" not in requests
    assert len(await team.studio.told("message_delivered")) == 1


async def test_a_question_of_an_agent_is_answered_by_a_button(team: Team) -> None:
    choices = [{"label": "Short", "description": "One line."}, {"label": "Long", "description": "One page."}]
    asks = {"question": "How long?", "header": "Length", "options": choices, "multiSelect": False}
    team.cast.plays("build", ToolUse(name="AskUserQuestion", input={"questions": [asks]}), write("build-1.md"))
    async with team.serving():
        await team.alice.types("/orchestrate write a note --workflow solo", team.shop)
        question = await team.shows("A1:card", "How long?", "Short", "Long")
        await team.bob.clicks("Choose", question)
        await team.shows("A1:card", "Answered by bob", "How long?: Short")
        await team.shows("T1:ended:1", "Done")
        await team.settled()

    (answer,) = team.cast.of("build")[-1].asked.results_of("AskUserQuestion")
    assert "Short" in answer.text
    assert "Long" not in answer.text


async def test_a_task_is_paused_and_goes_on_in_the_same_session(team: Team) -> None:
    team.cast.hold("build", after=1)
    async with team.serving():
        await team.alice.types("/orchestrate write a note --workflow solo", team.shop)
        await team.cast.hears("build", after=1)
        await team.studio.remembers("build")
        card = await team.shows("T1:card", "Working", label="Pause")
        await team.alice.clicks("Pause", card)
        await team.shows("T1:card", "Paused", label="Go on")
        await eventually(lambda: not team.studio.agent_programs(), what="the end of the agent program")
        team.cast.let_go()
        await team.bob.clicks("Go on", card)
        await team.shows("T1:ended:1", "Done")
        await team.settled()

    assert sum(scene.done == 0 for scene in team.cast.of("build")) == 1, "the session did not go on"


async def test_a_failed_task_says_why_and_is_tried_again_from_its_card(team: Team) -> None:
    team.studio.write_builder(turns=3)
    team.cast.plays("build", *(shell(f"echo {word}") for word in ("one", "two", "three", "four")))
    async with team.serving():
        await team.alice.types("/orchestrate write a note --workflow solo", team.shop)
        failed = await team.shows("T1:ended:1", "Failed", label="Try again")
        card = await team.shows("T1:card", "Failed")
        why = failed.words
        team.cast.plays("build", write("build-1.md"))
        await team.alice.clicks("Try again", card)
        await team.shows("T1:ended:2", "Done")
        await team.shows("T1:card", "Done")
        await team.settled()

    assert "used up its 3 turns without a result" in why
    assert "Try again" not in failed.labels, "its first end still offers to begin again"
    assert len(team.posted("T1:card")) == 1
    assert "it was begun again" in card.words
