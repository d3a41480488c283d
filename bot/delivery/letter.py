"""A delivery ready to go: what it looks like, where it goes, and whom it must reach (pure)."""

from dataclasses import dataclass

from bot.delivery.drawing import Drawn
from bot.delivery.notices import (
    ApprovalNotice,
    CardNotice,
    EndedNotice,
    NewsNotice,
    Notice,
    PictureNotice,
    ReminderNotice,
    TaskNotice,
)
from core.domain.conversation import Delivery
from core.domain.identity import PersonId, Place, TaskId

_FOR_REQUESTER = (TaskNotice, ApprovalNotice, ReminderNotice, EndedNotice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One delivery as it goes out now. Without a `target` it goes to its person alone."""

    delivery: Delivery
    notice: Notice
    drawn: Drawn
    target: Place | None
    about: TaskId | None
    requester: PersonId | None
    """Who asked for the task it is about, when that person can be told."""

    @property
    def must_reach(self) -> PersonId | None:
        """Who is to have it even where its place is closed to us; None for nobody in particular."""
        if self.delivery.person is not None:
            return self.delivery.person
        return self.requester if isinstance(self.notice, _FOR_REQUESTER) else None

    @property
    def opens_thread(self) -> bool:
        """Whether the thread of its task is where this stands: its card, or what is said after a thread was deleted."""
        if self.delivery.person is not None:
            return isinstance(self.notice, TaskNotice)
        return self.delivery.place is not None and not isinstance(self.notice, NewsNotice | CardNotice | PictureNotice)
