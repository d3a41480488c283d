"""One message when a budget is used up: whom the question about it reaches is not told of it besides.

The alert of somebody who is likely to be asked waits a little for the question, and the question takes it back. Where
none comes in that time, since nothing has to stop, the alert goes out.
"""

from dataclasses import dataclass, replace
from typing import TypeGuard

from bot.delivery.facts import TaskFacts
from bot.delivery.notices import CardNotice, read
from bot.delivery.rules import asked_at_once
from core.domain.approval import ApprovalKind
from core.domain.conversation import Delivery, DeliveryState
from core.domain.event import ApprovalRequested, Event, JournalEntry
from core.domain.identity import PersonId
from core.store.unit_of_work import UnitOfWork

ASK_WITHIN_S = 60.0
"""So long an alert waits for the question: agents that are under way end first, mostly within seconds."""
ASKED = "The question about it says so."


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAbout:
    """A question about a shared budget: its key, the number of the journal's entry, and whom it reaches at once."""

    budget: str
    seq: int
    people: tuple[PersonId, ...]


def asks_for_money(event: Event) -> TypeGuard[ApprovalRequested]:
    """Whether people are asked to raise a budget."""
    return isinstance(event, ApprovalRequested) and event.kind == ApprovalKind.BUDGET


async def asked_about(uow: UnitOfWork, entry: JournalEntry, facts: TaskFacts) -> AskedAbout | None:
    """What the entry asks; None when it is not about a shared budget."""
    assert asks_for_money(entry.event), "asked only about such an entry"
    budget = (await uow.approvals.get(entry.event.approval)).budget
    return AskedAbout(budget=budget, seq=entry.seq, people=asked_at_once(facts)) if budget else None


async def take_back(uow: UnitOfWork, asked: AskedAbout, *, platform: str) -> None:
    """Settle the alerts that the question makes needless: of crossings before it, and that nobody has tried to send."""
    for person in asked.people:
        for waiting in await uow.deliveries.pending_to(person, platform):
            if not waiting.attempts and _says(waiting, asked):
                told = replace(waiting, state=DeliveryState.SENT, error=ASKED, settled_at=uow.now)
                await uow.deliveries.save(told)


def _says(waiting: Delivery, asked: AskedAbout) -> bool:
    notice = read(waiting.notice)
    return isinstance(notice, CardNotice) and notice.used_up == asked.budget and notice.seq < asked.seq
