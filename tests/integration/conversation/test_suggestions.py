"""Whoever types a value is offered what they may see, and nothing else."""

import pytest

from bot.access import Gate
from bot.commands.context import Context
from bot.suggestions import MOST, Suggestions
from core.domain.identity import Place, task_id
from tests.support.conversations.room import Room
from tests.support.conversations.words import person
from tests.support.values import an_approval

pytestmark = [pytest.mark.discord, pytest.mark.slow]


@pytest.fixture
def suggestions(room: Room) -> Suggestions:
    """Over the program of the room."""
    program = room.program
    return Suggestions(
        Context(seen=program, orchestrator=program.orchestrator, gate=Gate.of(program.settings), data=program.data)
    )


async def offered(suggestions: Suggestions, room: Room, name: str, kind: str, typed: str = "") -> list[str]:
    return [each.value for each in await suggestions(kind, typed, person(name), room.place())]


async def test_tasks_are_offered_the_newest_first_with_their_titles(room: Room, suggestions: Suggestions) -> None:
    await room.types("alice", "fix the login")
    await room.task("T1")
    await room.types("alice", "add a dark mode --project docs")
    await room.task("T2")

    assert await offered(suggestions, room, "alice", "task") == ["T2", "T1"]
    assert await offered(suggestions, room, "alice", "task", "LOGIN") == ["T1"]
    assert await offered(suggestions, room, "alice", "task", "t2") == ["T2"]
    labels = [each.label for each in await suggestions("task", "", person("alice"), room.place())]
    assert any("login" in label for label in labels)


async def test_what_one_may_not_see_is_not_offered(room: Room, suggestions: Suggestions) -> None:
    await room.types("alice", "add a dark mode --project docs")
    await room.task("T1")

    assert await offered(suggestions, room, "vera", "task") == []
    assert await offered(suggestions, room, "vera", "project") == ["shop"]
    assert sorted(await offered(suggestions, room, "alice", "project")) == ["docs", "shop"]
    for kind in ("task", "approval", "project", "workflow", "template", "model"):
        assert await offered(suggestions, room, "stranger", kind) == []


async def test_open_questions_workflows_and_models_are_offered(room: Room, suggestions: Suggestions) -> None:
    await room.types("alice", "fix the login")
    await room.task("T1")
    async with room.program.store.transaction() as uow:
        await uow.approvals.add(approval := an_approval(1, task_id(1), agent_run=None))

    assert await offered(suggestions, room, "alice", "approval") == [approval.id]
    assert "bug_fix" in await offered(suggestions, room, "alice", "workflow", "bug")
    assert await offered(suggestions, room, "alice", "model")
    assert len(await offered(suggestions, room, "alice", "workflow")) <= MOST
    assert await offered(suggestions, room, "alice", "nonsense") == []


async def test_a_channel_nobody_opened_is_told_nothing(room: Room, suggestions: Suggestions) -> None:
    await room.types("alice", "fix the login")
    await room.task("T1")
    elsewhere = Place(platform="slack", space="T1", channel="CELSE")

    assert await suggestions("task", "", person("alice"), elsewhere) == ()
