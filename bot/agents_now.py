"""What agents do now, what they wait for, and what their log files hold: for the command line and for chats."""

from collections.abc import Sequence

from bot.agent_log import count_calls, tail_of
from bot.cards.agent import Limits, LoggedWork, doing
from bot.onlooker import Onlooker
from core.domain.identity import ProjectName
from core.queries import AgentEntry


async def doing_now(seen: Onlooker, entries: Sequence[AgentEntry]) -> list[str]:
    """One line for each run: what it does now, or why it waits."""
    room, worker, now = await seen.queries.room(), await seen.worker_running(), seen.clock()
    asked = {each.agent_run: each for each in reversed(await seen.reader.pending_approvals())}
    return [
        doing(
            entry,
            room=room,
            limits=limits_in(seen, entry.of.project),
            worker=worker,
            now=now,
            asks=asked.get(entry.run.id),
        )
        for entry in entries
    ]


def limits_in(seen: Onlooker, project: ProjectName) -> Limits:
    """How many agents may be at work at once, as far as it concerns `project`."""
    agents = seen.settings.agents
    bound = seen.settings.projects.get(project)
    own = bound.agents if bound is not None else None
    return Limits(everywhere=agents.concurrency, per_model=agents.per_model, in_project=own or agents.per_project)


def logged_work(seen: Onlooker, entry: AgentEntry) -> LoggedWork:
    """What the run's log files hold."""
    folder = seen.logs_of(entry.run)
    return LoggedWork(
        folder=str(folder),
        tool_calls=count_calls(folder / "tools.jsonl"),
        prompt=tail_of(folder / "prompt.txt", lines=6),
        said=tail_of(folder / "text.txt", lines=8),
    )
