"""The wheel holds everything the program needs at run time, and nothing that is private."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PRIVATE = (
    ".env",
    "bot/.env",
    "bot/.env.production",
    "config/orchestrator.toml",
    "core/signing.pem",
    "adapters/slack.key",
    "core/state.sqlite3",
    "core/state.sqlite3-wal",
    "core/agent_logs/T1/prompt.txt",
)


def names_in_wheel(folder: Path) -> frozenset[str]:
    """Build the project in `folder` with the locked build backend, offline, and list the wheel."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder.parent / "dist")]
    answer = subprocess.run(build, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert answer.returncode == 0, answer.stderr
    (wheel,) = (folder.parent / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return frozenset(archive.namelist())


@pytest.fixture
def wheel(copy: Path) -> frozenset[str]:
    for name in PRIVATE:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text("TOKEN=0123456789\n")
    return names_in_wheel(copy)


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_private(
    wheel: frozenset[str], packaged_files: frozenset[str]
) -> None:
    packaged = {name for name in wheel if ".dist-info/" not in name}

    assert packaged == packaged_files
    assert not packaged.intersection(PRIVATE)


@pytest.mark.parametrize(
    ("kind", "ending"),
    [
        ("a role", "config/roles/builder.md"),
        ("a workflow", "config/workflows/bug_fix.yaml"),
        ("the prices", "config/prices.toml"),
        ("what work is expected to take", "config/estimates.toml"),
        ("the permission rules", "config/permissions.toml"),
        ("the sample's issue, in a dot folder", "bot/demo/sample/.orchestrator/issues/123.md"),
        ("the sample's ignore file", "bot/demo/sample/.gitignore"),
    ],
)
def test_the_data_the_program_reads_is_shipped(packaged_files: frozenset[str], kind: str, ending: str) -> None:
    # That the wheel holds all of these is the test above; this one says that they are in the packages at all.
    assert ending in packaged_files, kind


def test_migrations_are_shipped(packaged_files: frozenset[str]) -> None:
    assert [name for name in packaged_files if name.startswith("core/store/migrations/versions/")]
