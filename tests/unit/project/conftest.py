"""Fixtures about the checkout itself."""

import subprocess
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def committable(checkout: Path) -> tuple[Path, ...]:
    """Every file that is in the repository or would be with the next `git add`."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=checkout, check=True, capture_output=True, timeout=90).stdout.split(b"\0")
    files = (checkout / name.decode() for name in names if name)
    return tuple(file for file in files if file.is_file() and not file.is_symlink())
