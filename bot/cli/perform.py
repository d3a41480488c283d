"""Running a command to its exit code: errors become one line on stderr, and a signal puts everything away first."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

import typer

from bot.cli.defect import report_defect
from bot.cli.exits import Exit, exit_code, told
from bot.cli.invocation import Invocation, invocation
from bot.cli.signals import Signals, whisper
from core.domain.errors import OrchestratorError

_STOPPED_BY = {
    signal.SIGINT: Exit.INTERRUPTED,
    signal.SIGTERM: Exit.TERMINATED,
    signal.SIGHUP: Exit.HUNG_UP,
}


def perform(context: typer.Context, work: Callable[[], Awaitable[int]]) -> NoReturn:
    """Run `work` and leave with its exit code; whatever is raised is told in one line."""
    signals = Signals()
    try:
        code = asyncio.run(_until_told(work, signals))
        sys.stdout.flush()
    except Exception as error:  # noqa: BLE001  # the last place where anything can be told in words
        code = _code_of(error, invocation(context), signals=signals)
    except (KeyboardInterrupt, asyncio.CancelledError):
        code = _STOPPED_BY.get(signals.first or signal.SIGINT, Exit.INTERRUPTED)
    _let_go_of_streams()
    raise SystemExit(code)


async def _until_told(work: Callable[[], Awaitable[int]], signals: Signals) -> int:
    current = asyncio.current_task()
    assert current is not None
    with signals.cancelling(current):
        return await work()


def _code_of(error: Exception, called: Invocation, *, signals: Signals) -> int:
    if isinstance(error, OrchestratorError):
        whisper(f"Error: {told(error)}")
        return exit_code(error)
    if isinstance(error, BrokenPipeError):
        return Exit.PIPE_CLOSED
    if signals.first is signal.SIGHUP and isinstance(error, OSError):
        # the terminal is gone, and something could not be written to it
        return Exit.HUNG_UP
    whisper(f"Error: {report_defect(error, called)}")
    return Exit.DEFECT


def _let_go_of_streams() -> None:
    """Nobody may read any more: then the interpreter must not complain, and change the exit code, at its own end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def print_json(document: Any) -> None:
    """One JSON document on stdout."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
