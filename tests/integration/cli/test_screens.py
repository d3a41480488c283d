"""How it looks: listings in a terminal and in a pipe, colours, settings, help, and which modules are loaded for it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, settings_text
from tests.support.terminal import terminal

pytestmark = pytest.mark.slow

LONG = "rename every function of the pricing module so that its name says what it returns, and in which unit"


@pytest.fixture
async def queued(machine: CommandLine, repository: Path) -> CommandLine:
    """A machine with one task of a long title, and nobody to do it."""
    machine.write_settings(settings_text(repository))
    assert (await machine.run("run", LONG, "--no-wait")).code == 0
    return machine


async def test_a_terminal_gets_aligned_columns_that_fit(queued: CommandLine) -> None:
    async with terminal(queued, "status", columns=80) as seat:
        assert await seat.ended() == 0

    lines = [line for line in seat.printed.split("\n") if line.strip()]
    assert max(map(len, lines)) <= 80
    assert lines[0].split() == ["task", "state", "project", "title", "cost", "time"]
    assert lines[1].startswith("T1    queued  shop     rename every function")
    assert "…" in lines[1]
    assert lines[1].index("shop") == lines[0].index("project")
    assert lines[2] == "No worker is running, so nothing moves. Start one with: orchestrator worker"
    assert b"\x1b[1m" in seat.raw


async def test_no_color_is_respected(queued: CommandLine) -> None:
    async with terminal(queued, "tasks", NO_COLOR="1") as seat:
        await seat.ended()
    async with terminal(queued, "tasks", TERM="dumb") as dumb:
        await dumb.ended()

    assert b"\x1b[3" not in seat.raw
    assert b"\x1b" not in dumb.raw


async def test_a_pipe_gets_whole_titles_without_escapes_or_padding(queued: CommandLine) -> None:
    listing = (await queued.run("tasks")).stdout
    card = (await queued.run("task", "1")).stdout

    title = LONG[:40]
    assert title in listing
    assert "…" not in listing.replace("which unit", "").splitlines()[0]
    assert "\x1b" not in listing + card
    assert title in card
    assert [line for line in card.splitlines() if line != line.rstrip()] == []


def in_a_shell(machine: CommandLine, command: str) -> tuple[int, str]:
    """Exit code, and what was printed on stderr."""
    ended = subprocess.run(
        ["sh", "-c", command],
        cwd=machine.folder,
        env=machine.environment(),
        capture_output=True,
        timeout=150,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stderr


async def test_a_reader_that_leaves_early_is_no_fault(queued: CommandLine) -> None:
    command = "orchestrator tasks --json | true; orchestrator status | head -1"

    assert in_a_shell(queued, command) == (0, "")
    assert not list(queued.home.glob("log/*"))


async def test_odd_streams_are_no_fault(queued: CommandLine) -> None:
    for command in (
        "orchestrator status <&-",
        "orchestrator status >&-",
        "orchestrator task 99 2>&-; test $? = 4",
        "LC_ALL=POSIX PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 orchestrator task 1",
    ):
        assert in_a_shell(queued, command) == (0, ""), command


async def test_config_show_masks_secrets_and_names_sources(queued: CommandLine) -> None:
    secret = {"ANTHROPIC_API_KEY": "sk-ant-very-secret", "ORCHESTRATOR_DATABASE_TIMEOUT_S": "7"}

    plain = (await queued.run("config", "show", **secret)).stdout
    document = (await queued.run("config", "show", "--json", **secret)).document

    assert "very-secret" not in plain + repr(document)
    assert document["claude.api_key"] == {"value": "•••", "source": "environment variable ANTHROPIC_API_KEY"}
    assert document["database_timeout_s"]["value"] == 7
    assert document["projects.shop.base_branch"]["source"] == str(queued.folder / "orchestrator.toml")
    assert f"Settings file: {queued.folder / 'orchestrator.toml'}" in plain


HEAVY = {"dbos", "sqlalchemy", "alembic", "psycopg", "claude_agent_sdk", "mcp", "aiohttp", "pydantic", "matplotlib"}
LOADED = """
import sys
from bot.main import main
try:
    main()
except SystemExit:
    pass
print("loaded:", *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


async def loaded_by(machine: CommandLine, *arguments: str) -> set[str]:
    """The heavy libraries one command loads."""
    command = [sys.executable, "-c", LOADED, *arguments]
    told = subprocess.run(
        command, cwd=machine.folder, env=machine.environment(), capture_output=True, timeout=150, text=True, check=True
    )
    return HEAVY & set(told.stderr.partition("loaded:")[2].split())


async def test_commands_load_only_what_they_use(queued: CommandLine) -> None:
    assert await loaded_by(queued, "--help") == set()
    assert await loaded_by(queued, "config", "show") == {"pydantic"}
    assert await loaded_by(queued, "task", "1") == {"pydantic", "sqlalchemy"}
    assert await loaded_by(queued, "cancel", "1") == {"pydantic", "sqlalchemy", "dbos", "psycopg"}
