"""Every shipped workflow as a person meets it: a request, the real agent program, and what the workflow promises."""

import json
from typing import Any

import pytest

from core.domain.task import RunPurpose
from core.views import TaskView
from tests.support.cast import Scene
from tests.support.studio import Studio, reconciled, states

pytestmark = [pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]


async def completed(studio: Studio, request: str, workflow: str, *options: str) -> tuple[dict[str, Any], TaskView]:
    """The request worked through, with its bill checked and nothing left beside: its document and its view."""
    base = studio.git("rev-parse", "main")
    ended = await studio.asks(request, *options, workflow=workflow)
    assert ended.code == 0, ended
    document, view = ended.document, await studio.view()
    assert document["task"]["state"] == "completed"
    assert document["task"]["cost_usd"] == float(reconciled(view)) > 0
    assert set(states(view).values()) <= {"completed", "skipped"}
    assert studio.git("rev-parse", "main") == base, "the base branch is nobody's to move"
    worktrees = studio.git("worktree", "list", "--porcelain").count("worktree ")
    assert worktrees == 2, "a lane of a parallel step was left behind"
    return document, view


def offered(studio: Studio, document: dict[str, Any], *, files: set[str]) -> dict[str, Any]:
    """The pull request of a workflow that writes: branch, commits with trailers, and the record in the local forge."""
    task = document["task"]
    assert task["branch"].startswith("orchestrate/T1-")
    assert studio.git("rev-parse", task["branch"]) == task["commit"]
    assert set(studio.git("diff", "--name-only", "main", task["branch"]).split()) == files
    trailers = studio.git("log", "--format=%(trailers:key=Task,valueonly)", f"main..{task['branch']}").split()
    assert set(trailers) == {"T1"}
    (record,) = (studio.shop.home / "forge" / "shop" / "pulls").glob("*.json")
    pull = json.loads(record.read_text())
    assert (pull["state"], pull["commit"], pull["base_branch"]) == ("open", task["commit"], "main")
    assert task["pull_request"]
    return pull


def reported(studio: Studio, document: dict[str, Any], view: TaskView, *, last: str) -> None:
    """What a workflow that only reads promises: a report with details, no commit, no pull request, no question."""
    task = document["task"]
    assert (task["commit"], task["pull_request"], document["diff"], document["approvals"]) == (None, None, "", [])
    assert not (studio.shop.home / "forge").exists()
    assert "Nothing to settle." in str(result(view, last)["details"])


def result(view: TaskView, step: str) -> dict[str, Any]:
    """What a step handed in."""
    (found,) = [part.step.result for part in view.steps if part.step.name == step]
    assert found is not None
    return dict(found)


async def test_a_bug_fix_goes_back_to_the_builder_with_what_the_tester_saw_until_the_tests_pass(studio: Studio) -> None:
    def tested(scene: Scene) -> dict[str, object]:
        return {"passed": scene.round > 1, "failures": [] if scene.round > 1 else ["test_ten_pieces: 100 is not 90"]}

    studio.cast.plays("test", result=tested)
    document, view = await completed(studio, "fix issue #123", "bug_fix")

    rounds = {step["name"]: step["attempts"] for step in document["steps"]}
    assert rounds == {"analyse": 1, "plan": 1, "build": 2, "test": 2, "review": 1}
    assert [(each["kind"], each["decision"]) for each in document["approvals"]] == [("plan", "approved")]
    again = studio.cast.of("build")[-1]
    assert "test_ten_pieces: 100 is not 90" in again.asked.prompt
    assert "Write one file." in again.asked.prompt, "the plan was not told"
    assert result(view, "analyse")["findings"] == ["One fact."]
    assert result(view, "test")["passed"] is True
    pull = offered(studio, document, files={"build-1.md", "build-2.md"})
    assert pull["closes"] == "123"


async def test_a_feature_is_sent_back_by_the_reviewer_once_and_then_offered(studio: Studio) -> None:
    def reviewed(scene: Scene) -> dict[str, object]:
        comments = [{"file": "build-1.md", "line": 1, "text": "Say for whom it is."}]
        return {"verdict": "approve"} if scene.round > 1 else {"verdict": "changes_requested", "comments": comments}

    studio.cast.plays("review", result=reviewed)
    document, view = await completed(studio, "add a --quiet option to the price list", "feature_implementation")

    rounds = {step["name"]: step["attempts"] for step in document["steps"]}
    assert rounds == {"analyse": 1, "plan": 1, "build": 2, "test": 2, "review": 2}
    assert "build-1.md:1: Say for whom it is." in studio.cast.of("build")[-1].asked.prompt
    assert result(view, "review")["verdict"] == "approve"
    offered(studio, document, files={"build-1.md", "build-2.md"})


async def test_a_code_review_reads_from_three_sides_at_once_and_ends_in_one_report(studio: Studio) -> None:
    studio.cast.meet("correctness", "security", "tests")
    document, view = await completed(studio, "review the last commit on main, all of it", "code_review")

    reported(studio, document, view, last="summary")
    models = {scene.step: scene.asked.model for scene in studio.cast.scenes}
    assert models["security"].startswith("claude-opus"), "the auditor has a model of its own"
    assert models["correctness"].startswith("claude-sonnet")
    told = studio.cast.of("summary")[0].asked.prompt
    assert all(f"Result of step {step} (" in told for step in ("scope", "correctness", "security", "tests"))


async def test_documentation_is_tried_out_and_read_at_the_same_time(studio: Studio) -> None:
    studio.cast.meet("test", "review")
    request = "describe in the README how discounts, orders and prices come about"
    document, _ = await completed(studio, request, "documentation")

    assert [each["kind"] for each in document["approvals"]] == ["plan"]
    assert {scene.role for scene in studio.cast.of("write")} == {"documentation-guru"}
    offered(studio, document, files={"write-1.md"})


async def test_a_refactoring_looks_at_the_code_and_at_what_guards_it_at_the_same_time(studio: Studio) -> None:
    studio.cast.meet("analyse", "safety")
    request = "split the pricing module into smaller functions"
    document, view = await completed(studio, request, "refactoring", "--mode", "parallel", "--include-analyst")

    assert result(view, "safety")["findings"]
    assert {scene.role for scene in studio.cast.of("build")} == {"refactoring-specialist"}
    offered(studio, document, files={"build-1.md"})


async def test_research_is_done_from_two_sides_and_changes_nothing_whatever_its_agents_write(studio: Studio) -> None:
    studio.cast.meet("present", "options")
    document, view = await completed(studio, "should prices come from a table or from code, and why?", "research")

    reported(studio, document, view, last="report")
    assert {scene.role for scene in studio.cast.scenes} == {"analyst", "reporter"}


async def test_a_custom_task_is_divided_by_its_plan_among_builders_that_work_beside_each_other(studio: Studio) -> None:
    work = [
        {"name": "left", "role": "builder", "instruction": "Write the left one.", "files": ["left-1.md"]},
        {"name": "right", "role": "test-writer", "instruction": "Write the right one.", "files": ["right-1.md"]},
    ]
    studio.cast.plays("plan", result={"work": work})
    studio.cast.meet("left", "right")
    document, view = await completed(studio, "bring some order into the pricing folder and its tests", "custom")

    assert [step["name"] for step in document["steps"]] == ["analyse", "plan", "left", "right", "test", "review"]
    assert states(view)["analyse"] == "skipped", "only a complex request needs the analyst here"
    assert {part.run.purpose for step in view.steps for part in step.runs} == {RunPurpose.WORK}
    branch = f"main..{document['task']['branch']}"
    order = studio.git("log", "--reverse", "--format=%(trailers:key=Step,valueonly)", branch)
    assert [line for line in order.split() if line] == ["left", "right"]
    offered(studio, document, files={"left-1.md", "right-1.md"})


async def test_a_security_audit_looks_at_what_comes_in_and_at_what_is_kept(studio: Studio) -> None:
    studio.cast.meet("entrances", "holdings")
    ended = await studio.run("template", "run", "security-audit", "--set", "scope=pricing", "--yes", "--json")

    assert ended.code == 0, ended
    assert ended.document["task"]["title"] == "Audit the security of pricing."
    assert ended.document["task"]["workflow"] == "security_audit"
    reported(studio, ended.document, await studio.view(), last="report")


async def test_missing_tests_are_written_run_and_read(studio: Studio) -> None:
    studio.cast.meet("test", "review")
    document, _ = await completed(studio, "write the tests that pricing, orders and discounts have missed", "tests")

    assert {scene.role for scene in studio.cast.of("build")} == {"test-writer"}
    offered(studio, document, files={"build-1.md"})
