"""What cannot be done is refused with one line that says what to do, the right exit code, and nothing half done."""

import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.demo.scripted import ScriptedModel
from tests.support.command_line import CommandLine, settings_text

pytestmark = pytest.mark.slow

REQUEST = "fix issue #123"
KEY = {"ANTHROPIC_API_KEY": "sk-ant-never-used-here"}


@pytest.fixture
def bound(machine: CommandLine, repository: Path) -> CommandLine:
    """A machine whose repository is bound as project `shop`; no key, no model."""
    machine.write_settings(settings_text(repository))
    return machine


def rows(database: Path, table: str) -> int:
    """How many there are; none where there is no such table."""
    with closing(sqlite3.connect(database)) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert names & {"tasks", "workflow_status"}
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] if table in names else 0


def nothing_was_begun(machine: CommandLine, repository: Path) -> None:
    """No task, no workflow, no branch, no worktree."""
    assert rows(machine.database, "tasks") == rows(machine.database, "workflow_status") == 0
    branches = ["git", "-C", str(repository), "for-each-ref", "--format=%(refname:short)", "refs/heads"]
    assert subprocess.run(branches, check=True, capture_output=True, timeout=150).stdout == b"main\n"
    assert not list(machine.home.glob("worktrees/*"))


async def test_run_without_a_key_says_how_to_set_it_and_how_to_try_without(
    bound: CommandLine, repository: Path
) -> None:
    told = (await bound.run("run", REQUEST)).refused(6)

    assert told == (
        "No agent can be started: there is no API key. "
        "Set ANTHROPIC_API_KEY, or try it without a key: `orchestrator demo`."
    )
    nothing_was_begun(bound, repository)


OFTEN_ENOUGH = pytest.mark.long
"""Each is a process of a second; in make test some of a kind are enough."""

BROKEN_CLIS = [
    pytest.param(None, "there is no file", id="missing"),
    pytest.param(
        (0o644, "#!/bin/sh\necho 2.1.0 (Claude Code)\n"),
        "is not executable. Run `chmod +x",
        id="no program",
        marks=OFTEN_ENOUGH,
    ),
    pytest.param(
        (0o755, "#!/bin/sh\nexit 3\n"),
        "is broken: `--version` ended with code 3.",
        id="exits at once",
        marks=OFTEN_ENOUGH,
    ),
    pytest.param((0o755, "#!/bin/sh\necho ~garbage~\n"), "it answered '~garbage~'", id="prints garbage"),
    pytest.param(
        (0o755, "no machine reads this"),
        "cannot be started: Exec format error.",
        id="is no program",
        marks=OFTEN_ENOUGH,
    ),
]


@pytest.mark.parametrize(("file", "expected"), BROKEN_CLIS)
async def test_a_broken_agent_cli(
    bound: CommandLine, repository: Path, file: tuple[int, str] | None, expected: str
) -> None:
    cli = bound.folder / "claude"
    if file is not None:
        mode, content = file
        cli.write_text(content)
        cli.chmod(mode)

    told = (await bound.run("run", REQUEST, ORCHESTRATOR_CLAUDE__CLI_PATH=str(cli), **KEY)).refused(6)

    assert expected in told
    assert str(cli) in told
    nothing_was_begun(bound, repository)


def is_missing(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


def is_no_repository(folder: Path) -> None:
    is_missing(folder)
    folder.mkdir()


def is_empty(folder: Path) -> None:
    is_no_repository(folder)
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(folder)], check=True, timeout=150)


def has_no_such_branch(folder: Path) -> None:
    subprocess.run(["git", "-C", str(folder), "branch", "--move", "main", "trunk"], check=True, timeout=150)


BAD_REPOSITORIES = [
    (is_missing, "The repository of project shop is missing: there is no folder"),
    (is_no_repository, "it is not a git repository"),
    pytest.param(is_empty, "has no commit yet. Make a first commit", marks=OFTEN_ENOUGH),
    pytest.param(has_no_such_branch, "There is no branch main in", marks=OFTEN_ENOUGH),
]


@pytest.mark.parametrize(("spoil", "expected"), BAD_REPOSITORIES, ids=lambda each: getattr(each, "__name__", ""))
async def test_a_repository_that_cannot_be_worked_in(
    bound: CommandLine, repository: Path, spoil: Callable[[Path], None], expected: str
) -> None:
    spoil(repository)

    assert expected in (await bound.run("run", REQUEST, "--no-wait")).refused(6)
    assert rows(bound.database, "tasks") == 0


async def test_a_dirty_repository_is_no_obstacle_and_stays_as_it_is(bound: CommandLine, repository: Path) -> None:
    (repository / "notes.txt").write_text("not committed")
    (repository / "pricing" / "discount.py").write_text("half an idea")

    assert (await bound.run("run", REQUEST, "--no-wait")).code == 0
    assert (repository / "pricing" / "discount.py").read_text() == "half an idea"


async def test_git_missing(bound: CommandLine) -> None:
    (bound.folder / "bin").mkdir()

    told = (await bound.run("run", REQUEST, "--no-wait", PATH=str(bound.folder / "bin"))).refused(6)

    assert told == "Could not run git: git is not installed. Install git and make sure it is on the PATH."


async def test_a_locked_database_can_be_read_but_not_written(bound: CommandLine, repository: Path) -> None:
    assert (await bound.run("status")).code == 0
    database = sqlite3.connect(bound.database, isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    impatient = {"ORCHESTRATOR_DATABASE_TIMEOUT_S": "0.3", **KEY}
    try:
        assert (await bound.run("status", **impatient)).code == 0
        for command in (["run", REQUEST, "--no-wait"], ["worker"]):
            told = (await bound.run(*command, **impatient)).refused(6)
            assert told.startswith(f"The database {bound.database} stayed locked. Another process is holding it")
    finally:
        database.close()
    nothing_was_begun(bound, repository)


async def test_a_home_that_is_no_folder(bound: CommandLine) -> None:
    below_a_file = str(bound.folder / "orchestrator.toml" / "home")

    told = (await bound.run("run", REQUEST, "--no-wait", ORCHESTRATOR_HOME=below_a_file)).refused(6)

    assert "cannot be made: Not a directory. Point ORCHESTRATOR_HOME at a folder" in told


async def test_a_damaged_database_is_left_alone(bound: CommandLine) -> None:
    bound.home.mkdir()
    bound.database.write_bytes(b"not a database " * 300)
    before = bound.database.read_bytes()

    assert "is not a sound database" in (await bound.run("run", REQUEST, "--no-wait")).refused(6)
    assert bound.database.read_bytes() == before


async def test_a_database_of_a_newer_program(bound: CommandLine) -> None:
    assert (await bound.run("status")).code == 0
    with sqlite3.connect(bound.database) as database:
        database.execute("UPDATE orchestrator_schema SET version_num = '9999'")
    database.close()

    told = (await bound.run("worker", **KEY)).refused(3)
    assert "was written by a newer version of this program" in told


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("home =\n", "orchestrator.toml: not valid TOML: Invalid value (at line 1", marks=OFTEN_ENOUGH),
        ('[projects.shop]\npth = "x"\n', "projects.shop.pth is not a known key. Did you mean path?"),
        pytest.param(
            "[agents]\nconcurrency = 0\n",
            "agents.concurrency must be greater than or equal to 1, not 0.",
            marks=OFTEN_ENOUGH,
        ),
    ],
)
async def test_settings_that_cannot_be_used(machine: CommandLine, content: str, expected: str) -> None:
    machine.write_settings(content)

    assert expected in (await machine.run("config", "show")).refused(3)
    assert expected in (await machine.run("run", REQUEST)).refused(3)
    assert not machine.home.exists()


async def test_no_project_at_all(machine: CommandLine) -> None:
    told = (await machine.run("run", REQUEST)).refused(4)

    assert told.startswith("There is no project configured. Write an orchestrator.toml with [projects.NAME]")


async def test_a_port_in_use(machine: CommandLine, model: ScriptedModel) -> None:
    port = model.url.rpartition(":")[2]

    told = (await machine.run("demo", "--port", port)).refused(6)

    assert told.startswith(f"The scripted model cannot listen on port {port} of loopback: Address already in use.")
    assert list(machine.temporary.iterdir()) == []


async def test_a_mistyped_command_gets_a_suggestion(machine: CommandLine) -> None:
    ended = await machine.run("staus")

    assert ended.code == 2
    assert "No such command 'staus'. Did you mean 'status'" in ended.stderr
