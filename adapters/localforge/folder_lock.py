"""One writer at a time in a folder, among threads and among processes."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import fasteners

from core.domain.errors import StoreLockedError

LOCK_TIMEOUT_S = 10.0


@contextmanager
def alone_in(folder: Path, *, mutex: threading.Lock) -> Generator[None]:
    """Make `folder` if need be and hold its lock; StoreLockedError when another process does not let go of it.

    The file lock keeps processes apart, but not the threads of one: `mutex` is the same for every user of the folder
    here.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = fasteners.InterProcessLock(folder / ".lock")
    with mutex:
        if not lock.acquire(timeout=LOCK_TIMEOUT_S):
            raise StoreLockedError(f"Another process holds {folder / '.lock'}.", hint="Try again when it is done.")
        try:
            yield
        finally:
            lock.release()
