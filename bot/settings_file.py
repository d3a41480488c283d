"""Writing a settings file: whole or not at all, and seen by nobody who could not see it before."""

import os
import shutil
from pathlib import Path

from core.domain.errors import InvalidInputError


def write_settings(file: Path, text: str) -> None:
    """Make `text` the content of `file`; InvalidInputError when it cannot be written."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        part.touch(mode=0o666 if not file.exists() else 0o600)
        if file.exists():
            shutil.copymode(file, part)
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise InvalidInputError(
            f"{file} cannot be written: {error.strerror}.", hint="Change into a folder of yours."
        ) from error
    finally:
        part.unlink(missing_ok=True)
