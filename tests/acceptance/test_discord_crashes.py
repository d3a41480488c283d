"""The program is killed while it talks to Discord, and started again: nothing is lost, nothing is said twice."""

import signal

import pytest

from bot.demo.scripted import ToolUse
from tests.platforms.discord.interaction import Interaction
from tests.support.cast import write
from tests.support.command_line import Running
from tests.support.discord_team import Crew, posts
from tests.support.waiting import eventually

pytestmark = [
    pytest.mark.discord,
    pytest.mark.slow,
    pytest.mark.agent_cli,
    pytest.mark.long,
    pytest.mark.timeout(900),
]

KEPT_OR_PUT_OFF_AFTER_S = 1.5
"""Until then the program answers only what is in its database."""
_QUESTION = {
    "question": "Where does it go?",
    "header": "Place",
    "options": [{"label": "Loft", "description": "dry"}, {"label": "Shed", "description": "near"}],
    "multiSelect": False,
}


@pytest.mark.parametrize("done", [False, True], ids=["before Discord has done it", "after Discord has done it"])
async def test_killed_while_discord_is_asked_for_something_it_is_there_once_in_the_end(crew: Crew, done: bool) -> None:
    faults = crew.discord.faults
    async with crew.serving() as program:
        faults.hold("messages.post", after=done, which=posts("T1:card"))
        asked = await crew.asks(crew.alice, "write a note", workflow="trio")
        await _killed_in_the_call(crew, program)
    faults.hold("messages.post", after=done, which=posts("A1:card"))
    async with crew.serving() as program:
        await _killed_in_the_call(crew, program)
    if done:
        crew.discord.passes(600)  # Discord does not know the nonces any more
    async with crew.serving() as program:
        card = await crew.shows("T1:card", "Waiting for you")
        await crew.shows("A1:card", label="Approve plan")
        faults.hold("messages.edit", after=done)
        pressed = await crew.bob.clicks("Approve plan", crew.posted("A1:card")[0])
        await _promised(crew, pressed)
        await _killed_in_the_call(crew, program)
    faults.hold("messages.post", after=done, which=posts("T1:ended:1"))
    async with crew.serving() as program:
        await _killed_in_the_call(crew, program)
    async with crew.serving():
        await crew.shows("A1:card", "Approved by Bob")
        result = await crew.shows("T1:ended:1", "Done")
        await crew.shows("T1:card", "Done")
        await crew.settled()

    assert asked.acked
    assert pressed.acked
    assert await crew.tasks() == ["T1"]
    assert result.channel == crew.thread(card).id
    assert crew.thread(card).names[0].startswith("T1 "), "its thread is not named after it"
    assert [each.id for each in crew.public(crew.shop)] == [card.id]


async def test_killed_right_after_it_said_i_heard_it_does_what_it_heard_once(crew: Crew) -> None:
    async with crew.serving() as program:
        asked = await crew.asks(crew.alice, "write a note", workflow="trio")
        await _promised(crew, asked)
        await crew.killed(program)
    async with crew.serving() as program:
        plan = await crew.shows("A1:card", label="Approve plan")
        pressed = await crew.bob.clicks("Approve plan", plan)
        await _promised(crew, pressed)
        await crew.killed(program)
    async with crew.serving():
        await crew.shows("A1:card", "Approved by Bob")
        await crew.shows("T1:ended:1", "Done")
        await crew.shows("T1:card", "Done")
        await crew.settled()

    assert [asked.acked, pressed.acked] == [True, True]
    assert await crew.tasks() == ["T1"]
    assert [each.act for each in await crew.audit()].count("submit") == 1


async def test_what_changed_while_it_was_away_is_on_the_cards_once_it_is_back(crew: Crew) -> None:
    async with crew.serving() as program:
        await crew.asks(crew.alice, "write a note", workflow="trio")
        plan = await crew.shows("A1:card", label="Approve plan")
        await crew.shows("T1:card", "Waiting for you")
        await crew.killed(program)
    denied = await crew.studio.run("deny", "A1", "--reason", "not now")
    late = await crew.bob.clicks("Approve plan", plan)
    async with crew.serving():
        await crew.shows("A1:card", "Denied", "not now")
        await crew.shows("T1:card", "Cancelled")
        await crew.shows("T1:ended:1", "Cancelled")
        await crew.settled()

    assert denied.code == 0
    assert late.failed
    assert plan.labels == []


async def test_what_is_said_in_a_tasks_thread_while_it_is_away_is_heard_once_it_is_back(crew: Crew) -> None:
    crew.cast.plays("build", ToolUse(name="AskUserQuestion", input={"questions": [_QUESTION]}), write("build-1.md"))
    async with crew.serving() as program:
        await crew.asks(crew.alice, "write a note")
        question = await crew.shows("A1:card", "Where does it go?")
        card = await crew.shows("T1:card", "Waiting for you")
        await crew.settled()  # it knows by now which message asks: nobody answers as quickly as a test
        await crew.killed(program)
    said = await crew.bob.says("and sign it with my name", card)
    answered = await crew.alice.replies("in the cellar", question)
    crew.cast.hold("build", after=1)
    for _ in range(2):
        async with crew.serving() as program:
            await crew.shows("A1:card", "Answered by Alice")
            await crew.dealt_with(said)
            crew.cast.let_go()
            await crew.shows("T1:ended:1", "Done")
            await crew.settled()
            await crew.killed(program)

    assert list(said.reactions) == list(answered.reactions) == ["👀"]
    acts = [each.act for each in await crew.audit()]
    assert (acts.count("steer"), acts.count("answer")) == (1, 1)
    assert "in the cellar" in str(crew.cast.of("build")[-1].asked.body)


async def test_being_stopped_it_says_so_and_leaves_nothing_half_done(crew: Crew) -> None:
    crew.cast.hold("build")
    async with crew.serving() as program:
        await crew.asks(crew.alice, "write a note")
        await crew.cast.hears("build")
        await crew.shows("T1:card", "Working")
        program.send(signal.SIGTERM)
        ended = await program.ended()
        await crew.discord.disconnected()
    told = len(crew.discord.called("guild_commands.overwrite"))
    crew.cast.let_go()
    async with crew.serving():
        await crew.shows("T1:ended:1", "Done")
        await crew.settled()

    assert ended.code == 0
    assert "Traceback" not in ended.stderr
    assert told == len(crew.discord.called("guild_commands.overwrite")) == 1, "commands are told when they changed"


async def _promised(crew: Crew, done: Interaction) -> None:
    """What is answered is kept, unless that takes so long that Discord must not wait for it: then we do."""
    if (done.answered_after_s or 0) >= KEPT_OR_PUT_OFF_AFTER_S:
        await crew.kept(done)


async def _killed_in_the_call(crew: Crew, program: Running) -> None:
    """kill -9, once Discord holds back its answer; it never comes."""
    await eventually(lambda: not crew.discord.faults.waiting, within_s=150, what="the call whose answer is held back")
    await crew.killed(program)
