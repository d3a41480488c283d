"""The course of the work as log lines, for those who collect them: what the journal tells, by the names of the work."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, cast

import structlog

from adapters.chat.text import one_line
from bot.observability.sighting import Sighting
from core.correlation import correlation_id
from core.domain.event import HOUSE, AgentActed, Event, ModelCalled

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

LONGEST = 200
"""Characters of one text: a log line says what happened; the task itself says all of it."""

log: "FilteringBoundLogger" = structlog.get_logger(__name__)


class Chronicle:
    """Hears sightings, and logs each: what agents do and what a model answered at debug, everything else at info."""

    def hear(self, sighting: Sighting) -> None:
        """One line, named like the event."""
        event = sighting.entry.event
        write = log.debug if isinstance(event, AgentActed | ModelCalled) else log.info
        write(event.type, **{**_facts(event), **_names(sighting)})


def _names(sighting: Sighting) -> Mapping[str, object]:
    """What belongs together has these in common, here and in traces."""
    entry, task = sighting.entry, sighting.task
    names: dict[str, object] = {"seq": entry.seq}
    if entry.task != HOUSE:
        names["task"] = entry.task
    if task is not None:
        names["project"] = task.project
        names["correlation"] = correlation_id(entry.task, life=sighting.life, created_at=task.created_at)
    return names


def _facts(event: Event) -> Mapping[str, object]:
    """What the event says; what it leaves empty is left out."""
    told = {each.name: _plain(getattr(event, each.name)) for each in fields(event) if each.name != "type"}
    return {name: value for name, value in told.items() if value not in ("", None)}


def _plain(value: object) -> object:
    match value:
        case None | bool() | int() | float():
            return value
        case datetime():
            return value.isoformat()
        case tuple():
            return one_line(", ".join(map(str, cast("tuple[object, ...]", value))), width=LONGEST)
        case _:
            return one_line(str(value), width=LONGEST)
