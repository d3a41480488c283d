"""What is kept of a journal entry that could not be told: a dead letter with a word for the task's thread (pure)."""

from datetime import datetime

from adapters.chat.card import Card, Text, Tone, Weight
from bot.delivery.notices import CardNotice, written
from core.domain.conversation import Delivery, DeliveryState
from core.domain.event import HOUSE, JournalEntry


def untold(entry: JournalEntry, reason: str, *, platform: str, now: datetime) -> Delivery:
    """A dead letter about `entry`; sent by hand after all, it says in the thread where to look."""
    about = None if entry.task == HOUSE else entry.task
    what = f"Entry {entry.seq} of the journal ({entry.event.type})"
    look = f"See how things stand: task {about}" if about else "See how things stand: status"
    card = Card(
        key=f"untold:{entry.seq}",
        title=f"Something about {about or 'this place'} could not be shown here",
        tone=Tone.WAITING,
        sections=(Text(text=look, weight=Weight.NEXT),),
    )
    return Delivery(
        key=f"{about or 'house'}:untold:{platform}:{entry.seq}",
        platform=platform,
        task=about,
        notice=written(CardNotice(card=card)),
        state=DeliveryState.DEAD,
        error=f"{what} could not be told ({reason}): a defect, the log has it.",
        made_at=now,
        settled_at=now,
    )
