"""The one tree of errors; every error says what happened and what to do next.

OrchestratorError
├── NotFoundError              a task, approval, agent run or project that does not exist
├── ConflictError              the thing is no longer in a state that allows this
│   └── IllegalTransitionError
├── InvalidInputError          the request cannot be taken as it is
├── ConfigurationError         settings, roles, workflows, prices or rules that cannot be used
├── WorkspaceError             git said no: missing, dirty, empty, colliding …
├── AgentUnavailableError      the agent CLI or its key is missing or broken
├── AddressUnavailableError    an address we should listen on is taken, not ours, or needs more rights
├── StoreError                 the database cannot be opened, read or written
│   ├── StoreLockedError
│   └── StoreFullError
└── LeaseHeldError             another process already runs this executor

Expected outcomes (denied, cancelled, tests failed) are values, not errors.
"""


class OrchestratorError(Exception):
    """Root of every error this project raises on purpose.

    `message` says what happened; `hint` is the next action for the person who reads it ('' when there is none).
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """Errors are stored with durable work, so a copy must be whole whatever its kind's own arguments are."""
        return _copy, (type(self), self.args, self.__dict__)


def _copy(kind: type[OrchestratorError], args: tuple[object, ...], facts: dict[str, object]) -> OrchestratorError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(facts)
    return error


class NotFoundError(OrchestratorError):
    """Something was named that does not exist; `kind` and `name` say what."""

    def __init__(self, kind: str, name: str, *, hint: str = "") -> None:
        super().__init__(f"There is no {kind} {name}.", hint=hint)
        self.kind = kind
        self.name = name


class ConflictError(OrchestratorError):
    """The thing exists, but its state no longer allows what was asked."""


class IllegalTransitionError(ConflictError):
    """A state machine was asked for a move its table does not hold."""

    def __init__(self, kind: str, name: str, source: str, target: str) -> None:
        super().__init__(f"{kind} {name} is {source} and cannot become {target}.")
        self.kind = kind
        self.name = name
        self.source = source
        self.target = target


class InvalidInputError(OrchestratorError):
    """A value from outside cannot be taken as it is."""


class ConfigurationError(OrchestratorError):
    """Settings or user-edited data cannot be used; `source` names the file or variable."""

    def __init__(self, message: str, *, source: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.source = source


class WorkspaceError(OrchestratorError):
    """Git or the file system refused; nothing half done was left behind."""


class AgentUnavailableError(OrchestratorError):
    """The agent program cannot be started: missing, broken, or without a key."""


class AddressUnavailableError(OrchestratorError):
    """An address and port that we were told to listen on cannot be listened on."""


class StoreError(OrchestratorError):
    """The database cannot be opened, read or written."""


class StoreLockedError(StoreError):
    """Another process holds the database for longer than the busy timeout."""


class StoreFullError(StoreError):
    """The disk is full or the home is read-only."""


class LeaseHeldError(OrchestratorError):
    """Another live process already is this executor; `holder` describes it."""

    def __init__(self, message: str, *, holder: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.holder = holder
