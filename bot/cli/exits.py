"""Exit codes, and how errors of the core become one clear line on the terminal."""

from enum import IntEnum

from core.domain.errors import (
    AddressUnavailableError,
    AgentUnavailableError,
    ConfigurationError,
    ConflictError,
    InvalidInputError,
    LeaseHeldError,
    NotFoundError,
    OrchestratorError,
    StoreError,
    WorkspaceError,
)


class Exit(IntEnum):
    """What a script can tell from the exit code; documented in docs/operations.md."""

    DONE = 0
    NOT_COMPLETED = 1
    USAGE = 2
    CONFIGURATION = 3
    NOT_FOUND = 4
    CONFLICT = 5
    UNAVAILABLE = 6
    DEFECT = 70
    """A mistake in this program; the number is EX_SOFTWARE of sysexits.h."""
    HUNG_UP = 129
    INTERRUPTED = 130
    PIPE_CLOSED = 141
    TERMINATED = 143


_CODES: tuple[tuple[type[OrchestratorError], Exit], ...] = (
    (ConfigurationError, Exit.CONFIGURATION),
    (NotFoundError, Exit.NOT_FOUND),
    (ConflictError, Exit.CONFLICT),
    (InvalidInputError, Exit.USAGE),
    (LeaseHeldError, Exit.UNAVAILABLE),
    (AgentUnavailableError, Exit.UNAVAILABLE),
    (AddressUnavailableError, Exit.UNAVAILABLE),
    (StoreError, Exit.UNAVAILABLE),
    (WorkspaceError, Exit.UNAVAILABLE),
)


def exit_code(error: OrchestratorError) -> Exit:
    """The exit code of `error`."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), Exit.NOT_COMPLETED)


def told(error: OrchestratorError) -> str:
    """`error` as one line: what happened, then what to do."""
    return f"{error.message} {error.hint}".strip()
