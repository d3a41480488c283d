"""What a repository tells about itself: a name for it, and the command that verifies work in it."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

from config.sections import PROJECT_NAME

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_TARGET = re.compile(r"^(test|check)\s*:(?!=)", re.MULTILINE)
_READ_BYTES = 200_000
_NO_TESTS = "no test specified"


def guessed_name(place: str) -> str:
    """A project's name from a folder or a URL; `project` when nothing in it can be a name."""
    last = place.rstrip("/").replace(":", "/").rpartition("/")[2].removesuffix(".git")
    name = _NOT_IN_NAMES.sub("-", last).strip("-._")[:63]
    return name if PROJECT_NAME.fullmatch(name) else "project"


def guessed_verify(folder: Path) -> str:
    """The command that most likely runs the tests of the project in `folder`; '' when nothing tells."""
    return next((found for guess in _GUESSES if (found := guess(folder))), "")


def _make(folder: Path) -> str:
    """What the project itself calls its tests comes first."""
    names = ("Makefile", "makefile", "GNUmakefile")
    targets = {found for name in names for found in _TARGET.findall(_text(folder / name))}
    return "make test" if "test" in targets else "make check" if targets else ""


def _python(folder: Path) -> str:
    said = _text(folder / "pyproject.toml")
    known = said or (folder / "setup.py").is_file() or (folder / "setup.cfg").is_file()
    tests = next((name for name in ("tests", "test") if (folder / name).is_dir()), "")
    uses_pytest = "pytest" in said or (folder / "pytest.ini").is_file() or (folder / "conftest.py").is_file()
    if not uses_pytest and not (known or tests):
        return ""
    runner = {"uv.lock": "uv run ", "poetry.lock": "poetry run ", "pdm.lock": "pdm run "}
    prefix = next((command for lock, command in runner.items() if (folder / lock).is_file()), "")
    if uses_pytest:
        return f"{prefix}pytest -q" if prefix else "python -m pytest -q"
    python_tests = tests and any((folder / tests).glob("test*.py"))
    return f"{prefix}python -m unittest discover -s {tests} -t ." if python_tests else ""


def _node(folder: Path) -> str:
    try:
        package = json.loads(_text(folder / "package.json") or "{}")
    except ValueError:
        return ""
    scripts = cast("Mapping[str, object]", package).get("scripts") if isinstance(package, dict) else None
    script = cast("Mapping[str, object]", scripts).get("test") if isinstance(scripts, dict) else None
    if not isinstance(script, str) or _NO_TESTS in script:
        return ""
    managers = {"pnpm-lock.yaml": "pnpm", "yarn.lock": "yarn", "bun.lockb": "bun run", "bun.lock": "bun run"}
    return f"{next((name for lock, name in managers.items() if (folder / lock).is_file()), 'npm')} test"


def _go(folder: Path) -> str:
    return "go test ./..." if (folder / "go.mod").is_file() else ""


def _rust(folder: Path) -> str:
    try:
        manifest = tomllib.loads(_text(folder / "Cargo.toml"))
    except tomllib.TOMLDecodeError:
        return ""
    if not manifest:
        return ""
    return "cargo test --workspace" if "workspace" in manifest else "cargo test"


def _text(path: Path) -> str:
    """The beginning of a file; '' when it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(_READ_BYTES).decode("utf-8", errors="replace")
    except OSError:
        return ""


_GUESSES: tuple[Callable[[Path], str], ...] = (_make, _python, _node, _go, _rust)
