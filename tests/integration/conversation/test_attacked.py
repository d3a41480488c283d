"""People who try what they may not, and errors that would tell what nobody should read in a chat."""

from pathlib import Path

import pytest

from adapters.chat.inbound import FormSubmitted
from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb
from bot.commands.reply import Reply
from core.domain.errors import StoreLockedError, WorkspaceError
from core.domain.task import TaskState
from tests.support.conversations import Room, person, texts

pytestmark = [pytest.mark.slack, pytest.mark.slow]


async def test_a_form_is_only_taken_from_who_opened_it(room: Room) -> None:
    await room.types("alice", "new")
    [opened] = await room.until(lambda: room.chat.board.forms[:1])
    form = opened.form
    stolen = {"request": "fix the sum", "project": "shop"}
    await room.chat.hear(
        FormSubmitted(event_id="stolen", person=person("bob"), place=room.place(""), token=form.token, values=stolen)
    )

    assert "opened by somebody else" in texts(await room.answer("bob"))
    assert await room.tasks() == []
    assert [(row.actor, row.allowed) for row in await room.audit()] == [(person("bob").id, False)]
    await room.fills("alice", request="fix the sum", project="shop")
    assert (await room.task("T1")).task.requested_by == person("alice").id


async def test_what_people_type_as_a_project_is_no_path(room: Room, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere" / "templates"
    folder.mkdir(parents=True)
    (folder / "secret-plan.yaml").write_text("name: secret-plan\nrequest: leak\n")
    home = room.program.settings.home
    path = f"../../{folder.parent.relative_to(home.parent)}"
    (home / "projects").mkdir(exist_ok=True)

    await room.types("alice", f"template run secret-pla --project {path}")
    await room.types("alice", f"template run secret-plan --project {path}")

    for number in (1, 2):
        said = await room.answer("alice", number)
        assert said.title.startswith("There is no project")
        assert "secret-plan" not in texts(said).removeprefix(said.title)
    assert await room.tasks() == []


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(WorkspaceError("git said: https://bot:hunter2secret@git.example/x"), id="login"),
        pytest.param(StoreLockedError("The database /srv/secret/orchestrator.sqlite3 stayed locked."), id="database"),
    ],
)
async def test_no_error_says_in_a_chat_what_nobody_should_read(room: Room, error: Exception) -> None:
    async def fails(_command: Command, _asker: Asker, _context: Context) -> Reply:
        raise error

    room.commands[Verb.STATUS] = fails
    await room.types("alice", "status")

    said = texts(await room.answer("alice"))
    assert "secret" not in said
    assert said


async def test_a_button_that_was_used_tells_a_stranger_nothing_and_is_audited(room: Room) -> None:
    await room.types("alice", "mend the docs --project docs")
    await room.task("T1", TaskState.QUEUED)
    card = await room.card("T1")
    cancel = next(each for each in card.actions if each.command == "cancel T1")
    await room.presses_token("alice", cancel.token)
    await room.task("T1", TaskState.CANCELLED)
    # the button is used up a moment after what it does
    await room.settled()
    await room.presses_token("bob", cancel.token)

    assert texts(await room.answer("bob")) == "That was done already."
    assert [(row.actor, row.allowed) for row in await room.audit()][-1] == (person("bob").id, False)
