"""Work that a plan divides: plans that cannot be used, and builders that get into each other's way."""

from pathlib import Path

import pytest

from bot.demo.scripted import ToolUse, Turn
from core.domain.event import ConflictFound
from core.domain.task import RunPurpose
from core.views import TaskView
from tests.support.cast import Scene, once, write
from tests.support.studio import Studio, reconciled

pytestmark = [pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]

FILE = "shared.md"
BOTH = "from the left\nfrom the right\n"
REQUEST = ("run", "bring some order into the pricing folder and its tests", "-w", "custom", "--plan-gate", "never")


def divided(studio: Studio, *, settles: bool) -> None:
    """Two builders write the same file at the same time; who is asked to settle that does, or only says so."""

    def works(scene: Scene) -> Turn | None:
        if "Files with conflicts:" not in scene.asked.prompt:
            return once(scene, write(FILE, f"from the {scene.step}\n"))
        if not settles:
            return None
        read = ToolUse(name="Read", input={"file_path": FILE})
        return once(scene, read) or once(scene, write(FILE, BOTH))

    work = [
        {"name": side, "role": "builder", "instruction": f"Write the {side} half.", "files": [FILE]}
        for side in ("left", "right")
    ]
    studio.cast.plays("plan", result={"work": work})
    studio.cast.plays("left", works)
    studio.cast.plays("right", works)
    studio.cast.meet("left", "right")


def purposes(view: TaskView) -> list[RunPurpose]:
    """What the runs of both builders were for, in the order of the steps."""
    return [part.run.purpose for step in view.steps if step.step.role == "builder" for part in step.runs]


async def test_a_conflict_between_two_builders_is_settled_by_an_agent_of_the_later_one(studio: Studio) -> None:
    divided(studio, settles=True)
    ended = await studio.run(*REQUEST, "--json")

    assert (ended.code, ended.document["task"]["state"]) == (0, "completed")
    (found,) = [event for event in await studio.told("conflict_found") if isinstance(event, ConflictFound)]
    assert found.files == (FILE,)
    view = await studio.view()
    assert sorted(purposes(view)) == [RunPurpose.MERGE, RunPurpose.WORK, RunPurpose.WORK]
    assert studio.git("show", f"{view.task.branch}:{FILE}") == BOTH.strip()
    assert studio.git("worktree", "list").count("\n") == 1, "a lane was left behind"
    reconciled(view)


async def test_a_conflict_that_no_agent_settles_is_asked_about_and_a_person_settles_it(studio: Studio) -> None:
    divided(studio, settles=False)
    async with studio.shop.started(*REQUEST, "--json") as running:
        asked = await studio.asked("A1")
        place = asked.detail.partition("Edit them in ")[2].partition(" until ")[0]
        conflict = (Path(place) / FILE).read_text()
        (Path(place) / FILE).write_text(BOTH)
        approved = await studio.run("approve", "A1")
        ended = await running.ended()

    assert "<<<<<<<" in conflict
    assert FILE in asked.detail
    assert approved.stdout == "A1 is approved; T1 goes on.\n"
    assert (ended.code, ended.document["task"]["state"]) == (0, "completed")
    view = await studio.view()
    assert studio.git("show", f"{view.task.branch}:{FILE}") == BOTH.strip()
    reconciled(view)


async def test_a_plan_that_cannot_be_used_is_mended_once_with_what_is_wrong_with_it(studio: Studio) -> None:
    def planned(scene: Scene) -> dict[str, object]:
        role = "builder" if "The last plan could not be used." in scene.asked.prompt else "wizard"
        return {"work": [{"name": "magic", "role": role, "instruction": "Do it.", "files": ["magic-1.md"]}]}

    studio.cast.plays("plan", result=planned)
    ended = await studio.run(*REQUEST, "--json")

    assert (ended.code, ended.document["task"]["state"]) == (0, "completed")
    assert "Step magic: there is no role wizard." in studio.cast.of("plan")[-1].asked.prompt
    assert [step["name"] for step in ended.document["steps"]] == ["analyse", "plan", "magic", "test", "review"]
    reconciled(await studio.view())


async def test_after_a_second_plan_that_cannot_be_used_the_workflow_goes_on_as_it_is_written(studio: Studio) -> None:
    work = [{"name": "magic", "role": "wizard", "instruction": "Do it."}]
    studio.cast.plays("plan", result={"work": work})
    ended = await studio.run(*REQUEST)

    assert ended.code == 0
    assert "The plan has to be mended" in ended.stdout
    assert "The plan's own steps cannot be used; the workflow's are." in ended.stdout
    view = await studio.view()
    assert [step.step.name for step in view.steps] == ["analyse", "plan", "build", "test", "review"]
    assert [len(step.runs) for step in view.steps] == [0, 2, 1, 1, 1]
    reconciled(view)
