"""Sessions belong to the database: the SDK's SessionStore over a small table of transcript entries."""

from collections.abc import Callable, Sequence
from typing import Protocol, cast

from claude_agent_sdk import (
    SessionKey,
    SessionListSubkeysKey,
    SessionStore,
    SessionStoreEntry,
    SessionStoreListEntry,
)

Entry = dict[str, object]
NOTES = frozenset({"last-prompt", "queue-operation"})
MAIN = ""
"""The subpath of a session's own transcript; subagents have others."""


class TranscriptTable(Protocol):
    """Where transcript entries live. `subpath` is '' for the main transcript of a session."""

    async def append(self, project_key: str, session_id: str, subpath: str, entries: Sequence[Entry]) -> None:
        """Add entries in order; one whose `uuid` is already there is left out, as the SDK may repeat a batch."""
        ...

    async def load(self, project_key: str, session_id: str, subpath: str) -> list[Entry] | None:
        """All entries in the order they were added, None when there never was one."""
        ...

    async def sessions(self, project_key: str) -> list[tuple[str, int]]:
        """(session id, time of the last entry in milliseconds since 1970) of each with a main transcript."""
        ...

    async def project_keys(self, session_id: str) -> list[str]:
        """The keys under which there is a main transcript of the session; [] when it is not known."""
        ...

    async def subpaths(self, project_key: str, session_id: str) -> list[str]:
        """The subpaths but for the main one."""
        ...

    async def delete(self, project_key: str, session_id: str, subpath: str | None = None) -> None:
        """Forget one transcript, or the whole session when `subpath` is None; nothing to forget is fine."""
        ...


class StoredSessions(SessionStore):
    """What claude-agent-sdk mirrors each transcript line to, and continues sessions from."""

    list_session_summaries = SessionStore.list_session_summaries
    """The SDK takes its own default for `not offered`; nobody lists agents' sessions by their summaries here."""

    def __init__(self, table: TranscriptTable, *, on_stored: Callable[[Sequence[Entry]], None] | None = None) -> None:
        self._table = table
        self._on_stored = on_stored

    async def append(self, key: SessionKey, entries: list[SessionStoreEntry]) -> None:
        """Mirror entries."""
        if entries:
            rows = cast("list[Entry]", entries)
            await self._table.append(key["project_key"], key["session_id"], key.get("subpath", MAIN), rows)
            if self._on_stored is not None:
                self._on_stored(rows)

    async def load(self, key: SessionKey) -> list[SessionStoreEntry] | None:
        """A transcript, None when unknown.

        Without the CLI's notes of where the conversation stood: it writes them when a process ends, and one of an
        earlier process would make it continue from there and lose what a killed process has done since. Nor with notes
        of its queue: what was queued and not heard is said again by us.
        """
        rows = await self._table.load(key["project_key"], key["session_id"], key.get("subpath", MAIN))
        kept = None if rows is None else [row for row in rows if row.get("type") not in NOTES]
        return cast("list[SessionStoreEntry] | None", kept)

    async def list_sessions(self, project_key: str) -> list[SessionStoreListEntry]:
        """Sessions of one working folder."""
        listed = await self._table.sessions(project_key)
        return [{"session_id": session, "mtime": at_ms} for session, at_ms in listed]

    async def delete(self, key: SessionKey) -> None:
        """Forget a session, or one of its subpaths."""
        await self._table.delete(key["project_key"], key["session_id"], key.get("subpath") or None)

    async def list_subkeys(self, key: SessionListSubkeysKey) -> list[str]:
        """Subpaths of a session."""
        return await self._table.subpaths(key["project_key"], key["session_id"])


class MemoryTranscripts:
    """A TranscriptTable that forgets everything with the process: for tests and trials."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str, str], list[Entry]] = {}
        self._changes = 0

    async def append(self, project_key: str, session_id: str, subpath: str, entries: Sequence[Entry]) -> None:
        """Add what is not there yet."""
        rows = self.rows.setdefault((project_key, session_id, subpath), [])
        known = {row.get("uuid") for row in rows} - {None}
        rows.extend(entry for entry in entries if entry.get("uuid") not in known)
        self._changes += 1

    async def load(self, project_key: str, session_id: str, subpath: str) -> list[Entry] | None:
        """A copy of the entries."""
        rows = self.rows.get((project_key, session_id, subpath))
        return None if rows is None else list(rows)

    async def sessions(self, project_key: str) -> list[tuple[str, int]]:
        """The time is a count of changes, put after the year 2001 as real times are."""
        at_ms = 2_000_000_000_000 + self._changes
        return [(session, at_ms) for key, session, subpath in self.rows if key == project_key and subpath == MAIN]

    async def project_keys(self, session_id: str) -> list[str]:
        """Those of the rows."""
        return [key for key, session, subpath in self.rows if (session, subpath) == (session_id, MAIN)]

    async def subpaths(self, project_key: str, session_id: str) -> list[str]:
        """All but the main one."""
        return [sub for key, session, sub in self.rows if (key, session) == (project_key, session_id) and sub != MAIN]

    async def delete(self, project_key: str, session_id: str, subpath: str | None = None) -> None:
        """Forget."""
        for key in list(self.rows):
            if key[:2] == (project_key, session_id) and subpath in (None, key[2]):
                del self.rows[key]
