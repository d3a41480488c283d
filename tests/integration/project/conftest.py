"""Fixtures about the checkout itself, for tests that run tools on it."""

import shutil
import subprocess
from pathlib import Path

import pytest

PACKAGES = ("bot", "adapters", "core", "config")


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def packaged_files(checkout: Path) -> frozenset[str]:
    """Every file of the four packages that is in the repository, or would be with the next `git add`."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *PACKAGES]
    names = subprocess.run(listing, cwd=checkout, check=True, capture_output=True, timeout=90).stdout.split(b"\0")
    return frozenset(name.decode() for name in names if name and (checkout / name.decode()).is_file())


@pytest.fixture
def copy(checkout: Path, packaged_files: frozenset[str], tmp_path: Path) -> Path:
    """The project as a clone would have it, to be spoiled at will."""
    folder = tmp_path / "copy"
    for name in sorted({*packaged_files, "pyproject.toml", "README.md", ".gitignore"}):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(checkout / name, folder / name)
    return folder
