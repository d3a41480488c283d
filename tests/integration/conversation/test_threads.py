"""Talking in a task's thread: words reach the agents, a verb alone is a command, and what else can be pressed there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.domain.identity import Place
from core.domain.task import TaskState
from tests.support.conversations import Room, open_room, texts
from tests.support.conversations.words import person
from tests.support.engine_plays import Held

pytestmark = [pytest.mark.slack, pytest.mark.slow]


@dataclass(kw_only=True)
class AtWork:
    """A task of alice's whose builder is at work until it is let go."""

    room: Room
    builder: Held
    thread: Place


@pytest.fixture
async def work(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[AtWork]:
    builder = Held()
    async with open_room(tmp_path, sqlite_template, plays={"builder": builder}, works=True) as room:
        await room.types("alice", "fix the sum")
        await room.task("T1", TaskState.RUNNING)
        await builder.began.wait()
        yield AtWork(room=room, builder=builder, thread=await room.thread("T1"))
        builder.go_on.set()


async def test_words_in_the_thread_reach_the_agent_and_say_which_once(work: AtWork) -> None:
    room = work.room
    said = await room.says("bob", "keep the old name\nas an alias", at=work.thread)

    assert texts(await room.answer("bob")) == "The builder (T1.1) hears it."
    await room.until(lambda: room.chat.board.acknowledged or None)
    assert room.chat.board.acknowledged == [(work.thread, said.message)]
    [message] = (await room.task("T1")).messages
    assert (message.text, message.by, message.to) == ("keep the old name\nas an alias", "slack:T1/UBOB", "T1.1")


async def test_who_may_not_steer_is_left_to_talk(work: AtWork) -> None:
    room = work.room
    await room.says("vera", "nice work", at=work.thread)
    await room.says("mallory", "delete everything", at=work.thread)
    await room.settled()

    assert (await room.task("T1")).messages == ()
    assert room.chat.board.whispers == []


async def test_who_may_not_steer_and_speaks_to_us_is_refused(work: AtWork) -> None:
    await work.room.says("vera", "use the other table", at=work.thread, mention=True)

    assert "You may look in shop, but not talk to agents" in texts(await work.room.answer("vera"))
    assert (await work.room.task("T1")).messages == ()


@pytest.mark.parametrize("text", ["pause", "Pause!", "pause T1", "stop"])
async def test_a_verb_alone_is_about_this_task(work: AtWork, text: str) -> None:
    await work.room.says("bob", text, at=work.thread)

    state = TaskState.CANCELLED if text == "stop" else TaskState.PAUSED
    assert (await work.room.task("T1", state)).messages == ()


@pytest.mark.parametrize("typed", [{"verb": "pause", "text": ""}, {"text": "pause"}, {"verb": "pause", "text": "it"}])
async def test_a_command_alone_is_about_this_task_where_people_can_type_it_in_threads(
    work: AtWork, typed: dict[str, str]
) -> None:
    await work.room.types("bob", at=work.thread, **typed)

    assert (await work.room.task("T1", TaskState.PAUSED)).messages == ()


async def test_a_command_alone_decides_nothing_and_one_that_may_stand_alone_is_not_about_this_task(
    work: AtWork,
) -> None:
    await work.room.types("bob", "", verb="approve", at=work.thread)
    assert "approve needs the name of one approval" in texts(await work.room.answer("bob"))
    await work.room.types("bob", "", verb="pause")
    assert "pause needs the name of one task" in texts(await work.room.answer("bob", 2))


async def test_a_sentence_that_begins_like_a_command_is_for_the_agent(work: AtWork) -> None:
    room = work.room
    for text in ("cancel the subscription when the user leaves", "status codes must be strings --projct x"):
        await room.says("bob", text, at=work.thread)
    await room.answer("bob", 2)

    view = await room.task("T1")
    assert [each.text for each in view.messages] == [
        "cancel the subscription when the user leaves",
        "status codes must be strings --projct x",
    ]
    assert view.task.state is TaskState.RUNNING


async def test_a_mention_in_the_thread_steers_too_and_asks_for_what_is_meant(work: AtWork) -> None:
    room = work.room
    await room.says("bob", "aprove A17", at=work.thread, mention=True)
    assert "Did you mean" in texts(await room.answer("bob", 1))
    await room.says("bob", "use tabs", at=work.thread, mention=True)

    assert "hears it" in texts(await room.answer("bob", 2))
    assert [each.text for each in (await room.task("T1")).messages] == ["use tabs"]


async def test_pause_and_go_on_by_buttons_show_on_the_card_alone(work: AtWork) -> None:
    room = work.room
    await room.presses("bob", "Pause", await room.card("T1", saying="Working"), at=work.thread)
    paused = await room.card("T1", saying="Paused")
    work.builder.go_on.set()
    await room.presses("bob", "Go on", paused, at=work.thread)

    await room.task("T1", TaskState.COMPLETED)
    await room.settled()
    assert room.answers("bob") == []
    # only now the button is used up: the task may be done before
    await room.presses("alice", "Go on", paused, at=work.thread)
    said = texts(await room.answer("alice"))
    assert said.startswith("bob pressed this at ")
    assert "T1 is completed now." in said


async def test_the_platforms_own_stop_cancels(work: AtWork) -> None:
    await work.room.stops("alice", work.thread)

    view = await work.room.task("T1", TaskState.CANCELLED)
    assert view.task.finished_at is not None
    assert "Cancelled" in texts(await work.room.card("T1", saying="Cancelled"))
    await work.room.stops("alice", work.room.place(thread="elsewhere"))
    assert "No task is at work in this thread." in texts(await work.room.answer("alice"))


async def test_words_for_an_ended_task_are_not_lost(work: AtWork) -> None:
    room = work.room
    work.builder.go_on.set()
    await room.task("T1", TaskState.COMPLETED)
    await room.says("bob", "also fix the product", at=work.thread)
    card = await room.answer("bob")
    assert "T1 is done, so no agent hears this." in card.title

    await room.presses("bob", "New task with these words", card, at=work.thread)

    view = await room.task("T2")
    assert (view.task.request, view.task.project, view.task.place) == ("also fix the product", "shop", work.thread)


async def test_a_task_asked_for_in_the_thread_of_one_at_work_leaves_that_thread_to_it(work: AtWork) -> None:
    room = work.room
    await room.types("bob", "run tidy up the tests", at=work.thread)
    assert "It has a card of its own" in texts(await room.answer("bob"))
    second = await room.thread("T2")
    await room.says("alice", "mind the tabs", at=work.thread)
    await room.answer("alice")

    assert (second.channel, second.thread == work.thread.thread) == (work.thread.channel, False)
    steered = [row.subject for row in await room.audit() if row.act == "steer"]
    assert steered == ["T1"]


async def test_a_fork_asks_where_it_begins_and_gets_a_card_of_its_own(work: AtWork) -> None:
    room = work.room
    work.builder.go_on.set()
    await room.task("T1", TaskState.COMPLETED)
    await room.types("bob", "fork T1", at=work.thread)
    await room.fills("bob", at="build", words="use integers only")

    view = await room.task("T2")
    assert (view.task.forked_from, view.task.requested_by) == ("T1", "slack:T1/UBOB")
    assert "use integers only" in view.task.request
    assert "T2 goes its own way from build of T1." in texts(await room.answer("bob"))


async def test_typed_control_is_answered_in_private(work: AtWork) -> None:
    room = work.room
    for text in ("priority T1 high", "priority T1 soon", "pause T1 lunch", "pause T1", "resume T1", "retry T1"):
        await room.types("bob", text)
    said = [texts(await room.answer("bob", number)) for number in range(1, 7)]

    assert said[0] == "T1 has high priority now."
    assert said[1].startswith("'soon' is no priority.")
    assert said[2].startswith("T1 is paused.")
    assert said[3].startswith("T1 is paused already.")
    assert said[4] == "T1 goes on."
    assert said[5].startswith("T1 ")
    trail = [(row.act, row.detail) for row in await room.audit() if row.act == "pause"]
    assert trail == [("pause", "lunch"), ("pause", ""), ("pause", "Not done: T1 is paused already.")]


async def test_diff_and_log_are_handed_over_in_the_thread(work: AtWork) -> None:
    room = work.room
    work.builder.go_on.set()
    await room.task("T1", TaskState.COMPLETED)
    card = await room.card("T1", saying="Done")
    await room.presses("vera", "View diff", card, at=work.thread)
    await room.presses("vera", "View diff", card, at=work.thread)

    await room.until(lambda: len([each for each in room.messages() if each.file is not None]) >= 2 or None)


async def test_a_card_that_only_answered_a_question_says_what_came_of_its_button(room: Room) -> None:
    await room.types("alice", "fix the sum")
    await room.task("T1")
    alone = room.chat.board.direct_place(person("alice").id)
    await room.types("alice", "task T1", at=alone)
    [shown] = await room.until(lambda: [each for each in room.messages() if each.place == alone and each.card])
    assert shown.card is not None
    await room.presses("alice", "Cancel task", shown.card, at=alone, message=shown.id)

    await room.task("T1", TaskState.CANCELLED)
    now = await room.until(
        lambda: [m.card for m in room.messages() if m.id == shown.id and m.card and not m.card.actions]
    )
    assert "T1" in texts(now[0])
    # once is enough
    assert [each.id for each in room.messages() if each.place == alone] == [shown.id]


async def test_where_such_a_card_cannot_be_changed_it_is_said_alone(room: Room) -> None:
    await room.types("alice", "fix the sum")
    await room.task("T1")
    await room.types("alice", "task T1")
    card = await room.answer("alice", 1)
    await room.presses("alice", "Cancel task", card, message="nobody's")

    await room.task("T1", TaskState.CANCELLED)
    assert "T1" in texts(await room.answer("alice", 2))
