"""Direct messages about budgets: once for each threshold, period and person, to those on one platform (pure rules)."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from adapters.chat.card import Action, Card, Meter, Text, Tone, Weight
from bot.cards.moment import shown_moment
from bot.cards.words import line
from bot.delivery.notices import CardNotice, written
from core.domain.budget_event import BudgetThresholdReached
from core.domain.conversation import Delivery
from core.domain.cost import shown_usd
from core.domain.event import JournalEntry
from core.domain.identity import PersonId
from core.domain.limit import ALL
from core.domain.notification import Happening, NotificationRules, quiet_until


def told_here(entry: JournalEntry, *, platform: str) -> tuple[PersonId, ...]:
    """Who on `platform` is to be told of the entry; () when it is about something else."""
    event = entry.event
    if not isinstance(event, BudgetThresholdReached):
        return ()
    return tuple(each for each in event.told if each.partition(":")[0] == platform)


def alerts(
    entry: JournalEntry, rules: Mapping[PersonId, NotificationRules], *, platform: str, now: datetime
) -> list[Delivery]:
    """What must arrive because of `entry`; `rules` are those of the people to be told.

    Whoever does not want to be told of budgets is not. Quiet hours hold, but not when work stops.
    """
    event = entry.event
    assert isinstance(event, BudgetThresholdReached), "asked only about such an entry"
    card = alert_card(entry, event)
    made: list[Delivery] = []
    for person in told_here(entry, platform=platform):
        known = rules[person]
        if Happening.BUDGET not in known.direct:
            continue
        made.append(
            Delivery(
                # the number names the crossing, which is written once, in the transaction of the call
                key=f"budget:{entry.seq}:{person}",
                platform=platform,
                person=person,
                # who asked for the task is told in its thread where nobody can write to them alone
                notice=written(CardNotice(card=card, task=None if person in event.owners else entry.task)),
                not_before=None if event.percent >= ALL else quiet_until(known, now),
                made_at=now,
            )
        )
    return made


def alert_card(entry: JournalEntry, event: BudgetThresholdReached) -> Card:
    """What was reached, of how much, until when, and what follows from it."""
    limit, spent = Decimal(event.limit_usd), Decimal(event.spent_usd)
    used_up = event.percent >= ALL
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
