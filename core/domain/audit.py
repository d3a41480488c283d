"""The audit trail: who did, or was refused, what; each row carries the hash of the one before it."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.domain.identity import PersonId

BEGINNING = "0" * 64
"""The hash before the first row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One act, allowed or refused. `seq` counts from 1 without gaps; times are UTC."""

    seq: int
    at: datetime
    actor: PersonId
    act: str
    """What was tried: `approve`, `cancel`, `submit` …"""
    subject: str = ""
    """What it was about: `T142`, `A17`, a project's name."""
    place: str = ""
    """Where, as `platform/space/channel/thread`; '' for the command line."""
    allowed: bool
    detail: str = ""
    """Why it was refused, or what was said; masked, one line."""
    previous: str
    """Hash of the row before."""
    hash: str


def entry_hash(entry: AuditEntry) -> str:
    """SHA-256 (hexadecimal) over everything in `entry` but its own hash, the hash of the row before included."""
    told = [
        entry.seq,
        entry.at.isoformat(),
        entry.actor,
        entry.act,
        entry.subject,
        entry.place,
        entry.allowed,
        entry.detail,
        entry.previous,
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def first_broken(entries: Iterable[AuditEntry], *, after: AuditEntry | None = None) -> int | None:
    """The number of the first row that does not follow from the one before it; None for a sound chain.

    `entries` are in order, and go on behind the row `after`, or begin with the first row ever.
    """
    seq, previous = (after.seq, after.hash) if after is not None else (0, BEGINNING)
    for entry in entries:
        seq += 1
        if (entry.seq, entry.previous, entry.hash) != (seq, previous, entry_hash(entry)):
            return seq
        previous = entry.hash
    return None
