"""The audit trail as people ask for it: the rows that somebody wants to see, and whether the whole chain holds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.cards.moment import shown_moment
from bot.cards.person import shown_person
from bot.cards.words import counted, line
from core.domain.identity import PersonId

if TYPE_CHECKING:  # the store's library takes long to load
    from core.domain.audit import AuditEntry
    from core.store.store import Store
    from core.views import TaskView

COLUMNS = ("When", "Who", "What", "Said")
_SAID = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """The rows that were asked for, the newest first, and what the chain of all rows says."""

    entries: "Sequence[AuditEntry]"
    names: Mapping[PersonId, str]
    rows: int
    """How many there are in all."""
    broken_at: int | None
    """The first row that was changed, taken away or put in; None for a sound trail."""

    @property
    def verdict(self) -> str:
        """What the chain says, as one line."""
        if self.broken_at is not None:
            return f"THE AUDIT TRAIL IS BROKEN: row {self.broken_at} was changed, taken away or put in."
        return f"The trail is whole: {counted(self.rows, 'row')}, each checked."


BROKEN_TODO = "Trust no row from there on. Compare the table audit with a backup."


async def trail_of(store: "Store", *, person: str = "", about: Collection[str] = (), limit: int) -> Trail:
    """The newest rows: of `person` (an id as in settings, or a name), `about` one of these subjects; all for neither.

    Reads the whole trail to check it.
    """
    async with store.reading() as uow:
        by: list[PersonId] = []
        if person:
            by = [PersonId(person), *await uow.people.called(person.lstrip("@"))]
        entries = await uow.audit.entries(limit, by=by, about=about)
        newest = await uow.audit.entries(1)
        return Trail(
            entries=entries,
            names=await uow.people.names({each.actor for each in entries}),
            rows=newest[0].seq if newest else 0,
            broken_at=await uow.audit.first_broken(),
        )


def subjects_of(view: "TaskView") -> tuple[str, ...]:
    """What rows about a task are about: itself, and what was asked in it."""
    return (view.task.id, *(each.id for each in view.approvals))


def shown_row(entry: "AuditEntry", names: Mapping[PersonId, str], *, now: datetime) -> tuple[str, str, str, str]:
    """Cells under `COLUMNS`."""
    what = line(f"{entry.act.replace('_', ' ')} {entry.subject}".strip(), 60)
    who = shown_person(entry.actor, names) or entry.actor
    return (
        shown_moment(entry.at, now=now),
        who,
        what if entry.allowed else f"refused: {what}",
        line(entry.detail, _SAID),
    )


def trail_document(trail: Trail) -> dict[str, Any]:
    """As JSON."""
    return {
        "whole": trail.broken_at is None,
        "broken_at": trail.broken_at,
        "rows": trail.rows,
        "entries": [
            {
                "number": each.seq,
                "at": each.at.isoformat(),
                "person": each.actor,
                "name": trail.names.get(each.actor),
                "act": each.act,
                "subject": each.subject or None,
                "place": each.place or None,
                "allowed": each.allowed,
                "detail": each.detail or None,
                "hash": each.hash,
            }
            for each in trail.entries
        ],
    }
