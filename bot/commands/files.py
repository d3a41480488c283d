"""Commands that hand over what agents did: logs, diff, compare."""

import asyncio
from collections.abc import Mapping

from adapters.chat.card import Action, Card, Code, Column, Section, Table, Text
from adapters.chat.file import File
from bot.agent_log import agent_log, find_runs, last_lines
from bot.cards.words import block, line
from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb
from bot.commands.growing import MOST_LINES, Growth
from bot.commands.notes import NOTE, note_card
from bot.commands.registry import Handler
from bot.commands.reply import Followed, Handed, Private, Reply
from bot.commands.scope import counted_option, own_run, seen_task
from bot.comparison import Side, compared, side_of, verdict
from core.domain.access import Act, may
from core.domain.errors import InvalidInputError, NotFoundError, WorkspaceError
from core.domain.identity import AgentRunId
from core.views import AgentRunView, TaskView

_MOST_BYTES = 5_000_000
"""Of one file; of a longer log the end is handed over."""
_MOST_SIDES = 5
_RECENT = 20
"""Lines of each agent that were written before somebody began to follow, and are shown first."""


async def diff(command: Command, asker: Asker, context: Context) -> Reply:
    """What a task changed, as a file."""
    view = await seen_task(command.target, asker, context)
    task = view.task
    try:
        text = await context.seen.diff(task)
    except WorkspaceError as error:
        # what the settings name no more cannot be in the message
        known = context.gate.projects.get(task.project)
        told = error.message.replace(known.repository, task.project) if known is not None else error.message
        raise WorkspaceError(told, hint=error.hint) from error
    if not text:
        return Private(card=note_card(f"{task.id} has not changed anything yet."))
    title = f"What {task.id} changed"
    file = File(name=f"{task.id}.diff", data=_bounded(text), title=title, language="diff")
    instead = Card(key=NOTE, title=title, sections=(Code(text=block(text, 2500), language="diff"),))
    return Handed(file=file, text=title, private=not _at_home(view, asker), instead=instead)


async def logs(command: Command, asker: Asker, context: Context) -> Reply:
    """What one agent, or each of a task, was told, said and did, as a file; or as it is written, with --follow."""
    view = await seen_task(command.target, asker, context)
    name = AgentRunId(command.target) if "." in command.target else None
    runs = find_runs(view, None) if name is None else [own_run(view, name)]
    tail = counted_option(command, "tail", default=0, most=100_000)
    growth = Growth(seen=context.seen, view=view, name=name, tail=min(tail or _RECENT, MOST_LINES))
    if command.has("follow") and not growth.has_ended():
        return await _followed(command, asker, context, growth=growth)
    if not runs:
        return Private(card=note_card(f"No agent of {view.task.id} has begun yet."))
    return await _log_file(command, asker, context, view=view)


async def _followed(command: Command, asker: Asker, context: Context, *, growth: Growth) -> Followed:
    view = growth.view

    async def whole() -> Handed:
        """The log as it is by then."""
        return await _log_file(command, asker, context, view=await context.seen.reader.task(view.task.id))

    return Followed(
        task=view.task.id,
        name=command.target,
        grows=growth,
        whole=whole,
        private=not _at_home(view, asker),
        instead=(await _log_file(command, asker, context, view=view)).instead,
    )


async def _log_file(command: Command, asker: Asker, context: Context, *, view: TaskView) -> Handed:
    runs = find_runs(view, AgentRunId(command.target) if "." in command.target else None)
    tail = 0 if command.has("follow") else counted_option(command, "tail", default=0, most=100_000)
    text = await asyncio.to_thread(_pages, runs, context, prompt=command.has("prompt"), tail=tail)
    title = f"Log of {command.target}"
    instead = Card(key=NOTE, title=title, sections=(Code(text=block(text[-2500:], 2500)),))
    file = File(name=f"{command.target}.log", data=_bounded(text, end=True), title=title)
    return Handed(file=file, text=title, private=not _at_home(view, asker), instead=instead)


async def compare(command: Command, asker: Asker, context: Context) -> Reply:
    """Tasks side by side, forks above all."""
    sides: list[Side] = []
    views: list[TaskView] = []
    names = list(dict.fromkeys(command.target.split()))
    if len(names) > _MOST_SIDES:
        raise InvalidInputError(f"At most {_MOST_SIDES} tasks fit beside each other.")
    for name in names:
        view = await seen_task(name, asker, context)
        verified = await context.seen.queries.verifications(view.task.id)
        sides.append(side_of(view, verified, await _diff(view, context), now=context.seen.clock()))
        views.append(view)
    if len(sides) == 1:
        return Private(
            card=note_card("One task cannot be compared.", hint="For example: /orchestrate compare T142 T143")
        )
    return Private(card=_comparison(sides, views, asker=asker))


def _comparison(sides: list[Side], views: list[TaskView], *, asker: Asker) -> Card:
    columns = (Column(label=""), *(Column(label=side.id) for side in sides))
    rows = tuple((label.capitalize(), *(line(cell, 60) for cell in cells)) for label, *cells in compared(sides))
    sections: list[Section] = [Table(columns=columns, rows=rows)]
    if best := verdict(sides):
        sections.append(Text(text=best))
    related = any(side.forked_from in {other.id for other in sides} for side in sides)
    mine = all(may(asker.access.get(view.task.project), Act.CONTROL) for view in views)
    actions = [Action(label=f"Keep {side.id}", command=f"keep {side.id}") for side in sides if related and mine]
    title = " and ".join(side.id for side in sides)
    return Card(key=NOTE, title=f"{title} compared", sections=tuple(sections), actions=tuple(actions))


async def _diff(view: TaskView, context: Context) -> str:
    try:
        return await context.seen.diff(view.task)
    except (WorkspaceError, NotFoundError):
        # the rest is worth comparing without it
        return ""


def _pages(runs: list[AgentRunView], context: Context, *, prompt: bool, tail: int) -> str:
    """The logs of `runs` one after the other, masked, without where they are on the server."""
    seen = context.seen
    pages = [agent_log(run, seen.logs_of(run.run), prompt=prompt, where=False) for run in runs]
    return seen.mask("\n\n".join("\n".join(last_lines(page, tail or None)) for page in pages)) + "\n"


def _at_home(view: TaskView, asker: Asker) -> bool:
    """Whether the asker stands where the task is talked about: there everybody may have the file."""
    home, here = view.task.place, asker.place
    return home is not None and (home.platform, home.space, home.channel) == (here.platform, here.space, here.channel)


def _bounded(text: str, *, end: bool = False) -> bytes:
    data = text.encode(errors="replace")
    if len(data) <= _MOST_BYTES:
        return data
    note = f"[{len(data) - _MOST_BYTES:,} bytes are left out here.]\n".encode()
    kept = data[-_MOST_BYTES:] if end else data[:_MOST_BYTES]
    whole = kept.decode(errors="ignore").encode()
    return note + whole if end else whole + b"\n" + note


HANDLERS: Mapping[Verb, Handler] = {Verb.DIFF: diff, Verb.LOGS: logs, Verb.COMPARE: compare}
