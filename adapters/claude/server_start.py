"""Start a tool server with exactly the variables that are configured for it, and PATH.

Runs as a program of its own (`python -I -S server_start.py NAME,NAME PROGRAM …`) between the agent CLI and the server,
and imports nothing but the standard library: the CLI would hand its whole environment down. It becomes the server, so
that no value ever stands in a command line.
"""

import os
import sys
from collections.abc import Sequence

CANNOT_START = 127
"""Exit code when the program could not be executed, as shells do it."""


def main(arguments: Sequence[str]) -> int:
    """Become the program; returns only when that fails."""
    kept = {*arguments[0].split(","), "PATH"}
    environment = {name: value for name, value in os.environ.items() if name in kept}
    command = list(arguments[1:])
    try:
        os.execvpe(command[0], command, environment)  # noqa: S606 - an argument list; a shell is what we avoid
    except OSError as error:
        sys.stderr.write(f"cannot start {command[0]}: {error.strerror}\n")
    return CANNOT_START


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
