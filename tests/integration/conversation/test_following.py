"""Following a log: it is written where one reads, ends when the agent, the person or the program does, or is a file."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from adapters.chat.card import Card
from adapters.chat.errors import ChatUnavailableError
from adapters.chat.memory_values import ANYTHING, MemoryMessage
from bot.tokens import pressable
from core.domain.identity import Place
from core.domain.task import TaskState
from tests.support.conversations import Room, open_room, person, running, texts
from tests.support.engine_plays import Held

pytestmark = [pytest.mark.slack, pytest.mark.slow]

CALL = json.dumps(
    {"at": "2026-03-02T09:31:12+00:00", "event": "call", "id": "t1", "tool": "Bash", "input": {"command": "make"}}
)


@dataclass(kw_only=True)
class AtWork:
    """A task of alice's whose builder is at work until it is let go, and the files it writes."""

    room: Room
    builder: Held
    thread: Place
    folder: Path

    def writes(self, text: str, name: str = "text.txt") -> None:
        """The agent's program adds this to one of its files."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / name).open("a") as file:
            file.write(text)

    def logs(self) -> list[MemoryMessage]:
        """All that was written while somebody read, oldest first."""
        return [each for each in self.room.messages() if each.text]

    async def reads(self, *words: str, number: int = 0) -> MemoryMessage:
        """The `number`-th of these, once it says all `words`."""

        def found() -> MemoryMessage | None:
            return next((each for each in self.logs()[number:] if all(word in each.text for word in words)), None)

        return await self.room.until(found)

    async def nothing_is_written(self) -> None:
        """Every log has ended."""

        async def idle() -> bool:
            return self.room.following.under_way == 0

        await self.room.sooner_or_later(idle)

    async def file(self) -> str:
        """The log as a file, once it was handed over."""
        found = await self.room.until(lambda: [each.file for each in self.room.messages() if each.file] or None)
        assert found[0] is not None
        return found[0].data.decode()


async def at_work(room: Room, builder: Held) -> AtWork:
    await room.types("alice", "fix the sum")
    await room.task("T1", TaskState.RUNNING)
    await builder.began.wait()
    view = await room.task("T1")
    folder = room.program.logs_of(view.steps[0].runs[0].run)
    return AtWork(room=room, builder=builder, thread=await room.thread("T1"), folder=folder)


@pytest.fixture
async def work(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[AtWork]:
    builder = Held()
    async with open_room(tmp_path, sqlite_template, plays={"builder": builder}, works=True) as room:
        yield await at_work(room, builder)
        builder.go_on.set()


async def test_what_an_agent_writes_is_written_into_the_thread_until_it_has_ended(work: AtWork) -> None:
    work.writes("Looking at the sum.\n")
    await work.room.types("vera", "logs T1.1 --follow", at=work.thread)
    await work.reads("Looking at the sum.")
    work.writes("It ends with ``` here.\n")
    work.writes(CALL + "\n", "tools.jsonl")
    await work.reads("It ends with ''' here.", "Bash       make")
    work.builder.go_on.set()

    log = await work.reads("T1.1 is completed.")
    assert (log.place, len(work.logs())) == (work.thread, 1)
    assert log.text.startswith("The log of T1.1 while it is written.")
    assert "**T1.1** · builder · step build\n```\nLooking at the sum.\n" in log.text
    assert log.text.count("```") == 2
    assert work.room.answers("vera") == []


async def test_asked_for_once_more_it_ends(work: AtWork) -> None:
    work.writes("Looking.\n")
    await work.room.types("vera", "logs T1 --follow", at=work.thread)
    await work.reads("Looking.")
    await work.room.types("vera", "logs T1 --follow", at=work.thread)

    assert texts(await work.room.answer("vera")) == "You follow the log of T1 no longer."
    log = await work.reads("You follow it no longer. The work goes on.")
    assert log.text.count("```") == 2
    assert (await work.room.task("T1")).task.state is TaskState.RUNNING


async def test_the_cards_button_follows_all_agents_of_the_task_while_any_is_at_work(work: AtWork) -> None:
    def card() -> Card | None:
        cards = [each.card for each in work.room.messages() if each.card is not None and each.card.key == "T1"]
        return next((each for each in cards if any(one.label == "Follow log" for one in pressable(each))), None)

    await work.room.presses("vera", "Follow log", await work.room.until(card), at=work.thread)
    work.writes("Looking.\n")
    await work.reads("The log of T1 ", "Looking.")
    work.builder.go_on.set()

    await work.reads("T1 is completed.")
    await work.room.until(lambda: card() is None or None)


async def test_another_agent_of_the_task_takes_the_place_of_the_first(work: AtWork) -> None:
    work.writes("Looking.\n")
    await work.room.types("vera", "logs T1 --follow", at=work.thread)
    await work.reads("Looking.")
    await work.room.types("vera", "logs T1.1 --follow", at=work.thread)

    await work.reads("You follow it no longer.")
    await work.reads("The log of T1.1", "Looking.", number=1)
    assert len(work.logs()) == 2


async def test_each_person_follows_for_themselves(work: AtWork) -> None:
    await work.room.types("vera", "logs T1.1 --follow", at=work.thread)
    await work.room.types("bob", "logs T1.1 --follow", at=work.thread)
    await work.reads("The log of T1.1", number=1)
    work.writes("Looking.\n")

    await work.reads("Looking.")
    await work.reads("Looking.", number=1)


async def test_the_platforms_stop_ends_the_log_and_not_the_task(work: AtWork) -> None:
    await work.room.types("vera", "logs T1.1 --follow", at=work.thread)
    await work.reads("The log of T1.1")
    await work.room.stops("alice", work.thread)

    await work.reads("You follow it no longer.")
    assert (await work.room.task("T1")).task.state is TaskState.RUNNING
    await work.nothing_is_written()
    await work.room.stops("alice", work.thread)
    await work.room.task("T1", TaskState.CANCELLED)


async def test_who_asks_elsewhere_reads_it_alone(work: AtWork) -> None:
    own = work.room.chat.board.direct_place(person("alice").id)
    work.writes("Looking.\n")
    await work.room.says("alice", "logs T1.1 --follow", direct=True)

    log = await work.reads("Looking.")
    assert log.place.channel == own.channel
    assert log.place.thread


async def test_from_the_channel_it_is_said_where_it_is_written(work: AtWork) -> None:
    await work.room.types("vera", "logs T1.1 --follow")

    assert texts(await work.room.answer("vera")) == "The log of T1.1 is being written in the thread of T1."
    assert (await work.reads("The log of T1.1")).place == work.thread


async def test_who_may_not_see_the_task_follows_nothing(work: AtWork) -> None:
    await work.room.types("mallory", "logs T1.1 --follow", at=work.thread)

    assert "access" in texts(await work.room.answer("mallory"))
    assert work.logs() == []


async def test_secrets_are_hidden(work: AtWork) -> None:
    await work.room.types("vera", "logs T1.1 --follow", at=work.thread)
    work.writes("export TOKEN=ghp_" + "a1B2" * 9 + "\nDone.\n")

    assert "ghp_a1B2" not in (await work.reads("Done.")).text


async def test_a_platform_that_takes_no_more_gets_the_file_at_the_end(work: AtWork) -> None:
    await work.room.types("vera", "logs T1.1 --follow", at=work.thread)
    await work.reads("The log of T1.1")
    work.room.chat.faults.fail(ChatUnavailableError("Out of order."), call="stream")
    work.writes("Looking.\n")
    work.builder.go_on.set()

    assert "Looking." in await work.file()


async def test_where_nothing_streams_the_log_comes_as_a_file_at_the_end(tmp_path: Path, sqlite_template: Path) -> None:
    builder, plain = Held(), replace(ANYTHING, streams=False)
    async with open_room(tmp_path, sqlite_template, plays={"builder": builder}, works=True, capabilities=plain) as room:
        work = await at_work(room, builder)
        await room.types("vera", "logs T1.1 --follow", at=work.thread)
        assert texts(await room.answer("vera")).startswith("The log of T1.1 comes here once T1.1 has ended.")
        work.writes("Looking.\n")
        builder.go_on.set()

        assert "Looking." in await work.file()
        assert work.logs() == []


async def test_the_end_of_the_program_ends_the_log(tmp_path: Path, sqlite_template: Path) -> None:
    builder = Held()
    async with open_room(tmp_path, sqlite_template, plays={"builder": builder}, works=True, runs=False) as room:
        async with running(room):
            work = await at_work(room, builder)
            work.writes("Looking.\n")
            await room.types("vera", "logs T1.1 --follow", at=work.thread)
            await work.reads("Looking.")

        [log] = work.logs()
        assert log.text.endswith("```\n\nI stop here for now. To go on: /orchestrate logs T1.1 --follow\n")
        builder.go_on.set()
        await room.task("T1", TaskState.COMPLETED)


async def test_a_log_that_hangs_does_not_hold_up_the_end_of_the_program(tmp_path: Path, sqlite_template: Path) -> None:
    builder = Held()
    async with open_room(tmp_path, sqlite_template, plays={"builder": builder}, works=True, runs=False) as room:
        room.following.finish_within_s = 0.05
        async with running(room):
            work = await at_work(room, builder)
            await room.types("vera", "logs T1.1 --follow", at=work.thread)
            await work.reads("The log of T1.1")
            room.chat.faults.hang(call="stream")
            work.writes("Looking.\n")
            await room.chat.faults.until_hanging()
        builder.go_on.set()
        await room.task("T1", TaskState.COMPLETED)


async def test_an_agent_that_has_ended_is_a_file_at_once(work: AtWork) -> None:
    work.writes("Looking.\n")
    work.builder.go_on.set()
    await work.room.task("T1", TaskState.COMPLETED)
    await work.room.types("vera", "logs T1.1 --follow", at=work.thread)

    assert "Looking." in await work.file()
    assert work.logs() == []
