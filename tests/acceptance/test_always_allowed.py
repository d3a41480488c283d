"""Always for this task, with the real agent program, from the command line."""

import pytest

from tests.support.cast import shell, write
from tests.support.studio import Studio

pytestmark = [pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.slack, pytest.mark.long]


async def test_a_command_permitted_for_the_task_runs_again_without_a_question(studio: Studio) -> None:
    risky = shell("rm -f left-over.txt")
    studio.cast.plays("build", risky, write("build-1.md"))
    studio.cast.plays("check", risky)
    async with studio.shop.started("worker") as worker:
        await worker.line("Working.")
        await studio.run("run", "write a note", "-w", "pair", "--no-wait")
        asked = await studio.asked("A1")
        said = await studio.run("approve", "A1", "--always")
        view = await studio.ends()

    assert (asked.tool, said.code) == ("Bash", 0)
    assert view.task.state == "completed", view.task.failure
    assert [(each.id, each.always) for each in view.approvals] == [("A1", True)]
    assert [event.tool for event in await studio.told("permission_kept")] == ["Bash"]
