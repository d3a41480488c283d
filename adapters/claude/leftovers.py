"""Processes of agent runs that nobody watches any more: found by their marks, and ended with all they started."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

from adapters.claude.launch import MARK, OWNER
from adapters.claude.owner import read_owner

GONE_WITHIN_S = 2.0

Environment = Mapping[str, str]


def end_leftovers(mark: str, *, within_s: float = GONE_WITHIN_S) -> int:
    """Kill every process marked with `mark`, and what comes from it, and wait for their end; how many there were.

    Blocks: use a thread.

    There are none as a rule: a launcher ends its own. This is for the case that a launcher itself was killed.
    """
    return _end(lambda environment: environment.get(MARK) == mark, within_s=within_s)


def end_orphans(run_folder: Path, *, within_s: float = GONE_WITHIN_S) -> int:
    """The same for all agents of `run_folder` whose owner no longer lives; those of living owners are left alone."""
    folder = run_folder.absolute()

    def orphaned(environment: Environment) -> bool:
        owner = read_owner(environment.get(OWNER, ""))
        return owner is not None and owner.run_folder == folder and not owner.alive

    return _end(orphaned, within_s=within_s)


def _end(wanted: Callable[[Environment], bool], *, within_s: float) -> int:
    deadline = time.monotonic() + within_s
    ended = 0
    while found := _found(wanted):
        for process in found:
            try:
                process.kill()
            except psutil.Error:
                continue
        _, alive = psutil.wait_procs(found, timeout=max(0.0, deadline - time.monotonic()))
        ended += len(found) - len(alive)
        if time.monotonic() >= deadline:
            break
    return ended


def _found(wanted: Callable[[Environment], bool]) -> list[psutil.Process]:
    """Those that are wanted, and all that come from them: these may have thrown the mark away."""
    found = [process for process in psutil.process_iter() if _is(process, wanted)]
    below = {child for process in found for child in _descendants(process)}
    return [*found, *below.difference(found)]


def _is(process: psutil.Process, wanted: Callable[[Environment], bool]) -> bool:
    try:
        return wanted(process.environ()) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        # Gone meanwhile, or somebody else's: not one of ours.
        return False


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    try:
        return [each for each in process.children(recursive=True) if each.status() != psutil.STATUS_ZOMBIE]
    except psutil.Error:
        return []
