"""Every shipped workflow worked through by the real agent program with a scripted model, and a template that is run."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.demo.scripted import Conversation, Turn, finish, use
from tests.support.command_line import CommandLine, settings_text
from tests.support.directed_model import Director

pytestmark = [pytest.mark.slow, pytest.mark.agent_cli]

WRITTEN = "NOTES.md"
CHANGE = {"summary": "Written.", "files": [WRITTEN], "notes": ""}
REPORT = {"summary": "All is well.", "details": "# Report\n\nNothing to settle."}
RESULTS: Mapping[str, Mapping[str, object]] = {
    "analyst": {"summary": "Understood.", "cause": "", "files": ["README.md"], "findings": ["One fact."]},
    "planner": {"summary": "Write a note.", "steps": [f"Write {WRITTEN}."], "files": [WRITTEN], "risks": []},
    "tester": {"passed": True, "summary": "All passed.", "command": "true", "failures": []},
    "reviewer": {"verdict": "approve", "summary": "Good.", "comments": []},
    **dict.fromkeys(("critic", "reporter", "security-auditor"), REPORT),
    **dict.fromkeys(("builder", "documentation-guru", "refactoring-specialist", "test-writer"), CHANGE),
}


def any_work(asked: Conversation) -> Turn:
    """Writers write one file; everybody hands in what their role must."""
    if RESULTS[asked.role] is CHANGE and not asked.results_of("Write"):
        # the text tells which folder is theirs
        return use("Write", {"file_path": f"{_folder(asked)}/{WRITTEN}", "content": "A note.\n"})
    return finish(RESULTS[asked.role])


def _folder(asked: Conversation) -> str:
    text = asked.system + asked.prompt
    _, _, rest = text.partition("Primary working directory: ")
    return rest.split("\n", 1)[0].strip() or "."


@pytest.fixture
def director() -> Director:
    return Director(play=any_work)


@pytest.fixture
def workshop(shop: CommandLine, repository: Path) -> CommandLine:
    """The shop, whose own tests nobody waits for here."""
    shop.write_settings(settings_text(repository, tables='[claude]\nsandbox = "off"', project={"verify": "true"}))
    return shop


@pytest.mark.parametrize(
    ("workflow", "steps"),
    [
        ("code_review", ["scope", "correctness", "security", "tests", "summary"]),
        ("research", ["present", "options", "report"]),
        ("security_audit", ["borders", "entrances", "holdings", "report"]),
    ],
)
async def test_a_workflow_that_only_reads_ends_with_a_report_and_without_a_branch_to_merge(
    workshop: CommandLine, director: Director, workflow: str, steps: list[str]
) -> None:
    ended = await workshop.run("run", "look at the pricing module, all of it", "-w", workflow, "--json", "--yes")
    assert ended.code == 0, ended
    document = ended.document
    assert [step["name"] for step in document["steps"]] == steps
    assert {step["state"] for step in document["steps"]} == {"completed"}
    assert (document["diff"], document["approvals"]) == ("", [])
    assert director.finished["reporter"] == 1


@pytest.mark.parametrize("workflow", ["custom", "documentation", "refactoring", "tests"])
async def test_a_workflow_that_writes_asks_for_its_plan_and_leaves_a_change(
    workshop: CommandLine, workflow: str
) -> None:
    ended = await workshop.run("run", "write down how prices come about", "-w", workflow, "--json", "--yes")
    assert ended.code == 0, ended
    document = ended.document
    assert {step["state"] for step in document["steps"]} <= {"completed", "skipped"}
    assert [approval["kind"] for approval in document["approvals"]] == ["plan"]
    assert f"+++ b/{WRITTEN}" in document["diff"]


async def test_a_template_is_filled_and_worked_on_like_any_other_request(workshop: CommandLine) -> None:
    ended = await workshop.run("template", "run", "security-audit", "-s", "scope=pricing", "--json", "--yes")
    assert ended.code == 0, ended
    assert ended.document["task"]["title"] == "Audit the security of pricing."
    assert ended.document["task"]["workflow"] == "security_audit"
