"""Moments as people read them: the time of day, with the date when it was another day; always UTC, and marked so."""

from datetime import UTC, datetime

from adapters.chat.card import Field


def shown_moment(at: datetime, *, now: datetime | None = None) -> str:
    """`14:02 UTC`, `20 Nov 14:02 UTC` on another day than `now`, `20 Nov 2025 14:02 UTC` in another year."""
    at = at.astimezone(UTC)
    clock = f"{at:%H:%M} UTC"
    today = now.astimezone(UTC) if now is not None else None
    if today is not None and at.date() == today.date():
        return clock
    day = f"{at.day} {at:%b}"
    return f"{day} {clock}" if today is not None and at.year == today.year else f"{day} {at.year} {clock}"


def moment_field(label: str, at: datetime, *, now: datetime | None = None) -> Field:
    """A fact that is a moment; platforms that know the reader's own time show that."""
    return Field(label=label, value=shown_moment(at, now=now), at=at)
