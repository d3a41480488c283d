"""Pressing the completion key: names that exist, in the shell's own way, fast and silent when nothing is known."""

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import complete
from bot.main import application
from core.store import Store
from tests.support.clock import FakeClock
from tests.support.command_line import CommandLine

pytestmark = pytest.mark.slow


def pressed(machine: CommandLine, *words: str, folder: Path | None = None) -> list[str]:
    """What bash offers after these words, through the script that it is given."""
    quoted = " ".join(f"'{word}'" for word in ("orchestrator", *words))
    script = f"""
        eval "$(orchestrator completion bash)"
        COMP_WORDS=({quoted}); COMP_CWORD={len(words)}; COMPREPLY=()
        _orchestrator_completion orchestrator
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    ended = subprocess.run(
        ["bash", "-c", script],
        cwd=folder or machine.folder,
        env=machine.environment(),
        capture_output=True,
        timeout=150,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout.split()


@pytest.mark.usefixtures("run")
@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_commands_tasks_agents_projects_and_steps_are_completed(machine: CommandLine) -> None:
    assert pressed(machine, "ta") == ["tasks", "task"]
    assert pressed(machine, "task", "") == ["6", "5", "4", "3", "2", "1"]
    assert pressed(machine, "task", "T") == ["T6", "T5", "T4", "T3", "T2", "T1"]
    assert pressed(machine, "watch", "") == ["6", "3", "2"]
    assert pressed(machine, "agent", "T2") == ["T2.1", "T2.2", "T2.3"]
    assert pressed(machine, "approve", "") == ["A1"]
    assert pressed(machine, "tasks", "--project", "") == ["docs", "shop"]
    assert pressed(machine, "retry", "4", "--from", "") == ["plan", "build", "review"]
    assert "bug_fix" in pressed(machine, "run", "x", "--workflow", "bug")
    assert pressed(machine, "project", "re") == ["restore"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_nothing_is_known_and_nothing_is_said_where_nothing_is(machine: CommandLine, tmp_path: Path) -> None:
    assert pressed(machine, "task", "") == []
    assert pressed(machine, "tasks", "--project", "") == []
    machine.write_settings("not toml =")
    assert pressed(machine, "agent", "") == []
    assert not machine.home.exists()


@pytest.mark.parametrize(
    ("shell", "words"), [("bash", "complete -o"), ("zsh", "#compdef"), ("fish", "complete --command")]
)
def test_each_shell_gets_its_own_script(shell: str, words: str) -> None:
    told: Result = CliRunner().invoke(application(), ["completion", shell])

    assert told.exit_code == 0
    assert words in told.stdout
    assert "_ORCHESTRATOR_COMPLETE" in told.stdout


def test_a_shell_that_is_not_known_is_wrong_usage() -> None:
    assert CliRunner().invoke(application(), ["completion", "tcsh"]).exit_code == 2


@pytest.mark.usefixtures("run")
def test_what_is_read_behind_the_programs_back_is_what_the_program_writes(machine: CommandLine) -> None:
    # the completer asks the tables itself: a column that is renamed must be noticed here
    for offered in (complete.tasks(""), complete.open_tasks(""), complete.agents(""), complete.approvals("")):
        assert offered


EVIL = "\\$(touch evil) `touch evil` \"; touch evil; '\n[red]"


@pytest.mark.usefixtures("run")
def test_what_people_wrote_never_reaches_a_shell_as_more_than_words(machine: CommandLine) -> None:
    with sqlite3.connect(machine.database) as database:
        database.execute("UPDATE tasks SET title = ? WHERE number = 6", (EVIL,))
        database.execute("UPDATE steps SET name = ? WHERE task = 'T6' AND position = 1", (EVIL,))
    machine.write_settings('[projects."$(touch evil)"]\npath = "."\n[projects.shop]\npath = "."\n')

    said = dict(complete.tasks(""))["6"]

    assert not set(said) & set("\\$`\"';\n[]")
    assert complete.projects("") == [("shop", "")]
    environment = {"_ORCHESTRATOR_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "orchestrator retry 6 --from "}
    told = asyncio.run(machine.run(**environment)).stdout
    assert "touch" not in told
    assert '"build"' in told


@pytest.mark.usefixtures("run")
def test_completion_waits_for_nobody(machine: CommandLine) -> None:
    with sqlite3.connect(machine.database, isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert complete.tasks("") != []


def test_completing_loads_neither_the_store_nor_an_engine(machine: CommandLine) -> None:
    code = (
        "import sys; from bot.cli import complete; complete.tasks('')\n"
        "print(*{'sqlalchemy', 'pydantic', 'dbos', 'rich'} & set(sys.modules))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=machine.folder,
        env=machine.environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=150,
    )

    assert told.stdout.strip() == ""


def test_an_empty_house_offers_nothing(machine: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    async def make() -> None:
        async with await Store.open(f"sqlite:///{machine.database}", clock=FakeClock()):
            pass

    asyncio.run(make())
    monkeypatch.setenv("ORCHESTRATOR_HOME", str(machine.home))

    assert complete.tasks("") == complete.agents("") == []
