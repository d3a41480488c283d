"""Rows of the journal as entries; what a newer program wrote and this one does not know is left out, aloud."""

from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import Row

from core.domain.event import JournalEntry
from core.store import codec


def entries_in(rows: Sequence[Row[Any]]) -> list[JournalEntry]:
    """The entries of these rows of the events table that this version of the program understands."""
    return [entry for row in rows if (entry := _entry(row)) is not None]


def _entry(row: Row[Any]) -> JournalEntry | None:
    event = codec.decode_event(row.data)
    if event is None:
        structlog.get_logger(__name__).warning("event of an unknown kind skipped", seq=row.seq, type=row.type)
        return None
    return JournalEntry(seq=row.seq, task=row.task, at=row.at, event=event)
