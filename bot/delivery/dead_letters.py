"""Dead letters, and what a person can do about them: send one again, or let it go."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from core.domain.conversation import Delivery, DeliveryState
from core.domain.errors import ConflictError, NotFoundError
from core.domain.identity import PersonId, Place
from core.store.store import Store
from core.store.unit_of_work import UnitOfWork

MOST = 1000
"""How many are dealt with at once."""
DROPPED = "Let go by hand"
_HERE = Place(platform="console")
"""Only the command line does this."""
_HINT = "See what never arrived: orchestrator deliveries list"


async def resend(store: Store, keys: Sequence[str], *, by: PersonId) -> list[Delivery]:
    """Put these dead letters into the outbox again, all or none; `serve` sends them as things are then.

    The audit trail says that it was `by`.

    NotFoundError when there is no such message, ConflictError when it is none that was given up.
    """
    return await _changed(store, keys, lambda letter, _: resent(letter), act="resend", by=by)


async def drop(store: Store, keys: Sequence[str], *, by: PersonId) -> list[Delivery]:
    """Let go of these dead letters, all or none: nobody is told of them any more. Audit and errors as `resend`."""
    return await _changed(store, keys, dropped, act="drop", by=by)


async def all_keys(store: Store) -> list[str]:
    """The keys of all dead letters, newest first."""
    async with store.reading() as uow:
        return [letter.key for letter in await uow.deliveries.dead(MOST)]


def resent(letter: Delivery) -> Delivery:
    """The letter as it waits to be sent once more."""
    # an attempt of long ago may have come through after all: it is looked for first
    return replace(letter, state=DeliveryState.PENDING, attempts=0, unsure=True, not_before=None, settled_at=None)


def dropped(letter: Delivery, now: datetime) -> Delivery:
    """The letter as one that nobody waits for."""
    return replace(letter, state=DeliveryState.SENT, error=f"{DROPPED}: {letter.error}", settled_at=now)


async def _changed(
    store: Store, keys: Sequence[str], change: Callable[[Delivery, datetime], Delivery], *, act: str, by: PersonId
) -> list[Delivery]:
    async with store.transaction() as uow:
        letters = [await _letter(uow, key) for key in dict.fromkeys(keys)]
        for letter in letters:
            await uow.deliveries.save(change(letter, uow.now))
        for letter in letters:
            await uow.audit.append(actor=by, act=act, subject=letter.key, place=_HERE, allowed=True)
    return letters


async def _letter(uow: UnitOfWork, key: str) -> Delivery:
    try:
        letter = await uow.deliveries.get(key)
    except NotFoundError as error:
        raise NotFoundError("message", key, hint=_HINT) from error
    if letter.state is not DeliveryState.DEAD:
        raise ConflictError(f"{key} was not given up: it is {letter.state.value}.", hint=_HINT)
    return letter
