"""What the databases and the file system say when they fail, as this project's errors with what to do next."""

import errno
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from asyncpg import InterfaceError, InternalClientError, PostgresError
from sqlalchemy import exc

from core.domain.errors import ConflictError, OrchestratorError, StoreError, StoreFullError, StoreLockedError

_DRIVER_ERRORS = (exc.DBAPIError, exc.TimeoutError, sqlite3.Error, PostgresError, InterfaceError, InternalClientError)

_LOCKED_HINT = (
    "Another process is holding it: look for a second orchestrator, a backup or a database browser, then try again."
)
_FULL_HINT = (
    "Free some space there or point ORCHESTRATOR_HOME somewhere else, then try again; nothing half done was kept."
)
_READ_ONLY_HINT = "Make it writable for this user, or point ORCHESTRATOR_HOME at a folder that is."
_CORRUPT_HINT = "Restore it from a backup, or move the file away to begin with an empty one."
_UNREACHABLE_HINT = "Check that the server runs, and the host, port, user, password and name in the database URL."

# extended codes of an I/O error that mean no room: write, fsync, truncate, shared-memory size
_SQLITE_NO_ROOM = {
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
}


@contextmanager
def store_errors(where: str, *, writing: bool = True) -> Generator[None]:
    """Raise what the driver raises inside as a StoreError (or ConflictError) that names the database `where`."""
    try:
        yield
    except _DRIVER_ERRORS as error:
        raise _translated(error, where, writing=writing) from error


@contextmanager
def opening_errors(where: str) -> Generator[None]:
    """Like `store_errors`, while opening: here the operating system's own refusals come from the database too."""
    try:
        with store_errors(where):
            yield
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise StoreFullError(f"There is no permission to write to {where}.", hint=_READ_ONLY_HINT) from error
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StoreFullError(f"There is no room to write to {where}.", hint=_FULL_HINT) from error
        if error.errno in (errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP):
            reason = f"The database {where} cannot be made: {error.strerror}"
            raise StoreError(
                f"{reason}.", hint="Point ORCHESTRATOR_HOME at a folder, or at where one can be."
            ) from error
        raise StoreError(f"The database {where} cannot be opened: {error}.", hint=_UNREACHABLE_HINT) from error


def _translated(error: Exception, where: str, *, writing: bool) -> OrchestratorError:
    if isinstance(error, exc.TimeoutError):
        return StoreLockedError(f"The database {where} stayed busy with this program's own work.", hint=_LOCKED_HINT)
    if isinstance(error, exc.IntegrityError):
        return ConflictError(f"The database {where} already holds this, or lacks what it refers to: {_reason(error)}.")
    driver_error = error.driver_exception if isinstance(error, exc.DBAPIError) else error
    if isinstance(driver_error, sqlite3.Error):
        return _sqlite(driver_error, where, writing=writing)
    return _postgres(driver_error, where, writing=writing)


def _reason(error: BaseException) -> str:
    """The driver's own words, first line only: what follows can hold data."""
    text = str(error.orig if isinstance(error, exc.DBAPIError) else error).partition("\n")[0].strip().rstrip(".")
    return text or type(error).__name__


def _sqlite(error: sqlite3.Error, where: str, *, writing: bool) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0)
    primary = code & 0xFF
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreLockedError(f"The database {where} stayed locked.", hint=_LOCKED_HINT)
    if primary == sqlite3.SQLITE_READONLY:
        return _read_only(where) if writing else _reading_only(where)
    if primary == sqlite3.SQLITE_FULL or code in _SQLITE_NO_ROOM:
        return StoreFullError(f"There is no room to write to {where}: {_reason(error)}.", hint=_FULL_HINT)
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreError(f"{where} is not a sound database: {_reason(error)}.", hint=_CORRUPT_HINT)
    if primary == sqlite3.SQLITE_CANTOPEN:
        return StoreError(f"The database {where} cannot be opened: {_reason(error)}.", hint=_READ_ONLY_HINT)
    return StoreError(f"The database {where} failed: {_reason(error)}.", hint="See the log for the cause.")


def _postgres(error: BaseException | None, where: str, *, writing: bool) -> StoreError:
    state = str(getattr(error, "sqlstate", None) or "")
    reason = _reason(error) if error else "no reason given"
    if state in ("55P03", "40P01", "40001"):
        return StoreLockedError(f"The database {where} stayed locked: {reason}.", hint=_LOCKED_HINT)
    if state == "25006":
        return _read_only(where) if writing else _reading_only(where)
    if state == "53100":
        return StoreFullError(f"There is no room to write to {where}: {reason}.", hint=_FULL_HINT)
    if state.startswith(("08", "28", "3D", "53", "57P")) or not state:
        return StoreError(f"The database {where} cannot be reached: {reason}.", hint=_UNREACHABLE_HINT)
    return StoreError(f"The database {where} failed: {reason}.", hint="See the log for the cause.")


def _read_only(where: str) -> StoreFullError:
    return StoreFullError(f"The database {where} is read-only.", hint=_READ_ONLY_HINT)


def _reading_only(where: str) -> StoreError:
    return StoreError(
        f"Something tried to write to {where} while only reading.", hint="Open Store.transaction() for changes."
    )
