"""make setup: which Python it takes, and what it says when there is none."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

NEEDED = ("sh", "cat", "cksum", "dirname", "grep", "awk")


class Machine:
    """A PATH with the given interpreters only, each a script that claims a version."""

    def __init__(self, folder: Path, checkout: Path) -> None:
        self.folder = folder
        self.checkout = checkout
        folder.mkdir()
        for tool in NEEDED:
            (folder / tool).symlink_to(shutil.which(tool) or f"/bin/{tool}")

    def has(self, name: str, version: tuple[int, int]) -> Path:
        """An interpreter that answers version questions as Python `version` would."""
        suits = 0 if version >= (3, 11) else 1
        return self._script(
            name, f'case "$1" in --version) echo Python {version[0]}.{version[1]}.0;; *) exit {suits};; esac'
        )

    def has_broken(self, name: str) -> Path:
        """A stand-in such as version managers leave behind."""
        return self._script(name, "echo not installed >&2; exit 127")

    def chooses(self, *, python: str = "") -> subprocess.CompletedProcess[str]:
        """What `.ci/python` answers here."""
        environment = {"PATH": str(self.folder)} | ({"PYTHON": python} if python else {})
        command = [str(self.folder / "sh"), str(self.checkout / ".ci/python")]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=90, check=False, cwd=self.folder
        )

    def _script(self, name: str, body: str) -> Path:
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return path


@pytest.fixture
def machine(tmp_path: Path, checkout: Path) -> Machine:
    return Machine(tmp_path / "a folder with spaces", checkout)


def test_the_newest_python_on_the_path_is_taken(machine: Machine) -> None:
    machine.has("python3", (3, 11))
    machine.has("python3.11", (3, 11))
    newest = machine.has("python3.13", (3, 13))

    assert machine.chooses().stdout.strip() == str(newest)


def test_an_interpreter_that_does_not_start_is_passed_over(machine: Machine) -> None:
    machine.has_broken("python3.14")
    works = machine.has("python3.12", (3, 12))

    assert machine.chooses().stdout.strip() == str(works)


def test_a_plain_python3_will_do_when_it_is_new_enough(machine: Machine) -> None:
    plain = machine.has("python3", (3, 15))

    assert machine.chooses().stdout.strip() == str(plain)


def test_the_person_who_runs_it_can_name_another(machine: Machine) -> None:
    machine.has("python3.13", (3, 13))
    named = machine.has("python3.11", (3, 11))

    assert machine.chooses(python=str(named)).stdout.strip() == str(named)


def test_without_a_python_it_says_what_it_found_and_what_to_install(machine: Machine) -> None:
    machine.has("python3", (3, 9))

    answer = machine.chooses()

    assert answer.returncode == 1
    assert "found: Python 3.9.0" in answer.stderr
    assert "apt install python3" in answer.stderr
    assert "PYTHON=" in answer.stderr


def test_a_named_python_that_is_too_old_is_refused_by_name(machine: Machine) -> None:
    machine.has("python3.13", (3, 13))
    old = machine.has("python3.9", (3, 9))

    answer = machine.chooses(python=str(old))

    assert answer.returncode == 1
    assert str(old) in answer.stderr
    assert answer.stdout == ""


@pytest.mark.parametrize(
    "target", ["setup", "demo", "test", "stories", "test-fast", "check", "lint", "bench", "lock", "clean"]
)
def test_make_knows_every_documented_target(checkout: Path, target: str) -> None:
    make = shutil.which("make")
    assert make, "make is part of the documented set-up"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}

    told = subprocess.run(
        [make, "--dry-run", target], cwd=checkout, env=environment, capture_output=True, timeout=90, check=False
    )

    assert told.returncode == 0, told.stderr


def test_ci_runs_the_commands_of_the_readme(checkout: Path) -> None:
    lines = (checkout / ".ci/run").read_text().splitlines()

    assert [line for line in lines if line.startswith("make ")] == ["make test", "make stories", "make lint"]
