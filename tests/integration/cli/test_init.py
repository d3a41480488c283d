"""The wizard writes a settings file that works, asks before it replaces one, and needs no terminal when told enough."""

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.main import application
from tests.support.command_line import CommandLine
from tests.support.terminal import terminal


@pytest.fixture
def here(machine: CommandLine, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository somebody works in."""
    for name, value in machine.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    monkeypatch.chdir(repository)
    return repository


def init(*arguments: str, code: int = 0) -> Result:
    ended = CliRunner().invoke(application(), ["init", *arguments])
    assert ended.exit_code == code, ended.output
    return ended


def test_without_questions_what_is_guessed_is_written_and_works(here: Path) -> None:
    told = init("--project", ".", "--yes").stdout

    bound = tomllib.loads((here / "orchestrator.toml").read_text())["projects"][here.name]
    assert bound == {"path": ".", "verify": "python -m unittest discover -s tests -t .", "plan_gate": "always"}
    assert "Next: export ANTHROPIC_API_KEY=…, then: orchestrator doctor" in told
    assert here.name in CliRunner().invoke(application(), ["project", "list"]).stdout


def test_what_is_said_is_not_guessed(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-x")

    told = init("--yes", "--name", "other", "--verify", "", "--plan-gate", "never").stdout

    assert tomllib.loads((here / "orchestrator.toml").read_text())["projects"] == {
        "other": {"path": ".", "plan_gate": "never"}
    }
    assert "sk-ant-x" not in (here / "orchestrator.toml").read_text() + told
    assert told.splitlines()[-1] == 'Next: orchestrator run "fix issue #123"'


def test_a_file_that_is_there_is_only_replaced_when_somebody_says_so(here: Path) -> None:
    file = here / "orchestrator.toml"
    file.write_text("# mine\n")

    refused = init("--yes", code=5)
    assert "exists and stays as it is" in refused.stderr
    assert file.read_text() == "# mine\n"

    init("--yes", "--force")
    assert "[projects." in file.read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--project", "nowhere", "--yes"], 6, "no folder"),
        (["--name", "no good", "--yes"], 2, "cannot be the name of a project"),
        ([], 2, "There is no terminal to ask at."),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    here: Path, arguments: list[str], code: int, told: str
) -> None:
    refused = init(*arguments, code=code)

    assert told in refused.stderr
    assert not (here / "orchestrator.toml").exists()


@pytest.mark.slow
async def test_at_a_terminal_each_guess_is_offered_and_can_be_changed(machine: CommandLine, repository: Path) -> None:
    async with terminal(machine, "init") as seat:
        await seat.shows("Folder of the repository, or its URL [.]:")
        seat.type("nowhere")
        await seat.shows("no folder")
        await seat.shows("Folder of the repository, or its URL [.]:")
        seat.type(repository.name)
        await seat.shows(f"Name of the project [{repository.name}]:")
        seat.type("")
        await seat.shows("Command that verifies the work")
        seat.type("make test")
        await seat.shows("Show the plan before work starts: always, complex, never [always]:")
        seat.type("sometimes")
        await seat.shows("Please answer with one of")
        seat.type("nev")
        assert await seat.ended() == 0

    bound = tomllib.loads((machine.folder / "orchestrator.toml").read_text())["projects"][repository.name]
    assert bound == {"path": repository.name, "verify": "make test", "plan_gate": "never"}


@pytest.mark.slow
async def test_ctrl_c_in_the_middle_writes_nothing(machine: CommandLine, repository: Path) -> None:
    async with terminal(machine, "init", "--project", repository.name) as seat:
        await seat.shows("Name of the project")
        seat.press(b"\x03")
        assert await seat.ended() == 130

    assert not (machine.folder / "orchestrator.toml").exists()
