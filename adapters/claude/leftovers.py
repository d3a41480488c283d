"""Processes of an agent run that nobody watches any more: found by their mark, and ended."""

import time
from collections.abc import Iterator

import psutil

from adapters.claude.launch import MARK

GONE_WITHIN_S = 2.0


def end_leftovers(mark: str, *, within_s: float = GONE_WITHIN_S) -> int:
    """Kill every process marked with `mark` and wait for their end; how many there were. Blocks: use a thread.

    There are none as a rule: a launcher ends its own. This is for the case that a launcher itself was killed.
    """
    deadline = time.monotonic() + within_s
    ended = 0
    while found := list(_marked(mark)):
        for process in found:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        _, alive = psutil.wait_procs(found, timeout=max(0.0, deadline - time.monotonic()))
        ended += len(found) - len(alive)
        if time.monotonic() >= deadline:
            break
    return ended


def _marked(mark: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark:
                yield process
        except psutil.Error:
            # Gone meanwhile, or somebody else's: not one of ours.
            continue
