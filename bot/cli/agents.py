"""`orchestrator agents` and `orchestrator agent`: who is at work, who waits and why, and everything about one."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import complete, parse
from bot.cli.invocation import invocation
from bot.cli.perform import perform, print_json

if TYPE_CHECKING:
    from bot.onlooker import Onlooker
    from core.domain.task import AgentRun

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_HINT = "Agent runs look like T142.3; list them with: orchestrator agents --all"


def agents(
    context: typer.Context,
    project: Annotated[
        str, typer.Option("--project", "-p", help="Only this project.", autocompletion=complete.projects)
    ] = "",
    everything: Annotated[bool, typer.Option("--all", "-a", help="Those that have ended too, newest first.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most this many.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List agents: at work, queued and why, waiting for you.

    Example: orchestrator agents --all --limit 20
    """

    async def work() -> int:
        from bot.agents_now import doing_now

        async with invocation(context).onlooker() as seen:
            name = seen.settings.project(project).name if project else None
            entries = await seen.queries.agents(project=name, ended=everything, limit=limit)
            lines = await doing_now(seen, entries)
            room, now = await seen.queries.room(), seen.clock()
            places = seen.settings.agents.concurrency
        if as_json:
            from bot.documents import agent_document

            print_json([agent_document(each, doing=line, now=now) for each, line in zip(entries, lines, strict=True)])
        else:
            from bot.cli.tables import print_agents

            print_agents(entries, lines, at_work=room.at_work, places=places, now=now)
        return 0

    perform(context, work)


def agent(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="AGENT", help="Agent run, such as T142.3.", autocompletion=complete.agents)
    ],
    messages: Annotated[
        bool, typer.Option("--messages", help="List what it said, message by message, to fork at one of them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show everything about one agent.

    What it does, was told and said last, its usage, cost, attempts, memory and log folder.

    Example: orchestrator agent T142.3
    """

    async def work() -> int:
        run = parse.agent_run_id(name)
        if run is None:
            from core.domain.errors import InvalidInputError

            parse.task_of_agent(name)
            raise InvalidInputError(f"{name[:40]!r} is a task, not an agent run.", hint=_HINT)
        from bot.agents_now import doing_now, logged_work

        async with invocation(context).onlooker() as seen:
            detail = await seen.queries.agent(run)
            if messages:
                return await _tell_messages(seen, detail.entry.run, as_json=as_json)
            (line,) = await doing_now(seen, [detail.entry])
            logged = logged_work(seen, detail.entry)
            now = seen.clock()
        if as_json:
            from bot.documents import agent_detail_document

            print_json(agent_detail_document(detail, logged, doing=line, now=now))
        else:
            from bot.cards.agent import agent_card
            from bot.cli.tables import print_card

            print_card(agent_card(detail, logged, doing_now=line, now=now))
        return 0

    perform(context, work)


async def _tell_messages(seen: "Onlooker", run: "AgentRun", *, as_json: bool) -> int:
    from dataclasses import asdict

    from bot.said import said_by

    said = await said_by(seen, run)
    if as_json:
        print_json([asdict(message) for message in said])
        return 0
    for message in said:
        typer.echo(f"{message.number:4}  {message.at[11:19]}  {message.text}")
    told = f"Fork at one of them: orchestrator fork {run.task.removeprefix('T')} --at {run.id}:{len(said)}"
    typer.echo(told if said else f"{run.id} has said nothing yet.")
    return 0
