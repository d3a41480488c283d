"""Listings as cards: few columns, so that they are read on a phone too (pure)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from adapters.chat.card import Action, Card, Column, Section, Table, Text, Tone, Weight
from bot.cards.agent import since
from bot.cards.elapsed import shown_duration
from bot.cards.steps import held_models
from bot.cards.words import counted, line
from bot.commands.notes import NOTE
from bot.documents import task_duration_s
from core.domain.approval import Approval
from core.domain.cost import shown_usd
from core.domain.identity import ProjectName
from core.domain.project import Project
from core.domain.task import FINAL_TASK_STATES, Priority, Task

if TYPE_CHECKING:  # the store's library takes long to load
    from adapters.claude.conversation import Said
    from core.queries import AgentEntry, ProjectFigures
    from core.views import TaskView

_START = "Say what you want done, for example: /orchestrate fix issue #123"
_TITLE = 60
_SAID = 120
_MESSAGES = 20
_DOING = 80
_BUTTONS = 5
_ROWS = 15
"""Of a listing nobody asked a length for."""


def status_card(
    views: "Sequence[TaskView]", waiting: Sequence[Approval], *, worker: bool, undelivered: int = 0, now: datetime
) -> Card:
    """Open tasks and what waits for an answer; `undelivered` is how many messages were given up."""
    if not views:
        sections: list[Section] = [Text(text=_START, weight=Weight.NEXT)]
        title = "Nothing is running"
    else:
        title = f"{counted(len(views), 'task')} under way"
        sections = [_tasks(views[:_ROWS], now=now)]
    if len(views) > _ROWS:
        sections.append(
            Text(text=f"… and {len(views) - _ROWS} more: /orchestrate tasks --limit 50", weight=Weight.MUTED)
        )
    sections += [Text(text=held, weight=Weight.MUTED) for held in held_models(views, now=now)]
    sections += [
        Text(text=line(f"{each.id} waits for an answer ({each.task}): {each.title}"), weight=Weight.NEXT)
        for each in waiting[:_ROWS]
    ]
    if len(waiting) > _ROWS:
        sections.append(Text(text=f"… and {len(waiting) - _ROWS} more questions.", weight=Weight.NEXT))
    if views and not worker:
        sections.append(Text(text="No worker is running, so nothing moves.", weight=Weight.PROBLEM))
    if undelivered:
        given_up = f"{counted(undelivered, 'message')} could not be delivered. On the server: orchestrator doctor"
        sections.append(Text(text=given_up, weight=Weight.PROBLEM))
    named = dict.fromkeys([*(each.task for each in waiting), *(view.task.id for view in views)])
    actions = tuple(Action(label=f"Show {task}", command=f"task {task}") for task in list(named)[:_BUTTONS])
    tone = Tone.WAITING if waiting else Tone.WORKING if views else Tone.NEUTRAL
    status = f"{counted(len(waiting), 'question')} open" if waiting else ""
    return Card(key=NOTE, title=title, status=status, tone=tone, sections=tuple(sections), actions=actions)


def tasks_card(views: "Sequence[TaskView]", *, state: str, now: datetime) -> Card:
    """The newest tasks; `state` says which were asked for, '' for all."""
    kind = f"{state.replace('_', ' ')} " if state else ""
    if not views:
        hint = Text(text=_START, weight=Weight.NEXT)
        return Card(key=NOTE, title=f"No {kind}tasks yet", sections=(hint,))
    title = f"The newest {kind}tasks" if len(views) > 1 else f"One {kind}task"
    actions = tuple(Action(label=f"Show {view.task.id}", command=f"task {view.task.id}") for view in views[:_BUTTONS])
    return Card(key=NOTE, title=title, sections=(_tasks(views, now=now),), actions=actions)


def agents_card(
    entries: "Sequence[AgentEntry]", doing: Sequence[str], *, at_work: int, places: int, now: datetime
) -> Card:
    """Agent runs, what each does, and how many may be at work at once."""
    if not entries:
        return Card(key=NOTE, title="No agents are at work", sections=(Text(text=_START, weight=Weight.NEXT),))
    columns = tuple(Column(label=name, number=name in {"Time", "Cost"}) for name in _AGENT_COLUMNS)
    rows = tuple(
        (
            entry.run.id,
            line(entry.run.role, 30),
            line(f"{entry.run.state.value}: {text}" if text else entry.run.state.value, _DOING),
            since(entry.run, now=now),
            shown_usd(entry.bill.cost_usd),
        )
        for entry, text in zip(entries, doing, strict=True)
    )
    actions = tuple(Action(label=f"Show {each.run.id}", command=f"agent {each.run.id}") for each in entries[:_BUTTONS])
    title = f"{at_work} of {counted(places, 'agent')} at work"
    return Card(key=NOTE, title=title, sections=(Table(columns=columns, rows=rows),), actions=actions)


def messages_card(run: str, said: "Sequence[Said]") -> Card:
    """What an agent said, numbered, the newest of it: a fork can go its own way from one of these."""
    if not said:
        return Card(key=NOTE, title=f"{run} has said nothing yet")
    columns = (Column(label="No.", number=True), Column(label="Said"))
    rows = tuple((f"{each.number}", line(each.text, _SAID)) for each in said[-_MESSAGES:])
    task = run.partition(".")[0]
    how = f"To go another way from one of them: /orchestrate fork {task} --at {run}:{said[-1].number}"
    sections: list[Section] = [Table(columns=columns, rows=rows), Text(text=how, weight=Weight.NEXT)]
    if len(said) > _MESSAGES:
        sections.insert(0, Text(text=f"{len(said) - _MESSAGES} earlier ones are in its log.", weight=Weight.MUTED))
    return Card(key=NOTE, title=f"What {run} said", sections=tuple(sections))


def projects_card(
    projects: Sequence[Project],
    figures: "Mapping[ProjectName, ProjectFigures]",
    *,
    archived: Collection[ProjectName],
    bound: ProjectName | None,
) -> Card:
    """Projects with their open tasks and cost; `bound` is what this channel is about."""
    if not projects:
        return Card(key=NOTE, title="There is no project that you may see")
    rows: list[tuple[str, ...]] = []
    for each in projects:
        known = figures.get(each.name)
        state = "archived" if each.name in archived else "this channel" if each.name == bound else ""
        counts = (f"{known.open}", f"{known.tasks}", shown_usd(known.cost_usd)) if known else ("0", "0", "$0.00")
        rows.append((line(each.name, 40), *counts, state))
    labels = ("Project", "Open", "Tasks", "Cost", "")
    columns = tuple(Column(label=name, number=name in {"Open", "Tasks", "Cost"}) for name in labels)
    actions = tuple(
        Action(label=f"Show {each.name}", command=f"project show {each.name}") for each in projects[:_BUTTONS]
    )
    return Card(key=NOTE, title="Projects", sections=(Table(columns=columns, rows=tuple(rows)),), actions=actions)


_AGENT_COLUMNS = ("Agent", "Role", "Now", "Time", "Cost")
_TASK_COLUMNS = ("Task", "State", "Project", "Title", "Time", "Cost")


def _tasks(views: "Sequence[TaskView]", *, now: datetime) -> Table:
    several = len({view.task.project for view in views}) > 1
    shown = [name for name in _TASK_COLUMNS if several or name != "Project"]
    rows: list[tuple[str, ...]] = []
    for view in views:
        task = view.task
        cells = {
            "Task": task.id,
            "State": _state(task),
            "Project": line(task.project, 30),
            "Title": line(task.title, _TITLE),
            "Time": shown_duration(task_duration_s(task, now=now)),
            "Cost": shown_usd(view.bill.cost_usd),
        }
        rows.append(tuple(cells[name] for name in shown))
    columns = tuple(Column(label=name, number=name in {"Time", "Cost"}) for name in shown)
    return Table(columns=columns, rows=tuple(rows))


def _state(task: Task) -> str:
    state = task.state.value.replace("_", " ")
    matters = task.priority is not Priority.NORMAL and task.state not in FINAL_TASK_STATES
    return f"{state}, {task.priority.value}" if matters else state
