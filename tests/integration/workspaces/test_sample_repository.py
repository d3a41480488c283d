"""The demo's sample: a repository with a real bug that the stated edit mends and the wrong one does not."""

import os
import sys
from pathlib import Path

import pytest

from adapters.localforge import LocalForge
from bot.demo.repository import make_sample_repository
from bot.demo.sample_fix import SAMPLE_FIX
from core.domain.errors import WorkspaceError
from core.domain.identity import ProjectName
from core.domain.project import Project
from core.workspaces.verification import verify


@pytest.fixture
async def sample(tmp_path) -> Path:
    return await make_sample_repository(tmp_path / "sample")


async def tests_pass(sample: Path, command: str = SAMPLE_FIX.test_command) -> bool:
    result = await verify(
        sample,
        command=command,
        timeout_s=60,
        environment={"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
    )
    assert "Ran 8 tests" in result.output, result.output
    return result.passed


def edit(sample: Path, new: str) -> None:
    file = sample / SAMPLE_FIX.file
    text = file.read_text()
    assert text.count(SAMPLE_FIX.old) == 1
    file.write_text(text.replace(SAMPLE_FIX.old, new))


async def test_it_is_a_clean_repository_with_one_commit_on_main(sample, repository):
    assert repository.git("rev-list", "--count", "main", folder=sample) == "1"
    assert repository.git("branch", "--show-current", folder=sample) == "main"
    assert repository.git("status", "--porcelain", "--ignored", folder=sample) == ""
    assert ".orchestrator/issues/123.md" in repository.git("ls-files", folder=sample)


async def test_its_tests_fail_until_the_bug_is_fixed(sample, repository):
    assert not await tests_pass(sample)
    edit(sample, SAMPLE_FIX.new)
    assert await tests_pass(sample)
    assert await tests_pass(sample, "python -m unittest discover -q -s tests -t .")
    assert repository.git("status", "--porcelain", folder=sample) == f" M {SAMPLE_FIX.file}"


async def test_the_wrong_edit_leaves_them_failing(sample):
    edit(sample, SAMPLE_FIX.wrong_new)
    assert not await tests_pass(sample)


async def test_the_risky_command_changes_a_mode_that_git_sees(sample, repository):
    assert not os.access(sample / "scripts/check.sh", os.X_OK)
    await verify(sample, command=SAMPLE_FIX.risky_command, timeout_s=90, environment={"PATH": os.environ["PATH"]})
    assert repository.git("status", "--porcelain", folder=sample) == " M scripts/check.sh"
    assert not await tests_pass(sample, "./scripts/check.sh")


async def test_its_issue_can_be_read(sample, tmp_path, clock):
    forge = LocalForge(folder=tmp_path / "forge", clock=clock)
    issue = await forge.issue(Project(name=ProjectName("sample"), repository=str(sample)), "123")
    assert "10 pieces" in issue.title
    assert issue.labels == ("bug", "billing")
    assert len(issue.comments) == 1


async def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "file.txt").write_text("mine")
    with pytest.raises(WorkspaceError, match="not empty"):
        await make_sample_repository(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]
