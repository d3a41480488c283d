"""An issue that is labelled for us becomes a task of the project's channel: once, and not for everybody."""

import pytest

from adapters.chat.card import Field, Fields
from core.domain.errors import StoreLockedError
from core.domain.identity import Access, PersonId
from tests.integration.forge.conftest import SHOP, hearing_of, labelled
from tests.support.conversations import Room, texts

pytestmark = [pytest.mark.github, pytest.mark.slow]


async def test_it_is_announced_in_the_projects_channel_like_any_task(room: Room) -> None:
    await hearing_of(room).hear(labelled())

    view = await room.task("T1")
    card = await room.card("T1")
    assert (view.task.requested_by, view.task.issue) == ("github:octocat", "123")
    assert (await room.thread("T1")).channel == "CSHOP"
    assert "123" in texts(card)
    told = [each for part in card.sections if isinstance(part, Fields) for each in part.fields]
    assert Field(label="Asked by", value="octocat") in told


async def test_the_same_labelling_heard_again_makes_no_second_task_but_another_one_does(room: Room) -> None:
    hearing = hearing_of(room)
    for key in ("first", "first", "second", "first"):
        await hearing.hear(labelled(key=key))

    assert [view.task.id for view in await room.tasks()] == ["T1", "T2"]
    assert [(row.actor, row.act, row.subject, row.allowed) for row in await room.audit()] == [
        ("github:octocat", "submit", "T1", True),
        ("github:octocat", "submit", "T2", True),
    ]


async def test_who_may_not_write_to_the_repository_begins_nothing_and_it_is_written_down_once(room: Room) -> None:
    hearing = hearing_of(room, octocat=Access.DEVELOPER)
    for _ in range(3):
        await hearing.hear(labelled(trusted=False))

    assert await room.tasks() == []
    [row] = await room.audit()
    assert (row.actor, row.allowed, row.place) == ("github:octocat", False, "github//123")
    assert "may not write to the repository" in row.detail


async def test_where_the_settings_name_people_of_the_forge_only_their_developers_count(room: Room) -> None:
    hearing = hearing_of(room, octocat=Access.DEVELOPER, maria=Access.VIEWER)
    for number, by in enumerate(("maria", "somebody", "octocat")):
        await hearing.hear(labelled(key=str(number), by=by))

    assert [view.task.requested_by for view in await room.tasks()] == ["github:octocat"]
    assert [row.allowed for row in await room.audit()] == [False, False, True]


@pytest.mark.parametrize("ours", ["", "agents"])
async def test_other_labels_say_nothing_to_us(room: Room, ours: str) -> None:
    await hearing_of(room, label=ours).hear(labelled())
    assert (await room.tasks(), await room.audit()) == ([], [])


async def test_an_archived_project_takes_nothing_and_the_watch_goes_on(room: Room) -> None:
    await room.program.orchestrator.archive_project(SHOP, by=PersonId("slack:T1/UROOT"))
    await hearing_of(room).hear(labelled())

    assert await room.tasks() == []
    assert [row.detail.partition("Not done")[1] for row in await room.audit()] == ["Not done"]


async def test_while_the_database_is_busy_it_is_tried_again_and_then_told_once_more(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    hearing, submit, failed = hearing_of(room), room.program.orchestrator.submit, 0

    async def busy_at_first(*given: object, **options: object) -> object:
        nonlocal failed
        if failed < 2:
            failed += 1
            raise StoreLockedError("Somebody else writes.")
        return await submit(*given, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(room.program.orchestrator, "submit", busy_at_first)
    await hearing.hear(labelled())

    assert [view.task.id for view in await room.tasks()] == ["T1"]
