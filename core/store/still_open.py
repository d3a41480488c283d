"""Which rows of conversations are about a task that is still open: those are never forgotten."""

from sqlalchemy import ColumnElement, exists, or_, select

from core.domain.approval import ApprovalState
from core.domain.task import FINAL_TASK_STATES
from core.store.tables import approvals, tasks


def is_about_open_task(name: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether `name` is, or begins with, the id of an open task or of an approval of one: `T142`, `A17:card`."""
    is_open = tasks.c.state.not_in(FINAL_TASK_STATES)
    of_task = exists(select(1).where(is_open, _names(name, tasks.c.id)))
    of_approval = exists(
        select(1).where(approvals.c.task == tasks.c.id, is_open, _names(name, approvals.c.id)).select_from(tasks)
    )
    return or_(of_task, of_approval)


def is_decided_approval(name: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether `name` is the id of an approval that nobody can decide any more."""
    decided = approvals.c.state != ApprovalState.PENDING
    return exists(select(1).where(approvals.c.id == name, decided).select_from(approvals))


def _names(name: ColumnElement[str], known: ColumnElement[str]) -> ColumnElement[bool]:
    return or_(name == known, name.like(known + ":%"))
