"""Shipped data and the user's own beside it: a file of the same name in the home wins."""

import re
from pathlib import Path

from core.domain.errors import ConfigurationError

SHIPPED = Path(__file__).parent
NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}", re.ASCII)


def data_files(home: Path, *, kind: str, suffix: str) -> dict[str, Path]:
    """The files of `kind` (`roles`, `workflows`) by name, those in `home` over the shipped ones."""
    found: dict[str, Path] = {}
    for folder in (SHIPPED / kind, home / kind):
        for path in sorted(folder.glob(f"*{suffix}")):
            if not NAME.fullmatch(path.stem):
                raise ConfigurationError(
                    f"{path}: a name here is small letters, digits, dashes and underscores, and begins with a letter.",
                    source=str(path),
                    hint="Rename the file.",
                )
            found[path.stem] = path
    return found
