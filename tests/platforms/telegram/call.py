"""One call of the Bot API: what came, how it is refused, and what is remembered of it."""

from dataclasses import dataclass, field
from typing import Any

_PREFIX = {400: "Bad Request", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}


class RefusedError(Exception):
    """Telegram answers `ok: false`; `parameters` help the bot to go on."""

    def __init__(self, why: str, *, code: int = 400, defect: bool = False, **parameters: int) -> None:
        super().__init__(why)
        self.code = code
        self.description = f"{_PREFIX[code]}: {why}" if code in _PREFIX and why != _PREFIX[code] else why
        self.defect = defect
        """Whether a bot must never have asked for this: too long, malformed."""
        self.parameters = parameters


class ForbiddenError(RefusedError):
    """Telegram answers 403: the bot may not speak there."""

    def __init__(self, why: str) -> None:
        super().__init__(why, code=403)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that came with a call."""

    name: str
    data: bytes
    mime_type: str


@dataclass(slots=True, kw_only=True)
class Call:
    """A call as it arrived; `answer` is set when it was answered."""

    method: str
    arguments: dict[str, Any]
    at: float
    answer: dict[str, Any] = field(default_factory=dict[str, Any])
    status: int = 200

    @property
    def result(self) -> Any:
        """What it brought; None when it was refused."""
        return self.answer.get("result")
