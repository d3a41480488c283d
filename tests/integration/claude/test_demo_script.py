"""The script of the demo, played by the shipped roles under the shipped rules with the real CLI and real tools."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.demo.repository import make_sample_repository
from bot.demo.sample_fix import SAMPLE_FIX
from bot.demo.scripted import fix_issue
from config.permission_loader import load_permissions
from config.role_loader import load_roles
from core.agents.prompts import system_prompt
from core.agents.results import parse, schema
from core.agents.runner import AgentCompleted, AgentSpec, AgentWaiting
from core.domain.project import Project, ProjectName
from tests.integration.claude.conftest import Desk
from tests.support.agents import Ears, decided

pytestmark = [pytest.mark.agent_cli, pytest.mark.slow]

ISSUE = "Exactly 10 pieces cost the full price.\n>>> bulk_discount(10)\nDecimal('0')"


class Story:
    """The five roles, one after the other, in one repository."""

    def __init__(self, desk: Desk, repository: Path) -> None:
        self.desk = desk
        self.repository = repository
        self.roles = load_roles(desk.folder / "home")
        self.policy = load_permissions(desk.folder / "home")
        self.waited_for: list[str] = []

    def spec(self, role: str, *, told: str = "") -> AgentSpec:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        played = self.roles[role]
        return replace(
            self.desk.spec(),
            session=str(uuid.uuid4()),
            role=played,
            model=played.model,
            system_prompt=system_prompt(played, Project(name=ProjectName("sample"), repository="")),
            prompt=f"{ISSUE}\n\n{told}",
            worktree=self.repository,
            result_schema=schema(played.result),
            policy=self.policy,
            environment={"PATH": path, "LANG": "C.UTF-8"},
        )

    async def play(self, role: str, *, told: str = "", approved: bool = True) -> Mapping[str, object]:
        spec = self.spec(role, told=told)
        outcome = await self.desk.run(spec)
        while isinstance(outcome, AgentWaiting):
            self.waited_for += [str(call.tool_input.get("command")) for call in outcome.calls]
            decisions = tuple(decided(call, approved=approved) for call in outcome.calls)
            outcome = await self.desk.runner().run(replace(spec, decisions=decisions), on_signal=Ears())
        assert isinstance(outcome, AgentCompleted), outcome
        parse(spec.role.result, outcome.result)
        return outcome.result

    def commit(self) -> None:
        settings = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid"]
        message = "Let the discount start at the threshold\n\nTask: T1"
        subprocess.run(["git", *settings, "commit", "-qam", message], cwd=self.repository, check=True)


@pytest.fixture
async def repository(desk: Desk) -> Path:
    return await make_sample_repository(desk.folder / "repository")


@pytest.mark.long
async def test_the_roles_settle_the_issue_by_real_work(desk: Desk, repository: Path) -> None:
    await desk.asks(fix_issue(SAMPLE_FIX))
    story = Story(desk, repository)

    analysis = await story.play("analyst")
    plan = await story.play("planner")
    before = await story.play("tester")
    change = await story.play("builder", told=json.dumps(plan))
    story.commit()
    report = await story.play("tester")
    review = await story.play("reviewer", told=json.dumps(report))

    assert SAMPLE_FIX.file in str(analysis["files"])
    assert before["passed"] is False
    assert change["notes"] == ""
    assert report["passed"] is True
    assert "Ran " in str(report["summary"])
    assert review["verdict"] == "approve"
    assert story.waited_for == [SAMPLE_FIX.risky_command]
    assert os.access(repository / "scripts/check.sh", os.X_OK)


async def test_a_wrong_edit_ends_in_a_failed_report_and_a_negative_review(desk: Desk, repository: Path) -> None:
    await desk.asks(fix_issue(SAMPLE_FIX, fix=False))
    story = Story(desk, repository)

    change = await story.play("builder", approved=False)
    story.commit()
    report = await story.play("tester")
    review = await story.play("reviewer", told=json.dumps(report))

    assert "still not executable" in str(change["notes"])
    assert report["passed"] is False
    assert report["failures"]
    assert review["verdict"] == "changes_requested"
    assert not os.access(repository / "scripts/check.sh", os.X_OK)


async def test_a_reviewer_does_not_approve_nothing(desk: Desk, repository: Path) -> None:
    await desk.asks(fix_issue(SAMPLE_FIX))

    review = await Story(desk, repository).play("reviewer", told='{"passed": true}')

    assert review["verdict"] == "changes_requested"
