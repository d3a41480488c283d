"""What can go wrong with a chat platform; every adapter translates its library's errors into these and no others.

ChatError
├── RateLimitedError       come again after `retry_after_s`
├── ChatUnavailableError   surely not done: no connection, or the platform failed; try again
├── OutcomeUnknownError    sent, but no answer came: it may be done
├── MessageGoneError       what was to be changed, or the thread it stood in, is not there any more
├── NotReachableError      we may not write there: not a member, archived, blocked, closed, scope missing
├── FormExpiredError       the trigger is too old, or was used
└── RejectedError          the platform calls the message malformed: a defect of ours
"""

from core.domain.errors import OrchestratorError


class ChatError(OrchestratorError):
    """Root of what chat platforms answer; `code` is the platform's own word for it, '' when there is none."""

    def __init__(self, message: str, *, code: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code


class RateLimitedError(ChatError):
    """Too much at once; `retry_after_s` is what the platform asks for, `everywhere` whether it is about all places."""

    def __init__(self, message: str, *, retry_after_s: float, everywhere: bool = False, code: str = "") -> None:
        super().__init__(message, code=code)
        self.retry_after_s = retry_after_s
        self.everywhere = everywhere


class ChatUnavailableError(ChatError):
    """The platform did not take the call; nothing was done."""


class OutcomeUnknownError(ChatError):
    """The call may have been done: ask again with `again=True`."""


class MessageGoneError(ChatError):
    """The message is deleted, or cannot be edited any more."""


class NotReachableError(ChatError):
    """The place or person cannot be written to; `hint` says what a person can do about it."""


class FormExpiredError(ChatError):
    """The form came too late: forms open within some seconds of a click."""


class RejectedError(ChatError):
    """The platform refused what we made: too long, too many parts, malformed."""
