"""Which task a notice speaks of."""

from typing import assert_never

from bot.delivery.notices import (
    ApprovalNotice,
    CallNotice,
    CardNotice,
    EndedNotice,
    ForgeNotice,
    NewsNotice,
    Notice,
    PictureNotice,
    ReminderNotice,
    TaskNotice,
    read,
)
from core.domain.identity import TaskId
from core.store.unit_of_work import UnitOfWork


async def task_about(uow: UnitOfWork, notice: Notice) -> TaskId | None:
    """The task that `notice` speaks of; None when it is none in particular."""
    match notice:
        case TaskNotice() | EndedNotice() | NewsNotice() | ForgeNotice():
            return notice.task
        case ApprovalNotice() | ReminderNotice():
            return (await uow.approvals.get(notice.approval)).task
        case CallNotice():
            return await task_about(uow, read(notice.about))
        case CardNotice():
            return notice.task
        case PictureNotice():
            return None
        case _:
            assert_never(notice)
