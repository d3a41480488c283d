"""What a person names must exist, or one line says so; and each command tells in short how it is used."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.commands import COMMANDS
from bot.main import application
from tests.support.command_line import CommandLine, settings_text

REQUEST = "fix issue #123"
NAMES = [
    (["task", "7"], 4, "There is no task T7."),
    (["cancel", "T7"], 4, "There is no task T7."),
    (["approve", "A7"], 4, "There is no approval A7."),
    (["deny", "7"], 4, "There is no approval A7."),
    (["logs", "T7.1"], 4, "There is no task T7."),
    (["tasks", "--project", "shap"], 4, "There is no project shap. Known projects: shop."),
    (["run", REQUEST, "--project", "shap"], 4, "There is no project shap. Known projects: shop."),
    (["run", REQUEST, "--workflow", "fixit", "--no-wait"], 2, "There is no workflow fixit."),
    (["run", " \n", "--no-wait"], 2, "The request is empty."),
    (["task", "T1; rm -r"], 2, "'T1; rm -r' is not a task. A task looks like 142 or T142."),
    (["logs", "../x"], 2, "'../x' is not an agent run."),
    (["--config", "nowhere.toml", "status"], 3, "nowhere.toml: there is no such file."),
]


@pytest.fixture
def bound(machine: CommandLine, repository: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """This very process, as if it had been started on the machine."""
    machine.write_settings(settings_text(repository))
    for name, value in machine.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    monkeypatch.chdir(machine.folder)
    return machine


@pytest.mark.parametrize(
    ("command", "code", "told"), NAMES, ids=lambda each: " ".join(each) if isinstance(each, list) else ""
)
def test_what_does_not_exist_is_told_in_one_line(bound: CommandLine, command: list[str], code: int, told: str) -> None:
    ended = CliRunner().invoke(application(), command)

    assert (ended.exit_code, ended.stdout) == (code, "")
    assert len(ended.stderr.splitlines()) == 1
    assert told in ended.stderr


def test_every_command_has_help_that_fits_a_screen() -> None:
    everything = CliRunner().invoke(application(), ["--help"]).stdout

    for entry in COMMANDS:
        assert (f"│ {entry.name} " in everything) is not entry.hidden, entry.name
        ended = CliRunner().invoke(application(), [entry.name, "-h"])
        assert (ended.exit_code, ended.stderr) == (0, ""), entry.name
        assert len(ended.stdout.splitlines()) < 50, entry.name
    assert CliRunner().invoke(application(), ["--version"]).stdout.startswith("orchestrator 0.")
    assert CliRunner().invoke(application(), []).exit_code == 2


@pytest.mark.parametrize(
    ("other", "name"),
    [
        ("execute", "run"),
        ("list-agents", "agents"),
        ("list-tasks", "tasks"),
        ("task-details", "task"),
        ("agent-details", "agent"),
        ("kill", "cancel"),
    ],
)
def test_other_names_people_try_take_the_same_options(other: str, name: str) -> None:
    told, meant = (CliRunner().invoke(application(), [each, "--help"]).stdout for each in (other, name))

    assert told.replace(f"orchestrator {other} ", f"orchestrator {name} ").split() == meant.split()


def test_a_name_that_is_nearly_right_is_suggested() -> None:
    assert "'agents'" in CliRunner().invoke(application(), ["agentss"]).stderr
