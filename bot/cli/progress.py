"""A bar on stderr for what takes long; nothing where nobody watches."""

import contextlib
import sys
from collections.abc import Callable, Generator

Step = Callable[[int, int], None]
"""Told how much is done, and of how much."""


@contextlib.contextmanager
def bar(label: str, *, quiet: bool = False) -> Generator[Step]:
    """A bar that is gone afterwards. Without a terminal on stderr, or when `quiet`, the steps are told to nobody."""
    if quiet or not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(label, total=None)
        yield lambda done, of: shown.update(task, completed=done, total=of)
