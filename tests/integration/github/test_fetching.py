"""Private repositories cloned and fetched, pull requests brought here: the token is with that one command only."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.errors import WorkspaceError
from core.domain.identity import task_id
from core.forge import ForgeDeniedError, ForgeRefusedError
from core.workspaces.git import Git
from core.workspaces.workspace import CommitIdentity
from core.workspaces.workspaces import Workspaces
from tests.integration.github.test_secrets import files_with
from tests.support.forge_stage import IDENTITY, git

US = CommitIdentity(name="Orchestrator", email="orchestrator@localhost")
pytestmark = [pytest.mark.github, pytest.mark.slow]


@pytest.fixture
def private(stage, github):
    """The project as an address that nobody but our token is let in at."""
    return replace(stage.project, repository=f"{github.web_url}/acme/shop.git", base_branch="")


@pytest.fixture
def workspaces(stage, forge) -> Workspaces:
    return Workspaces(folder=stage.folder / "home" / "worktrees", identity=US, git=Git(credentials=forge.login))


async def test_a_private_repository_is_cloned_for_a_task_and_fetched_for_the_next(stage, github, private, workspaces):
    first = await workspaces.prepare(private, task=task_id(1), slug="one")
    git(stage.folder / "shop", "checkout", "-q", "main")
    theirs = stage.commit(stage.project, "more", task="")
    stage.repository.run("fetch", "-q", str(stage.folder / "shop"), f"{theirs}:main")

    second = await workspaces.prepare(private, task=task_id(2), slug="two")

    assert first.base_commit != second.base_commit == theirs
    assert files_with(github.token, stage.folder) == []


async def test_without_our_login_it_stays_closed(stage, private):
    closed = Workspaces(folder=stage.folder / "home" / "worktrees", identity=US)

    with pytest.raises(WorkspaceError, match="did not accept our credentials"):
        await closed.prepare(private, task=task_id(1), slug="one")


async def test_what_an_agent_writes_into_the_settings_learns_nothing(stage, github, private, workspaces):
    await workspaces.prepare(private, task=task_id(1), slug="one")
    (clone,) = (stage.folder / "home" / "repositories").glob("*.git")
    git(clone, "config", "credential.helper", f"!cat >> {stage.folder}/stolen.txt; env >> {stage.folder}/stolen.txt;")

    await workspaces.prepare(private, task=task_id(2), slug="two")

    assert files_with(github.token, stage.folder) == []


async def test_a_pull_request_from_a_fork_is_read_and_fetched(stage, forge, github, tmp_path):
    number, commit = from_fork(stage)
    offered = await forge.offered(stage.project, str(number))
    elsewhere = empty(tmp_path)

    await forge.fetch(stage.project, offered, into=elsewhere)

    assert (offered.commit, offered.foreign) == (commit, True)
    assert git(elsewhere, "diff", "--name-only", offered.base_commit, offered.commit) == "theirs.txt"
    assert files_with(github.token, stage.folder) == []
    assert list((stage.folder / "home" / "github").iterdir()) == []


async def test_also_when_the_fork_is_gone(stage, forge, tmp_path):
    number, commit = from_fork(stage)
    await forge.offered(stage.project, str(number))
    stage.repository.tickets[number].pull.fork_is_gone = True

    offered = await forge.offered(stage.project, str(number))
    await forge.fetch(stage.project, offered, into=empty(tmp_path))

    assert (offered.commit, offered.foreign) == (commit, True)


async def test_commits_that_a_branch_was_set_back_from_are_still_had(stage, forge, draft, tmp_path):
    opened = await forge.publish(stage.project, draft)
    before = await forge.offered(stage.project, opened.reference)
    await forge.publish(stage.project, replace(draft, commit=stage.commit(stage.project, "another way")))

    elsewhere = empty(tmp_path)
    await forge.fetch(stage.project, before, into=elsewhere)

    assert git(elsewhere, "cat-file", "-t", before.commit) == "commit"


async def test_commits_that_github_has_no_more_are_refused(stage, forge, draft, tmp_path):
    opened = await forge.publish(stage.project, draft)
    offered = await forge.offered(stage.project, opened.reference)

    with pytest.raises(ForgeRefusedError, match="has that commit no more"):
        await forge.fetch(stage.project, replace(offered, commit="1" * 40), into=empty(tmp_path))


async def test_what_the_token_may_not_read_is_said(stage, forge, github, draft, tmp_path):
    opened = await forge.publish(stage.project, draft)
    offered = await forge.offered(stage.project, opened.reference)
    github.access.permissions["contents"] = ""

    with pytest.raises(ForgeDeniedError) as denied:
        await forge.fetch(stage.project, offered, into=empty(tmp_path))
    assert "Contents: read" in denied.value.hint


async def test_a_pull_request_of_a_renamed_repository_is_found_under_both_names(stage, forge, github, draft):
    opened = await forge.publish(stage.project, draft)
    github.world.rename("acme/shop", "acme/store")

    for name in (opened.reference, f"acme/shop#{opened.reference}", f"acme/store#{opened.reference}", opened.url):
        assert (await forge.offered(stage.project, name)).commit == draft.commit


async def test_pull_requests_of_other_repositories_are_not_read(stage, forge, draft):
    theirs = await forge.publish(stage.other, replace(draft, commit=stage.commit(stage.other, "theirs")))

    with pytest.raises(ForgeDeniedError, match="not for this project"):
        await forge.offered(stage.project, f"acme/other#{theirs.reference}")


def from_fork(stage) -> tuple[int, str]:
    """A pull request from somebody's copy: its number and commit."""
    world = stage.simulator.world
    fork = world.add_repository("jonas/shop")
    place = stage.folder / "jonas"
    git(stage.folder, "clone", "-q", str(stage.repository.git), str(place))
    (place / "theirs.txt").write_text("theirs\n")
    git(place, "add", "--all")
    git(place, *IDENTITY, "commit", "-q", "-m", "Theirs")
    git(fork.git, "fetch", "-q", str(place), "main:topic")
    made = world.add_pull(stage.repository, head="topic", author="jonas", fork=fork)
    return made.number, fork.tip("topic")


def empty(tmp_path: Path) -> Path:
    """A repository with nothing in it."""
    place = tmp_path / "elsewhere"
    git(tmp_path, "init", "-q", "--template=", str(place))
    return place
