"""Staying in charge from a thread in Discord: no, stop, wait, go on, again, and words for agents at work."""

import json

import pytest

from bot.demo.scripted import ToolUse
from tests.support.cast import shell, write
from tests.support.discord_team import Crew
from tests.support.waiting import eventually

pytestmark = [pytest.mark.discord, pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]

RISKY = shell("rm -f left-over.txt")


async def test_the_agent_reads_why_a_command_was_denied_and_goes_on_without_it(crew: Crew) -> None:
    crew.cast.plays("build", RISKY, write("build-1.md"))
    async with crew.serving():
        await crew.asks(crew.alice, "write a note")
        question = await crew.shows("A1:card", "rm -f left-over.txt")
        form = await crew.opens_form(crew.alice, lambda: crew.alice.clicks("Deny…", question))
        sent = await crew.alice.submits({"Why not?": "the file is Bob's, leave it"})
        await crew.shows("A1:card", "Denied by Alice", "the file is Bob's, leave it")
        await crew.shows("T1:ended:1", "Done")
        await crew.settled()

    assert form.closed
    assert sent.acked
    assert question.labels == []
    (refused,) = crew.cast.of("build")[-1].asked.results_of("Bash")
    assert "the file is Bob's, leave it" in refused.text
    assert refused.is_error


async def test_a_task_is_cancelled_from_its_card_once_that_is_confirmed_and_its_agent_ends(crew: Crew) -> None:
    crew.cast.hold("build")
    async with crew.serving():
        await crew.asks(crew.alice, "write a note")
        await crew.cast.hears("build")
        card = await crew.shows("T1:card", "Working", label="Cancel task")
        await crew.bob.clicks("Cancel task", card)
        asked = await crew.whispered(crew.bob, "Cancel task?")
        assert not await crew.studio.has_ended()
        await crew.bob.clicks("Cancel task", asked)
        await crew.shows("T1:card", "Cancelled")
        told = await crew.shows("T1:ended:1", "By Bob")
        await eventually(lambda: not crew.studio.agent_programs(), what="the end of the agent program")
        await crew.settled()

    assert told.channel == crew.thread(card).id
    assert "Try again" in told.labels
    assert "Cancel task" not in card.labels
    assert asked.labels == [], "it can be confirmed twice"


async def test_a_message_in_the_thread_is_heard_by_the_agent_at_work(crew: Crew) -> None:
    crew.cast.hold("build")
    async with crew.serving():
        await crew.asks(crew.alice, "write a note")
        await crew.cast.hears("build")
        card = await crew.shows("T1:card", "Working")
        said = await crew.bob.says("keep the old name as an alias", card)
        heard = await crew.whispered(crew.bob, "The builder (T1.1) hears it.")
        chatter = await crew.sam.says("nice weather today", card)
        await crew.dealt_with(chatter)
        beside = await crew.bob.says("who is for lunch?", crew.shop)
        await crew.dealt_with(await crew.bob.mentions("status", crew.shop))  # and with what he said before it
        crew.cast.let_go()
        await crew.shows("T1:ended:1", "Done")
        await crew.settled()

    assert list(said.reactions) == ["👀"]
    assert heard.channel == crew.bob.direct.id
    assert chatter.reactions == beside.reactions == {}
    requests = json.dumps([scene.asked.body for scene in crew.cast.of("build")])
    assert "keep the old name as an alias" in requests
    assert "nice weather" not in requests
    assert "lunch" not in requests
    assert len(await crew.studio.told("message_delivered")) == 1


async def test_questions_of_an_agent_are_answered_by_a_button_and_in_own_words(crew: Crew) -> None:
    asks = [_question("How long?", "Length", "Short", "Long"), _question("Which tone?", "Tone", "Plain", "Solemn")]
    crew.cast.plays("build", *asks, write("build-1.md"))
    async with crew.serving():
        await crew.asks(crew.alice, "write a note")
        question = await crew.shows("A1:card", "How long?", "Short", "Long")
        await crew.bob.clicks("Choose", question)
        await crew.shows("A1:card", "Answered by Bob", "How long?: Short")
        tone = await crew.shows("A2:card", "Which tone?", label="Other…")
        form = await crew.opens_form(crew.alice, lambda: crew.alice.clicks("Other…", tone))
        await crew.alice.submits({"Your answer": "as you would tell a friend"})
        await crew.shows("A2:card", "Answered by Alice", "as you would tell a friend")
        await crew.shows("T1:ended:1", "Done")
        await crew.settled()

    assert form.closed
    length, manner = crew.cast.of("build")[-1].asked.results_of("AskUserQuestion")
    assert "Short" in length.text
    assert "as you would tell a friend" in manner.text


async def test_a_task_is_paused_and_goes_on_in_the_same_session(crew: Crew) -> None:
    crew.cast.hold("build", after=1)
    async with crew.serving():
        await crew.asks(crew.alice, "write a note")
        await crew.cast.hears("build", after=1)
        await crew.studio.remembers("build")
        card = await crew.shows("T1:card", "Working")
        await crew.alice.clicks("Pause", card)
        await crew.shows("T1:card", "Paused", label="Go on")
        await eventually(lambda: not crew.studio.agent_programs(), what="the end of the agent program")
        crew.cast.let_go()
        await crew.bob.clicks("Go on", card)
        await crew.shows("T1:ended:1", "Done")
        await crew.settled()

    assert sum(scene.done == 0 for scene in crew.cast.of("build")) == 1, "the session did not go on"


async def test_a_failed_task_says_why_and_is_tried_again_from_its_card(crew: Crew) -> None:
    crew.studio.write_builder(turns=3)
    crew.cast.plays("build", *(shell(f"echo {word}") for word in ("one", "two", "three", "four")))
    async with crew.serving():
        await crew.asks(crew.alice, "write a note")
        failed = await crew.shows("T1:ended:1", "Failed", label="Try again")
        card = await crew.shows("T1:card", "Failed")
        why = failed.words
        await crew.discord.opens_thread(lambda thread: thread.name.startswith("✗ "))
        crew.cast.plays("build", write("build-1.md"))
        await crew.alice.clicks("Try again", card)
        await crew.shows("T1:ended:2", "Done")
        await crew.shows("T1:card", "Done")
        await crew.discord.opens_thread(lambda thread: thread.name.startswith("✓ "))
        await crew.settled()

    assert "used up its 3 turns without a result" in why
    assert [each.split()[0] for each in crew.thread(card).names] == ["T1", "✗", "✓"]
    assert "Try again" not in failed.labels, "its first end still offers to begin again"
    assert len(crew.posted("T1:card")) == 1
    assert "it was begun again" in card.words


def _question(question: str, header: str, *labels: str) -> ToolUse:
    choices = [{"label": label, "description": f"{label} it is."} for label in labels]
    asked = {"question": question, "header": header, "options": choices, "multiSelect": False}
    return ToolUse(name="AskUserQuestion", input={"questions": [asked]})
