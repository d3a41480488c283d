"""Git's credentials for one command: a small program that tells them to git when GitHub asks, and to nobody else."""

import shlex
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

USER = "x-access-token"
"""The name under which GitHub takes tokens of every kind as a password."""
_TOKEN = "ORCHESTRATOR_GIT_TOKEN"  # noqa: S105  the variable's name


@contextmanager
def asked_for(token: str, *, address: str, folder: Path) -> Generator[Mapping[str, str]]:
    """The variables that let git log in at `address` (scheme and host) while this is open.

    The program in `folder` holds no secret and answers about no other address; git alone gets the token, in its
    environment. Both are gone afterwards.
    """
    with tempfile.TemporaryDirectory(prefix="askpass-", dir=folder) as place:
        program = Path(place) / "askpass"
        program.write_text(_program(address))
        program.chmod(0o700)
        yield {"GIT_ASKPASS": str(program), _TOKEN: token}


def _program(address: str) -> str:
    """Git asks in words, such as: Password for 'https://name@host':"""
    scheme, _, host = address.partition("://")
    user = shlex.quote(f"Username for '{address}': ")
    password = shlex.quote(f"Password for '{scheme}://{USER}@{host}': ")
    return "\n".join(
        [
            "#!/bin/sh",
            'case "$1" in',
            f"{user}) echo {USER} ;;",
            f"{password}) printf '%s\\n' \"${_TOKEN}\" ;;",
            "*) exit 1 ;;",
            "esac",
            "",
        ]
    )
