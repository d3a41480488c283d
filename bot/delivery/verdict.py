"""What becomes of a delivery after an attempt that failed: pure rules, one answer for each kind of error."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from adapters.chat.errors import (
    ChatError,
    ChatUnavailableError,
    FormExpiredError,
    MessageGoneError,
    NotReachableError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
)
from bot.access import is_own
from bot.delivery.lines import closed_card
from bot.delivery.notices import ApprovalNotice, CallNotice, CardNotice, TaskNotice, read, written
from core.domain.conversation import Delivery, DeliveryState, channel_of, place_path
from core.domain.identity import PersonId, Place, TaskId

LONGEST_PAUSE_S = 300.0
MOST_ATTEMPTS = 300
"""With these pauses more than 24 hours of trying; the count, and no clock, decides, because clocks jump."""

Failure = (
    RateLimitedError
    | ChatUnavailableError
    | OutcomeUnknownError
    | MessageGoneError
    | NotReachableError
    | FormExpiredError
    | RejectedError
)
"""Every leaf of the tree of chat errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """Who is told alone what cannot be said at a place, and how people call that place ('' when nobody says)."""

    person: PersonId
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The delivery as it is to be kept, one that is to be made in its stead, and others beside it."""

    delivery: Delivery
    instead: Delivery | None = None
    besides: tuple[Delivery, ...] = ()


def pause_s(attempts: int) -> float:
    """Seconds to wait after so many attempts (from 1): 1, 2, 4 … up to 300."""
    return min(2.0 ** min(attempts - 1, 20), LONGEST_PAUSE_S)


def verdict(
    begun: Delivery,
    error: ChatError,
    *,
    was_unsure: bool,
    target: Place | None,
    about: TaskId | None,
    alone: Alone | None = None,
    now: datetime,
) -> Verdict:
    """What `error` means for the delivery as it was when the attempt began.

    `was_unsure`: an attempt before this one may have come through. `target` is where it was to go, None for a person
    alone; `about` the task it speaks of, None for none; `alone` who is told when the target is closed to us.
    """
    # an error that is none of the leaves says nothing about what was done
    known = error if isinstance(error, Failure) else OutcomeUnknownError(error.message, code=error.code)
    if isinstance(known, NotReachableError) and target is not None and alone is not None:
        return _turned(begun, known, target=target, alone=alone, now=now)
    return _of(begun, known, was_unsure=was_unsure, target=target, about=about, now=now)


def _of(
    begun: Delivery, error: Failure, *, was_unsure: bool, target: Place | None, about: TaskId | None, now: datetime
) -> Verdict:
    match error:
        case RateLimitedError():
            # being told to wait is no attempt; but 0 would mean that it does not hold its lane
            attempts = max(begun.attempts - 1, 1)
            waits = replace(begun, attempts=attempts, unsure=was_unsure, error=error.message)
            return Verdict(delivery=_later(waits, error.retry_after_s, now=now))
        case ChatUnavailableError():
            return _again(replace(begun, unsure=was_unsure, error=error.message), now=now)
        case OutcomeUnknownError():
            return _again(replace(begun, unsure=True, error=error.message), now=now)
        case NotReachableError():
            if begun.person is not None and about is not None:
                return _called(begun, error, task=about, now=now)
            return Verdict(delivery=_dead(begun, error, now=now))
        case MessageGoneError():
            if target is not None and target.thread:
                return _moved(begun, error, channel=replace(target, thread=""), about=about, now=now)
            return Verdict(delivery=_dead(begun, error, now=now))
        case FormExpiredError() | RejectedError():
            return Verdict(delivery=_dead(begun, error, now=now))
        case _:
            assert_never(error)


def given_up(begun: Delivery, reason: str, *, now: datetime) -> Delivery:
    """The delivery as a dead letter."""
    return replace(begun, state=DeliveryState.DEAD, unsure=False, error=reason, settled_at=now)


def again_later(delivery: Delivery, *, now: datetime) -> Delivery:
    """The delivery as it waits for its next attempt; given up after a day of them."""
    if delivery.attempts >= MOST_ATTEMPTS:
        return given_up(delivery, f"Tried for a day: {delivery.error}", now=now)
    return _later(delivery, pause_s(delivery.attempts), now=now)


def _again(delivery: Delivery, *, now: datetime) -> Verdict:
    return Verdict(delivery=again_later(delivery, now=now))


def _later(delivery: Delivery, wait_s: float, *, now: datetime) -> Delivery:
    return replace(delivery, not_before=now + timedelta(seconds=wait_s))


def _moved(begun: Delivery, error: ChatError, *, channel: Place, about: TaskId | None, now: datetime) -> Verdict:
    """Somebody deleted the thread: it is said in the channel, a new thread grows there, and the card follows."""
    moved = _later(replace(begun, place=channel, unsure=False, error=error.message), 0.0, now=now)
    if about is None or begun.task is None:
        return Verdict(delivery=moved)
    card = Delivery(
        key=f"{begun.key}:card",
        platform=begun.platform,
        task=about,
        notice=written(TaskNotice(task=about)),
        made_at=now,
    )
    return Verdict(delivery=moved, instead=card)


def _turned(begun: Delivery, error: ChatError, *, target: Place, alone: Alone, now: datetime) -> Verdict:
    """We may not write there: it goes to one person alone, who is told once what to do about the place.

    What the place did not get stays as a dead letter, which can be sent again once the place is open.
    """
    turned = replace(begun, place=None, person=alone.person, unsure=False, error=error.message)
    there = replace(begun, number=0, key=f"{begun.key}:there", place=target, person=None, attempts=0, made_at=now)
    told = f"{_reason(error)} Said to {alone.person} alone instead."
    channel = channel_of(target)
    note = Delivery(
        key=f"closed:{place_path(channel)}:{alone.person}",
        platform=begun.platform,
        person=alone.person,
        notice=written(CardNotice(card=closed_card(alone.place, reason=error.message, hint=error.hint))),
        made_at=now,
    )
    # a conversation of others is closed for good: nothing can be done about it
    besides = () if is_own(channel) else (given_up(there, told, now=now), note)
    return Verdict(
        delivery=_later(turned, 0.0, now=now), besides=(*besides, *asked_alone(begun, alone.person, now=now))
    )


def asked_alone(begun: Delivery, known: PersonId | None, *, now: datetime) -> list[Delivery]:
    """The question of `begun` to everybody it would have called at its place, but for the one who gets it anyway."""
    notice = read(begun.notice)
    if not isinstance(notice, ApprovalNotice):
        return []
    question = written(ApprovalNotice(approval=notice.approval, only_pending=True))
    return [
        Delivery(
            # the name it has when somebody wishes to be asked directly: nobody is asked twice
            key=f"{notice.approval}:direct:{person}",
            platform=begun.platform,
            person=person,
            notice=question,
            made_at=now,
        )
        for person in notice.call
        if person != known
    ]


def _called(begun: Delivery, error: ChatError, *, task: TaskId, now: datetime) -> Verdict:
    """Nobody can be written to alone there: the person is called in the task's thread."""
    told = f"Said in the thread instead: {error.message}"
    settled = replace(begun, state=DeliveryState.SENT, unsure=False, error=told, settled_at=now)
    person = begun.person
    assert person is not None
    instead = Delivery(
        key=f"{begun.key}:call",
        platform=begun.platform,
        task=task,
        notice=written(CallNotice(person=person, about=begun.notice, hint=error.hint)),
        made_at=now,
    )
    return Verdict(delivery=settled, instead=instead)


def _dead(begun: Delivery, error: ChatError, *, now: datetime) -> Delivery:
    return given_up(begun, _reason(error), now=now)


def _reason(error: ChatError) -> str:
    return f"{error.message} {error.hint}".strip()
