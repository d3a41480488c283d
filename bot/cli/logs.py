"""`orchestrator logs`: what an agent thought, said and did, once or as it happens."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import complete, parse
from bot.cli.invocation import invocation
from bot.cli.perform import perform

if TYPE_CHECKING:
    from bot.onlooker import Onlooker
    from core.domain.identity import AgentRunId
    from core.views import AgentRunView, TaskView

LOOK_EVERY_S = 0.3
"""Files tell nobody that they grew, so they are looked at."""


def logs(
    context: typer.Context,
    agent: Annotated[
        str,
        typer.Argument(
            metavar="AGENT",
            help="Agent run, such as T142.3, or a task for all of its agents.",
            autocompletion=complete.agents,
        ),
    ],
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as it is written, until it has ended.")] = False,
    tail: Annotated[
        int | None, typer.Option("--tail", "-n", min=0, help="Only the last so many lines of each agent.")
    ] = None,
    prompt: Annotated[bool, typer.Option("--prompt", help="Print what the agent was told, too.")] = False,
    path: Annotated[bool, typer.Option("--path", help="Only print where the files are.")] = False,
) -> None:
    """Print what an agent thought, said and did.

    Examples: orchestrator logs T142.3   ·   orchestrator logs 142 --follow
    """

    async def work() -> int:
        async with invocation(context).onlooker() as seen:
            task, name = parse.task_of_agent(agent), parse.agent_run_id(agent)
            view = await seen.reader.task(task)
            _check(view, name, agent)
            if follow and not path:
                await _follow(seen, view, name, tail=tail)
            else:
                _print(seen, view, name, prompt=prompt, path=path, tail=tail)
        return 0

    perform(context, work)


def _check(view: "TaskView", name: "AgentRunId | None", typed: str) -> None:
    """NotFoundError when there is no such agent run; a task without any may still get some."""
    from bot.agent_log import find_runs
    from core.domain.errors import NotFoundError
    from core.domain.task import FINAL_TASK_STATES

    if find_runs(view, name) or (name is None and view.task.state not in FINAL_TASK_STATES):
        return
    known = ", ".join(each.run.id for each in find_runs(view, None))
    raise NotFoundError("agent run", typed, hint=f"Agent runs of {view.task.id}: {known or 'none yet'}.")


def _print(
    seen: "Onlooker", view: "TaskView", name: "AgentRunId | None", *, prompt: bool, path: bool, tail: int | None
) -> None:
    from bot.agent_log import agent_log, find_runs, last_lines

    runs = find_runs(view, name)
    if not runs and not path:
        typer.echo(f"No agent of {view.task.id} has begun yet.")
    for run in runs:
        folder = seen.logs_of(run.run)
        page = str(folder) if path else agent_log(run, folder, prompt=prompt)
        typer.echo("\n".join(last_lines(page, tail)) if tail is not None and not path else page)


async def _follow(seen: "Onlooker", view: "TaskView", name: "AgentRunId | None", *, tail: int | None) -> None:
    """Print what is there, then what is added, until the agent (or the task) has ended."""
    from bot.agent_log import GrowingLog, find_runs
    from core.domain.task import AGENT_RUN_ENDS, FINAL_TASK_STATES

    known: dict[Path, GrowingLog] = {}
    speaker: Path | None = None
    while True:
        # the state is read before the files: what was written until the end is then not missed
        runs = find_runs(view, name)
        for run in runs:
            folder = seen.logs_of(run.run)
            log = known.setdefault(folder, GrowingLog(folder, tail=tail))
            if added := log.added():
                speaker = _speak(run, added, same=speaker == folder, folder=folder)
        ended = view.task.state in FINAL_TASK_STATES or (name and all(r.run.state in AGENT_RUN_ENDS for r in runs))
        if ended:
            _tell_end(view, runs)
            return
        await asyncio.sleep(LOOK_EVERY_S)
        view = await seen.reader.task(view.task.id)


def _speak(run: "AgentRunView", added: Sequence[str], *, same: bool, folder: Path) -> Path:
    if not same:
        typer.echo(f"── {run.run.id} · {run.run.role} · step {run.run.step}")
    for line in added:
        typer.echo(line)
    return folder


def _tell_end(view: "TaskView", runs: "Sequence[AgentRunView]") -> None:
    if len(runs) == 1:
        typer.echo(f"── {runs[0].run.id} is {runs[0].run.state.value}")
    else:
        typer.echo(f"── {view.task.id} is {view.task.state.value.replace('_', ' ')}")
