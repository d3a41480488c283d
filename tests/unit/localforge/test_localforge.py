"""Where the local forge keeps things, and what it does when it cannot."""

import asyncio
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.localforge import LocalForge
from core.domain.errors import ConfigurationError, NotFoundError, StoreError
from core.domain.identity import ProjectName, task_id
from core.domain.project import Project
from core.forge import PullRequestDraft

DRAFT = PullRequestDraft(task=task_id(1), title="T", body="B", branch="b", base_branch="main", commit="1" * 40)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return tmp_path / "repo"


@pytest.fixture
def project(repository: Path) -> Project:
    return Project(name=ProjectName("shop"), repository=str(repository))


@pytest.fixture
def forge(tmp_path: Path, clock) -> LocalForge:
    return LocalForge(folder=tmp_path / "forge", clock=clock)


def write(file: Path, text: str = "---\ntitle: Here\n---\n") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


class TestIssues:
    async def test_of_a_folder_are_in_its_own_hidden_folder(self, forge, project, repository):
        write(repository / ".orchestrator/issues/1.md")
        assert (await forge.issue(project, "1")).title == "Here"

    async def test_may_be_in_a_folder_of_the_projects_choice(self, forge, project, repository, tmp_path):
        write(repository / "docs/issues/1.md")
        write(tmp_path / "elsewhere/1.md", "---\ntitle: There\n---\n")
        assert (await forge.issue(replace(project, issues="docs/issues"), "1")).title == "Here"
        assert (await forge.issue(replace(project, issues=str(tmp_path / "elsewhere")), "1")).title == "There"

    async def test_of_a_url_are_in_our_own_folder(self, forge, project, tmp_path):
        write(tmp_path / "forge/shop/issues/1.md")
        assert (await forge.issue(replace(project, repository="https://example.invalid/x"), "1")).title == "Here"

    async def test_that_exist_are_listed_when_one_is_missing(self, forge, project, repository):
        with pytest.raises(NotFoundError) as missing:
            await forge.issue(project, "5")
        assert "There are no issues yet" in missing.value.hint
        for number in (3, 20, 100):
            write(repository / f".orchestrator/issues/{number}.md")
        with pytest.raises(NotFoundError) as missing:
            await forge.issue(project, "5")
        assert "Existing issues: 3, 20, 100." in missing.value.hint

    async def test_that_are_links_out_of_their_folder_are_not_read(self, forge, project, repository, tmp_path):
        write(tmp_path / "secret.md")
        (repository / ".orchestrator/issues").mkdir(parents=True)
        (repository / ".orchestrator/issues/1.md").symlink_to(tmp_path / "secret.md")
        with pytest.raises(ConfigurationError, match="link out of its folder"):
            await forge.issue(project, "1")

    @pytest.mark.parametrize(("content", "says"), [(b"\xff\xfe", "not UTF-8"), (b"x" * 1_000_001, "larger than")])
    async def test_that_are_no_text_or_far_too_long_are_refused(self, forge, project, repository, content, says):
        write(repository / ".orchestrator/issues/1.md")
        (repository / ".orchestrator/issues/1.md").write_bytes(content)
        with pytest.raises(ConfigurationError, match=says):
            await forge.issue(project, "1")


class TestPullRequests:
    async def test_are_numbered_files_that_people_can_read(self, forge, project, tmp_path, clock):
        opened = await forge.publish(project, DRAFT)
        file = tmp_path / "forge/shop/pulls/1.json"
        stored = json.loads(file.read_text())
        assert opened.url == file.as_uri()
        assert (stored["state"], stored["branch"], stored["task"]) == ("open", "b", "T1")
        assert datetime.fromisoformat(stored["opened_at"]) == clock.now.astimezone(UTC)

    async def test_that_were_closed_are_left_alone(self, forge, project, tmp_path):
        await forge.publish(project, DRAFT)
        file = tmp_path / "forge/shop/pulls/1.json"
        closed = json.dumps(json.loads(file.read_text()) | {"state": "closed"})
        file.write_text(closed)

        assert (await forge.publish(project, DRAFT)).reference == "2"
        assert file.read_text() == closed

    async def test_that_cannot_be_read_are_named(self, forge, project, tmp_path):
        write(tmp_path / "forge/shop/pulls/1.json", "{")
        with pytest.raises(ConfigurationError, match=r"pulls/1\.json"):
            await forge.publish(project, DRAFT)

    async def test_that_cannot_be_written_are_an_error_with_what_to_do(self, project, tmp_path, clock):
        (tmp_path / "file").write_text("")
        with pytest.raises(StoreError, match="could not be recorded") as refused:
            await LocalForge(folder=tmp_path / "file", clock=clock).publish(project, DRAFT)
        assert "writable" in refused.value.hint

    @pytest.mark.parametrize("name", ["..", ".", "a/b", "", "a\x00b"])
    async def test_of_a_project_whose_name_is_no_folder_are_refused(self, forge, project, tmp_path, name):
        with pytest.raises(ConfigurationError):
            await forge.publish(replace(project, name=ProjectName(name)), DRAFT)
        assert not (tmp_path / "forge").exists()


PROGRAM = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from adapters.localforge import LocalForge
from core.domain.project import Project
from core.forge import PullRequestDraft

async def work(folder, who):
    forge = LocalForge(folder=Path(folder), clock=lambda: datetime.now(UTC))
    for number in range(10):
        draft = PullRequestDraft(task="T1", title="", body="", branch=f"{who}-{number}", base_branch="main", commit="")
        await forge.publish(Project(name="shop", repository="/nowhere"), draft)

asyncio.run(work(*sys.argv[1:]))
"""


async def test_processes_that_publish_at_once_share_no_number(tmp_path):
    root = Path(__file__).parents[3]
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", PROGRAM, str(tmp_path), who, cwd=root)
        for who in ("a", "b", "c")
    ]
    assert [await process.wait() for process in processes] == [0, 0, 0]

    files = list((tmp_path / "shop/pulls").glob("*.json"))
    assert sorted(int(file.stem) for file in files) == list(range(1, 31))
    assert len({json.loads(file.read_text())["branch"] for file in files}) == 30
