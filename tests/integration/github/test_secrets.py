"""The token is nowhere but in the requests and in git's own environment, for as long as one push takes."""

import logging
import os
import stat
import subprocess
from pathlib import Path

import pytest

from adapters.github.askpass import asked_for
from adapters.github.push import Pusher
from adapters.github.remote_git import RemoteGit
from core.forge import ForgeError
from tests.support.forge_stage import git

pytestmark = [pytest.mark.github, pytest.mark.slow]


def files_with(text: str, folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and text.encode() in file.read_bytes()]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Of a person who keeps every password git learns in a file."""
    place = tmp_path / "person"
    place.mkdir()
    (place / ".gitconfig").write_text("[credential]\n\thelper = store\n")
    return place


@pytest.fixture
def spy(tmp_path: Path) -> Path:
    """Git, which writes down its arguments and the names in its environment."""
    program = tmp_path / "spying-git"
    seen = tmp_path / "seen.txt"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> {seen}\nenv | cut -d= -f1 >> {seen}\nexec git "$@"\n')
    program.chmod(0o755)
    return program


async def push(pusher: Pusher, stage, draft) -> None:
    await pusher.push(
        git_dir=stage.folder / "shop" / ".git",
        url=f"{stage.simulator.web_url}/acme/shop.git",
        commit=draft.commit,
        branch=draft.branch,
        expected="",
        token=stage.simulator.token,
    )


async def test_after_a_push_no_file_log_or_variable_holds_the_token(forge, stage, github, draft, caplog, capfd):
    caplog.set_level(logging.DEBUG)

    await forge.publish(stage.project, draft)

    assert files_with(github.token, stage.folder) == []
    assert github.token not in caplog.text
    assert github.token not in "".join(capfd.readouterr())
    assert github.token not in str(dict(os.environ))
    assert list((stage.folder / "home" / "github").iterdir()) == []


async def test_git_gets_it_neither_by_argument_nor_by_address(stage, github, draft, home, spy):
    remote = RemoteGit(
        folder=stage.folder / "scratch",
        timeout_s=60.0,
        executable=str(spy),
        environment={"PATH": os.environ["PATH"], "HOME": str(home), "ANTHROPIC_API_KEY": "x"},
    )

    await push(Pusher(remote), stage, draft)

    seen = (stage.folder / "seen.txt").read_text()
    assert "push" in seen
    assert github.token not in seen
    assert "ANTHROPIC_API_KEY" not in seen
    assert files_with(github.token, stage.folder) == []  # the person's own store among them


async def test_what_agents_can_change_takes_no_part_in_the_push(stage, github, draft, home):
    shop = stage.folder / "shop"
    hook = shop / ".git" / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nenv > {stage.folder}/stolen.txt\n")
    hook.chmod(0o755)
    git(shop, "config", "core.hooksPath", str(hook.parent))
    git(shop, "config", "url.http://127.0.0.1:9/.pushInsteadOf", f"{github.web_url}/")
    git(shop, "config", "credential.helper", f"!env > {stage.folder}/stolen.txt;")

    remote = RemoteGit(folder=stage.folder / "scratch", timeout_s=60.0, environment=_of(home))
    await push(Pusher(remote), stage, draft)

    assert stage.repository.branches()[draft.branch] == draft.commit
    assert not (stage.folder / "stolen.txt").exists()


async def test_a_refused_token_is_in_no_error(stage, github, draft):
    forge = stage.new_forge(stage.settings(token="github_pat_wrong0one"))

    with pytest.raises(ForgeError) as denied:
        await forge.publish(stage.project, draft)

    assert "github_pat" not in f"{denied.value!r} {denied.value.hint} {denied.value.__cause__!r}"
    assert "github_pat" not in repr(stage.settings())


def test_the_helper_answers_github_and_nobody_else(tmp_path):
    with asked_for("s3cret", address="https://github.com", folder=tmp_path) as login:
        program = Path(login["GIT_ASKPASS"])
        assert stat.S_IMODE(program.stat().st_mode) == 0o700
        assert "s3cret" not in program.read_text()

        def answer(question: str) -> str:
            done = subprocess.run(
                [str(program), question], env=dict(login), capture_output=True, text=True, check=False
            )
            return done.stdout.strip()

        assert answer("Username for 'https://github.com': ") == "x-access-token"
        assert answer("Password for 'https://x-access-token@github.com': ") == "s3cret"
        for other in ("https://x-access-token@github.com.evil.example", "https://evil@github.com", "http://github.com"):
            assert answer(f"Password for '{other}': ") == ""
    assert not program.exists()


def _of(home: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home)}
