"""Turns what is to be said into the card that says it, from the state at this moment."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from adapters.chat.card import Card, Text
from bot.access import is_own
from bot.cards.approval import approval_card
from bot.cards.ended import ended_card
from bot.cards.moment import shown_moment
from bot.cards.task import task_card
from bot.delivery.forge_drawing import drawn_forge
from bot.delivery.forge_rules import forge_key
from bot.delivery.lines import call_card, news_card, past_life_card, reminder_card
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
from bot.delivery.rules import ended_key
from core.budgets.book import BudgetBook
from core.domain.approval import Approval, ApprovalState
from core.domain.errors import NotFoundError
from core.domain.event import WorkVerified
from core.domain.identity import ApprovalId, PersonId, Place, TaskId
from core.domain.task import FINAL_TASK_STATES, AgentRunState, TaskState
from core.store.unit_of_work import UnitOfWork
from core.views import TaskView, task_view

WORKING = "is working…"
WAITING = "waits for an answer"
_TASK = re.compile(r"T[0-9]+", re.ASCII)
_APPROVAL = re.compile(r"A[0-9]+", re.ASCII)
_ENDED = re.compile(r"T[0-9]+:ended:[0-9]+", re.ASCII)
_FORGE = re.compile(r"T[0-9]+:forge:[0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A card as things stand after journal entry `seq`. `key` is not '' when the card is to be kept true from then on.

    `status` is what the thread itself says after our name ('' for nothing), None where it is not about that.
    """

    card: Card
    seq: int
    key: str = ""
    status: str | None = None


async def drawn_notice(
    uow: UnitOfWork, notice: Notice, *, now: datetime, book: BudgetBook | None = None
) -> Drawn | None:
    """The card of `notice`; None when there is nothing left to say, because what it was about is over.

    `book` is what the settings say about shared budgets: with it, live cards tell which is likely to be passed.
    """
    match notice:
        case TaskNotice():
            return await _task(uow, notice.task, now=now, book=book)
        case ApprovalNotice():
            return await _approval_notice(uow, notice, now=now)
        case ReminderNotice():
            approval = await uow.approvals.get(notice.approval)
            card = reminder_card(approval, call=notice.call, now=now)
            return await _said(uow, card) if approval.state is ApprovalState.PENDING else None
        case EndedNotice():
            return await _ended(uow, notice, now=now)
        case NewsNotice():
            task = await uow.tasks.get(notice.task)
            thread = await uow.threads.of(notice.task)
            approval = await uow.approvals.get(notice.approval) if notice.approval else None
            return await _said(uow, news_card(notice, task, approval=approval, url=thread.url if thread else ""))
        case ForgeNotice():
            return await _forge(uow, notice)
        case CallNotice():
            about = await drawn_notice(uow, read(notice.about), now=now, book=book)
            return await _said(uow, call_card(about.card, person=notice.person, hint=notice.hint)) if about else None
        case CardNotice():
            return await _said(uow, notice.card)
        case PictureNotice(drawing=drawing):
            # what it says is said, wherever a card must stand for it
            return await _said(uow, Card(key="picture", title=drawing.title, sections=(Text(text=drawing.alt),)))


async def drawn_again(
    uow: UnitOfWork, key: str, *, place: Place, now: datetime, book: BudgetBook | None = None
) -> Drawn | None:
    """The card that is kept true under `key` at `place`, as it looks now; None for a key nobody knows how to draw.

    `book` as in `drawn_notice`.
    """
    try:
        if _TASK.fullmatch(key):
            return await _task(uow, TaskId(key), now=now, book=book)
        if _APPROVAL.fullmatch(key):
            return await _approval(uow, ApprovalId(key), alone=is_own(place), now=now)
        if _ENDED.fullmatch(key) or _FORGE.fullmatch(key):
            return await drawn_notice(uow, read((await uow.deliveries.get(key)).notice), now=now)
    except NotFoundError:
        return None
    return None


async def _task(uow: UnitOfWork, task: TaskId, *, now: datetime, book: BudgetBook | None) -> Drawn:
    view = await task_view(uow, task, book=book)
    names = await uow.people.names({view.task.requested_by})
    return Drawn(
        card=task_card(view, now=now, names=names),
        seq=view.seq,
        key=task,
        status=_status(view),
    )


async def _approval_notice(uow: UnitOfWork, notice: ApprovalNotice, *, now: datetime) -> Drawn | None:
    approval = await uow.approvals.get(notice.approval)
    note = f"Nobody has answered since {shown_moment(approval.created_at, now=now)}, so you are asked too."
    drawn = await _approval(uow, notice.approval, alone=notice.only_pending, note=note if notice.late else "", now=now)
    pending = approval.state is ApprovalState.PENDING
    if notice.only_pending and not pending:
        return None
    return replace(drawn, card=replace(drawn.card, mentions=notice.call)) if pending else drawn


async def _approval(uow: UnitOfWork, name: ApprovalId, *, alone: bool, note: str = "", now: datetime) -> Drawn:
    """The card of an approval; `alone` for where the task's own card does not stand beside it."""
    approval = await uow.approvals.get(name)
    seq = await uow.events.last_seq()
    task = await uow.tasks.get(approval.task)
    people = {approval.decided_by} if approval.decided_by else set[PersonId]()
    card = approval_card(
        approval,
        role=await _role(uow, approval),
        task_title=task.title if alone else "",
        names=await uow.people.names(people),
        now=now,
        note=note,
    )
    return Drawn(card=card, seq=seq, key=name)


async def _role(uow: UnitOfWork, approval: Approval) -> str:
    """The role of the agent that asks; '' when no agent does."""
    return (await uow.agent_runs.get(approval.agent_run)).role if approval.agent_run else ""


async def _ended(uow: UnitOfWork, notice: EndedNotice, *, now: datetime) -> Drawn:
    view = await task_view(uow, notice.task)
    if view.task.life != notice.life or view.task.state not in FINAL_TASK_STATES:
        return Drawn(card=past_life_card(notice, view), seq=view.seq, key=ended_key(notice.task, notice.life))
    runs = [entry.event for entry in await uow.events.of(notice.task, types=("work_verified",))]
    card = ended_card(
        view,
        now=now,
        verified=[event for event in runs if isinstance(event, WorkVerified)],
        by=notice.by,
        reason=notice.reason,
        names=await uow.people.names({notice.by} if notice.by else ()),
    )
    card = replace(card, mentions=notice.call)
    return Drawn(card=card, seq=view.seq, key=ended_key(notice.task, notice.life))


async def _forge(uow: UnitOfWork, notice: ForgeNotice) -> Drawn | None:
    card = await drawn_forge(uow, notice)
    if card is None:
        return None
    return Drawn(card=card, seq=await uow.events.last_seq(), key=forge_key(notice.task, notice.seq))


async def _said(uow: UnitOfWork, card: Card) -> Drawn:
    """A card that stays as it is."""
    return Drawn(card=card, seq=await uow.events.last_seq())


def _status(view: TaskView) -> str:
    """What the task's thread says by itself."""
    if view.task.state in FINAL_TASK_STATES | {TaskState.QUEUED, TaskState.PAUSED}:
        return ""
    at_work = any(part.run.state is AgentRunState.RUNNING for step in view.steps for part in step.runs)
    return WAITING if view.waiting and not at_work else WORKING
