"""`orchestrator init slack`: a manifest that is only replaced when somebody says so, steps, and settings on demand."""

import json
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.main import application
from tests.support.command_line import CommandLine

pytestmark = pytest.mark.slack
BEFORE = '# mine\n[projects.shop]\npath = "."\n'


@pytest.fixture
def here(machine: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with settings of one project."""
    for name, value in machine.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(machine.folder)
    machine.write_settings(BEFORE)
    return machine.folder


def init(*arguments: str, code: int = 0) -> Result:
    ended = CliRunner().invoke(application(), ["init", "slack", *arguments])
    assert ended.exit_code == code, ended.output
    return ended


def test_the_manifest_is_written_and_the_settings_to_add_are_told(here: Path) -> None:
    told = init().stdout

    made = json.loads((here / "slack-manifest.json").read_text())
    assert made["settings"]["socket_mode_enabled"]
    assert (here / "orchestrator.toml").read_text() == BEFORE
    assert all(table in told for table in ("[slack]", "[access]", "[projects.shop.chat]"))
    assert "orchestrator doctor" in told


def test_with_yes_the_settings_are_added_once(here: Path) -> None:
    known = ("--workspace", "T1", "--admin", "U1", "--channel", "C1", "--yes")
    init(*known)

    text = (here / "orchestrator.toml").read_text()
    found = tomllib.loads(text)
    assert text.startswith(BEFORE)
    assert found["slack"] == {"workspaces": ["T1"]}
    assert found["access"] == {"admins": ["slack:T1/U1"]}
    assert found["projects"]["shop"]["chat"] == {"channels": ["slack:T1/C1"]}

    told = init(*known).stdout
    assert "stays as it is" in told
    assert (here / "orchestrator.toml").read_text() == text


def test_a_manifest_that_is_there_is_only_replaced_when_somebody_says_so(here: Path) -> None:
    (here / "slack-manifest.json").write_text("{}")

    assert "exists and stays as it is" in init("--yes", code=5).stderr
    assert (here / "slack-manifest.json").read_text() == "{}"
    assert (here / "orchestrator.toml").read_text() == BEFORE

    init("--force", "--http", "https://o.example")
    assert "https://o.example/slack/events" in (here / "slack-manifest.json").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--http", "http://o.example"), "https addresses only"),
        (("--workspace", "acme"), "is no id for --workspace"),
        (("--admin", "U1"), "Which workspace"),
        (("--workspace", "T1", "--admin", "alice"), "is no id for --admin"),
        (("--name", "x" * 36), "at most 35 characters"),
    ],
)
def test_what_slack_would_not_take_is_refused_before_anything_is_written(
    here: Path, arguments: tuple[str, ...], said: str
) -> None:
    assert said in init(*arguments, code=2).stderr
    assert not (here / "slack-manifest.json").exists()


def test_without_settings_nothing_can_be_added_to(here: Path) -> None:
    (here / "orchestrator.toml").unlink()

    assert "orchestrator init" in init("--yes", code=5).stderr
    assert not (here / "slack-manifest.json").exists()
    assert "Add this to orchestrator.toml" in init().stdout


def test_a_project_that_is_not_there_is_told(here: Path) -> None:
    assert "Known projects: shop" in init("--project", "shp", code=4).stderr
