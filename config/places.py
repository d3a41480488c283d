"""Where the settings file is found, and what the paths in it are relative to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.domain.errors import ConfigurationError

FILE_NAME = "orchestrator.toml"
DEFAULT_HOME = "~/.orchestrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bases:
    """What relative paths are relative to: the file for what the file says, else the working directory."""

    file: Path
    cwd: Path
    home: str
    variables: frozenset[str]

    def absolute(self, text: str, *, key: str) -> Path:
        """`text` as an absolute path, `~` expanded from the given environment."""
        path = expanded(text, home=self.home)
        return (self.cwd if key in self.variables else self.file).absolute() / path


def find_file(*, config: Path | None, cwd: Path, environ: Mapping[str, str]) -> Path | None:
    """The `orchestrator.toml` that counts: the named one, the nearest upwards from `cwd`, the one in the home."""
    user_home = environ.get("HOME", "")
    if config is not None:
        path = cwd.absolute() / expanded(str(config), home=user_home)
        if not path.is_file():
            raise ConfigurationError(
                f"{path}: there is no such file.", source=str(path), hint="Check the path given with --config."
            )
        return path
    start = cwd.absolute()
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
    path = start / expanded(environ.get("ORCHESTRATOR_HOME") or DEFAULT_HOME, home=user_home) / FILE_NAME
    return path if path.is_file() else None


def expanded(text: str, *, home: str) -> Path:
    """`text` with a leading `~` as `home`; ConfigurationError when there is none to put there."""
    if text != "~" and not text.startswith("~/"):
        return Path(text)
    if not home:
        raise ConfigurationError(
            f"{text}: HOME is not set, so ~ means nothing here.",
            source="HOME",
            hint="Set ORCHESTRATOR_HOME to an absolute path.",
        )
    return Path(home, text[2:])
