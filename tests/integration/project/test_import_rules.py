"""Imports point one way, and the check that says so can fail."""

import subprocess
import sys
from pathlib import Path

import pytest


def check_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says about the packages in `folder`."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)


def test_every_import_of_the_project_points_the_right_way(copy: Path) -> None:
    answer = check_imports(copy)

    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("core/domain/wrong.py", "import core.engine"),
        ("core/wrong.py", "import bot"),
        ("core/domain/wrong.py", "import pydantic"),
        ("core/agents/wrong.py", "import claude_agent_sdk"),
        ("adapters/claude/wrong.py", "import adapters.console"),
        ("config/wrong.py", "import adapters"),
    ],
)
def test_an_import_that_points_the_wrong_way_is_caught(copy: Path, module: str, line: str) -> None:
    (copy / module).write_text(f'"""Imports what it must not."""\n\n{line}\n')

    answer = check_imports(copy)

    assert answer.returncode == 1
    assert module.removesuffix(".py").replace("/", ".") in answer.stdout, answer.stdout + answer.stderr
