"""What is said and kept when this program itself is wrong: one line for the person, the traceback for a report."""

import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from bot.cli.invocation import Invocation
from core.masking import SecretMask


def report_defect(error: BaseException, invocation: Invocation) -> str:
    """One line about `error`; its traceback, secrets masked, goes to `<home>/log`, or to stderr with `--debug`."""
    text = _report(error, invocation, environ=os.environ)
    what = f"This is a defect of the program, not your doing ({type(error).__name__})."
    if invocation.debug:
        sys.stderr.write(text)
        return what
    kept = _kept(text, invocation)
    where = f"The details are in {kept}" if kept else "The details could not be written; `--debug` shows them"
    return f"{what} {where}: please report it with them."


def _report(error: BaseException, invocation: Invocation, *, environ: Mapping[str, str]) -> str:
    from config.variables import secret_values

    known = invocation.known
    secrets = known.secrets() if known is not None else secret_values(environ)
    facts = f"orchestrator {sys.argv[1:]}\nPython {platform.python_version()} on {platform.platform()}\n\n"
    return SecretMask(secrets).mask(facts + "".join(traceback.format_exception(error)))


def _kept(text: str, invocation: Invocation) -> Path | None:
    """Where the report was written: in the home when it is known and takes it, else in a temporary folder."""
    name = f"defect-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}.txt"
    homes = [invocation.known.home / "log"] if invocation.known is not None else []
    for folder in (*homes, Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = folder / name
            path.touch(mode=0o600)
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        return path
    return None
