"""`orchestrator init github`: exactly the permissions that are needed, and the settings, shown or added."""

import subprocess
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from adapters.github.needs import NEEDS
from bot.main import application
from config.settings import load_settings
from tests.support.command_line import CommandLine

pytestmark = pytest.mark.github
BEFORE = '# mine\n[projects.shop]\npath = "."\n'


@pytest.fixture
def here(machine: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with settings of one project, whose origin is at GitHub."""
    for name, value in machine.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(machine.folder)
    machine.write_settings(BEFORE)
    subprocess.run(["git", "init", "-q"], cwd=machine.folder, check=True)
    origin = "git@github.com:acme/shop.git"
    subprocess.run(["git", "remote", "add", "origin", origin], cwd=machine.folder, check=True)
    return machine.folder


def init(*arguments: str, code: int = 0) -> Result:
    ended = CliRunner().invoke(application(), ["init", "github", *arguments])
    assert ended.exit_code == code, ended.output
    return ended


def test_every_permission_is_named_and_the_repository_is_found_by_itself(here: Path) -> None:
    told = init().stdout

    assert all(f"{need.name}: {need.level}" in told for need in NEEDS)
    assert "Only select repositories: acme/shop" in told
    assert "ORCHESTRATOR_GITHUB__TOKEN" in told
    assert 'Change: [projects.shop] github = "acme/shop"' in told
    assert (here / "orchestrator.toml").read_text() == BEFORE


def test_with_yes_the_settings_are_added_once_and_can_be_read(here: Path) -> None:
    init("--yes")
    init("--yes")

    text = (here / "orchestrator.toml").read_text()
    assert text.startswith(BEFORE)
    assert text.count("[github]") == 1
    assert load_settings(config=None, cwd=here, environ={"HOME": str(here)}).github.given is False


def test_an_app_is_told_its_own_way(here: Path) -> None:
    told = init("--app", "--webhook", "https://bot.example.org/github").stdout

    assert "settings/apps/new" in told
    assert "installation_id" in told
    assert "Pull request reviews" in told
    assert here.exists()


def test_a_webhook_is_told_with_its_address_its_secret_and_where_it_goes(here: Path) -> None:
    told = init("--webhook", "https://bot.example.org/github", "--yes").stdout

    assert "https://github.com/acme/shop/settings/hooks/new" in told
    assert "ORCHESTRATOR_GITHUB__WEBHOOK_SECRET" in told
    assert tomllib.loads((here / "orchestrator.toml").read_text())["github"] == {"listen": "127.0.0.1:3100"}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("--repository", "shop"), "owner/repo"), (("--webhook", "http://bot.example.org"), "https")],
)
def test_what_github_would_not_take_is_refused(arguments: tuple[str, ...], words: str) -> None:
    assert words in init(*arguments, code=2).stderr
