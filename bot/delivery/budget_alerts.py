"""Direct messages about money: once for each threshold or sight and person, to those on one platform (pure rules)."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeGuard

from adapters.chat.card import Action, Card, Meter, Text, Tone, Weight
from bot.cards.moment import shown_moment
from bot.cards.unusual import unusual_card
from bot.cards.words import line
from bot.delivery.asked_instead import ASK_WITHIN_S
from bot.delivery.notices import CardNotice, written
from core.domain.budget_event import BudgetThresholdReached
from core.domain.conversation import Delivery
from core.domain.cost import shown_usd
from core.domain.event import HOUSE, Event, JournalEntry
from core.domain.identity import PersonId, TaskId
from core.domain.limit import ALL
from core.domain.notification import Happening, NotificationRules, quiet_until
from core.domain.unusual import UnusualSeen

Alert = BudgetThresholdReached | UnusualSeen
"""Events that people are told of by themselves, whatever they have to do with the task."""


def is_alert(entry: JournalEntry) -> bool:
    """Whether people must be told of the entry by themselves."""
    return isinstance(entry.event, Alert)


def alerts(
    entry: JournalEntry,
    rules: Mapping[PersonId, NotificationRules],
    *,
    platform: str,
    now: datetime,
    asked: Collection[PersonId] = (),
) -> list[Delivery]:
    """What must arrive because of `entry`; `rules` are those of the people on `platform` to be told.

    Whoever does not want to be told of budgets is not. Quiet hours hold, but not when work stops: then those who are
    likely to be `asked` about it are told a little later, because the question says the same.
    """
    event = entry.event
    assert isinstance(event, Alert), "asked only about such an entry"
    used_up = event.budget if is_used_up(event) else ""
    card = unusual_card(entry.seq, event.seen) if isinstance(event, UnusualSeen) else alert_card(entry, event)
    kind = "unusual" if isinstance(event, UnusualSeen) else "budget"
    return [
        Delivery(
            # the number names the crossing, which is written once, in the transaction of the call
            key=f"{kind}:{entry.seq}:{person}",
            platform=platform,
            person=person,
            # who asked for the task is told in its thread where nobody can write to them alone
            notice=written(
                CardNotice(
                    card=card,
                    task=_thread(entry, event, person),
                    used_up=used_up if person in asked else "",
                    seq=entry.seq,
                )
            ),
            not_before=_not_before(known, now, stops=bool(used_up), asked=person in asked),
            made_at=now,
        )
        for person, known in rules.items()
        if Happening.BUDGET in known.direct
    ]


def is_used_up(event: Event) -> TypeGuard[BudgetThresholdReached]:
    """Whether the event says that nothing is left of a shared budget."""
    return isinstance(event, BudgetThresholdReached) and event.percent >= ALL


def _not_before(known: NotificationRules, now: datetime, *, stops: bool, asked: bool) -> datetime | None:
    if not stops:
        return quiet_until(known, now)
    return now + timedelta(seconds=ASK_WITHIN_S) if asked else None


def _thread(entry: JournalEntry, event: Alert, person: PersonId) -> TaskId | None:
    return None if person in event.owners or entry.task == HOUSE else entry.task


def alert_card(entry: JournalEntry, event: BudgetThresholdReached) -> Card:
    """What was reached, of how much, until when, and what follows from it."""
    limit, spent = Decimal(event.limit_usd), Decimal(event.spent_usd)
    used_up = is_used_up(event)
    said = f"{shown_usd(spent)} of {shown_usd(limit)}"
    if spent > limit:
        said += f", passed by {shown_usd(spent - limit)}"
    title = f"{event.name[0].upper()}{event.name[1:]}"
    then = f" A new period begins on {shown_moment(event.until, now=entry.at)}." if event.until else ""
    follows = "Work that draws on it waits until it is raised." if used_up else "Work goes on until it is used up."
    look = "budget" if event.budget else f"budget {entry.task}"
    status = "Used up" if used_up else f"{event.percent} % is spent"
    return Card(
        key=f"budget.{entry.seq}",
        title=line(title, 120),
        status=status,
        tone=Tone.BAD if used_up else Tone.WAITING,
        sections=(
            Meter(label="Spent", share=float(spent / limit), text=said),
            Text(text=f"{follows}{then}", weight=Weight.NEXT if used_up else Weight.NORMAL),
            Text(text=f"The last call was one of {entry.task}.", weight=Weight.MUTED),
        ),
        actions=(Action(label="See the budgets" if event.budget else "See the budget", command=look),),
        about=line(f"{title}: {status}", 200),
    )
