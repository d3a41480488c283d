"""How delivery stands, for `doctor` and `status`: what waits, and what was given up and why."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.conversation import Delivery, DeliveryState
from core.store.store import Store

MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """Something that never arrived. `to` is the person, channel or task it was for; `why` what a person can act on."""

    key: str
    platform: str
    to: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryStanding:
    """How many messages wait to be sent, and what was given up, newest first."""

    pending: int
    dead: int
    letters: tuple[DeadLetter, ...] = ()


async def dead_letters(store: Store, *, limit: int = MOST) -> tuple[DeadLetter, ...]:
    """What was given up, newest first."""
    async with store.reading() as uow:
        return tuple(_letter(delivery) for delivery in await uow.deliveries.dead(limit))


async def delivery_standing(store: Store, *, limit: int = MOST) -> DeliveryStanding:
    """How delivery stands over all platforms, in one snapshot."""
    async with store.reading() as uow:
        counts = await uow.deliveries.counts()
        dead = await uow.deliveries.dead(limit)
    return DeliveryStanding(
        pending=counts.get(DeliveryState.PENDING, 0),
        dead=counts.get(DeliveryState.DEAD, 0),
        letters=tuple(map(_letter, dead)),
    )


def _letter(delivery: Delivery) -> DeadLetter:
    place = f"{delivery.place.space}/{delivery.place.channel}" if delivery.place else ""
    return DeadLetter(
        key=delivery.key,
        platform=delivery.platform,
        to=place or delivery.person or delivery.task or "",
        why=delivery.error,
        at=delivery.settled_at or delivery.made_at,
    )
