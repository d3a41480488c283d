"""Shipped data and the user's own beside it: of two files with one name the nearest to the work wins."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from core.domain.errors import ConfigurationError

SHIPPED = Path(__file__).parent
PROJECTS = "projects"
NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}", re.ASCII)
NAME_RULE = "a name here is small letters, digits, dashes and underscores, and begins with a letter."

Loaded = TypeVar("Loaded")


def data_folders(home: Path, *, project: str = "") -> tuple[Path, ...]:
    """Where data files may lie, the nearest last: shipped, in the home, in the home for `project`."""
    own = (home / PROJECTS / project,) if project else ()
    return (SHIPPED, home, *own)


def data_files(home: Path, *, kind: str, suffix: str, project: str = "") -> dict[str, Path]:
    """The files of `kind` (`roles`, `workflows`) by name, each from the nearest folder that has it."""
    found: dict[str, Path] = {}
    wrong: list[ConfigurationError] = []
    for folder in data_folders(home, project=project):
        for path in sorted((folder / kind).glob(f"*{suffix}")):
            if NAME.fullmatch(path.stem):
                found[path.stem] = path
            else:
                wrong.append(misnamed(path))
    if wrong:
        raise together(wrong)
    return found


def misnamed(path: Path) -> ConfigurationError:
    """A file whose name nothing could refer to."""
    return ConfigurationError(f"{path}: {NAME_RULE}", source=str(path), hint="Rename the file.")


def each_read(files: Mapping[str, Path], read: Callable[[str, Path], Loaded]) -> dict[str, Loaded]:
    """What `read` makes of every file; ConfigurationError with the problems of all of them."""
    loaded: dict[str, Loaded] = {}
    wrong: list[ConfigurationError] = []
    for name, path in files.items():
        try:
            loaded[name] = read(name, path)
        except ConfigurationError as error:
            wrong.append(error)
    if wrong:
        raise together(wrong)
    return loaded


def together(errors: Sequence[ConfigurationError]) -> ConfigurationError:
    """All of `errors` (one at least) as one, each with its own hint where they differ."""
    first = errors[0]
    if all(error.hint == first.hint for error in errors):
        return ConfigurationError("\n".join(error.message for error in errors), source=first.source, hint=first.hint)
    lines = [f"{error.message} {error.hint}".rstrip() for error in errors]
    return ConfigurationError("\n".join(lines), source=first.source)
