"""Agent session transcripts: what an agent program wants kept, so that any process can resume its session."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from core.store.database import Database
from core.store.tables import transcripts

_MAIN = ""
_ROWS = transcripts.c


class Transcripts:
    """Opaque JSON entries by project key, session and subpath ('' is the session's own transcript).

    Every method is a transaction of its own: never call one inside `Store.transaction()`.
    """

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def append(
        self, project_key: str, session_id: str, subpath: str, entries: Sequence[Mapping[str, Any]]
    ) -> None:
        """Add entries in this order; one whose `uuid` is already there is ignored, one without is always added."""
        if not entries:
            return
        at = self._now()
        rows = [
            {
                "project_key": project_key,
                "session_id": session_id,
                "subpath": subpath,
                "uuid": _uuid(entry),
                "entry": dict(entry),
                "at": at,
            }
            for entry in entries
        ]
        async with self._database.writing() as connection:
            insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            await connection.execute(insert(transcripts).on_conflict_do_nothing(), rows)

    async def load(self, project_key: str, session_id: str, subpath: str) -> list[dict[str, Any]] | None:
        """The entries in the order they came; None when there never was one."""
        query = (
            select(_ROWS.entry)
            .where(_ROWS.project_key == project_key, _ROWS.session_id == session_id, _ROWS.subpath == subpath)
            .order_by(_ROWS.seq)
        )
        async with self._database.reading() as connection:
            entries = list((await connection.execute(query)).scalars())
        return entries or None

    async def sessions(self, project_key: str) -> list[tuple[str, int]]:
        """Each session with the time of its newest entry, in milliseconds since 1970, newest first."""
        newest = func.max(_ROWS.at, type_=_ROWS.at.type).label("newest")
        query = (
            select(_ROWS.session_id, newest)
            .where(_ROWS.project_key == project_key, _ROWS.subpath == _MAIN)
            .group_by(_ROWS.session_id)
            .order_by(newest.desc())
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [(session, round(at.timestamp() * 1000)) for session, at in rows]

    async def project_keys(self, session_id: str) -> list[str]:
        """The keys under which the session has a transcript of its own; [] when it is not known."""
        query = select(_ROWS.project_key).distinct().where(_ROWS.session_id == session_id, _ROWS.subpath == _MAIN)
        async with self._database.reading() as connection:
            return list((await connection.execute(query.order_by(_ROWS.project_key))).scalars())

    async def subpaths(self, project_key: str, session_id: str) -> list[str]:
        """The subpaths of a session, without its own transcript."""
        query = (
            select(_ROWS.subpath)
            .distinct()
            .where(_ROWS.project_key == project_key, _ROWS.session_id == session_id, _ROWS.subpath != _MAIN)
            .order_by(_ROWS.subpath)
        )
        async with self._database.reading() as connection:
            return list((await connection.execute(query)).scalars())

    async def delete(self, project_key: str, session_id: str, subpath: str | None = None) -> None:
        """Forget one subpath, or the whole session when `subpath` is None or ''."""
        doomed = delete(transcripts).where(_ROWS.project_key == project_key, _ROWS.session_id == session_id)
        if subpath:
            doomed = doomed.where(_ROWS.subpath == subpath)
        async with self._database.writing() as connection:
            await connection.execute(doomed)


def _uuid(entry: Mapping[str, Any]) -> str | None:
    uuid = entry.get("uuid")
    return uuid if isinstance(uuid, str) else None
