"""Brings a database to the tables this version of the program expects: only forwards, one process at a time."""

import asyncio
import fcntl
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import Connection, String, column, inspect, select, table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.errors import ConfigurationError, StoreLockedError
from core.store.database import Database
from core.store.failures import opening_errors

VERSION_TABLE = "orchestrator_schema"
"""Where the database remembers its version; named so that it meets nobody else's in a shared database."""
HEAD = "0014"
"""The newest version; a test compares it with the scripts. Knowing it, a current database needs no Alembic, which
takes longer to load than most commands take altogether."""

_FOLDER = Path(__file__).parent / "migrations"
_LOCK_WAIT_S = 120.0
_LOCK_POLL_S = 0.05
_OPEN = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
# any constant will do, as long as nobody else in the database uses it
_ADVISORY_LOCK = 0x6F726368


async def migrate(database: Database) -> None:
    """Run the missing migrations in one transaction, so that a crash leaves the old version or the new one.

    ConfigurationError when the database was written by a newer program; StoreLockedError when another process
    migrates for longer than two minutes.
    """
    async with _migration_lock(database):
        async with database.reading() as connection:
            if await connection.run_sync(_is_current, database.where):
                return
        async with database.writing() as connection:
            await _wait_for_other_migrators(connection)
            if not await connection.run_sync(_is_current, database.where):
                await connection.run_sync(_upgrade)


@asynccontextmanager
async def _migration_lock(database: Database) -> AsyncGenerator[None, None]:
    """On SQLite a lock file beside the database: even the first switch to the write-ahead log wants to be alone."""
    if database.path is None:
        yield
        return
    with opening_errors(database.where):
        # flock, not lockf: it also keeps two stores of one process apart, and closing the file elsewhere keeps it
        descriptor = os.open(database.path.with_name(f"{database.path.name}.migrate.lock"), _OPEN, 0o600)
    try:
        await _acquire(descriptor, database.where)
        yield
    finally:
        os.close(descriptor)


async def _acquire(descriptor: int, where: str) -> None:
    try:
        async with asyncio.timeout(_LOCK_WAIT_S):
            with opening_errors(where):
                while not _locked(descriptor):  # noqa: ASYNC110  # another process cannot set our Event
                    await asyncio.sleep(_LOCK_POLL_S)
    except TimeoutError as error:
        raise StoreLockedError(
            f"Another process has been migrating {where} for {_LOCK_WAIT_S:.0f} s.",
            hint="Wait for it, or end it when it hangs; an interrupted migration is undone.",
        ) from error


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


async def _wait_for_other_migrators(connection: AsyncConnection) -> None:
    if connection.dialect.name == "postgresql":
        await connection.execute(text(f"SET LOCAL lock_timeout = {round(_LOCK_WAIT_S * 1000)}"))
        await connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))


def _is_current(connection: Connection, where: str) -> bool:
    version = _version(connection)
    if version is not None and version not in _known_versions():
        raise ConfigurationError(
            f"The database {where} was written by a newer version of this program.",
            source="database url",
            hint="Install that version or a later one; going back to an older one is not possible.",
        )
    return version == HEAD


def _version(connection: Connection) -> str | None:
    """What the database says of itself; None for an empty one."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(select(column("version_num", String)).select_from(table(VERSION_TABLE))).scalar()


def _known_versions() -> frozenset[str]:
    """A migration's file begins with its version."""
    return frozenset(path.name.partition("_")[0] for path in (_FOLDER / "versions").glob("[0-9]*_*.py"))


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    # the parser would take a lone % in the path for a substitution
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = VERSION_TABLE
    command.upgrade(config, "head")
