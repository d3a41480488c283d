"""A person's own page: what waits for an answer, what is under way, and what this week cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from adapters.chat.card import Action, ActionStyle, Card, Code, Field, Fields, Markdown, Section, Text, Tone, Weight
from bot.cards.approval import approval_card
from bot.cards.elapsed import shown_elapsed
from bot.cards.steps import activity_line
from bot.cards.task import standing, task_title
from bot.cards.task_actions import cancel_action, look_actions
from bot.cards.words import FACT, block, counted, line, prose
from core.domain.approval import Approval
from core.domain.cost import shown_usd
from core.domain.task import TaskState

if TYPE_CHECKING:  # the store's library takes long to load
    from core.views import TaskView

APPROVALS = 6
TASKS = 8
PROJECTS = 6
"""What is shown of each, so that a page of 100 blocks holds it; of more the number is said."""
DETAIL = 700
"""Characters of what is asked: the whole of it is on the approval's own card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An open approval that the person may decide, with the role that asks ('' when no agent does) and its task."""

    approval: Approval
    task_title: str
    role: str = ""


def home_cards(
    *,
    asked: Sequence[Asked],
    running: "Sequence[TaskView]",
    week_usd: Mapping[str, Decimal],
    may_submit: bool,
    now: datetime,
) -> tuple[Card, ...]:
    """The page from top to bottom: a summary, the questions, oldest first, and the tasks that have not ended.

    `week_usd` is what each project that the person may see cost since Monday; the most expensive comes first.
    """
    return (
        _summary(asked=len(asked), running=len(running), week_usd=week_usd, may_submit=may_submit),
        *(_question(each, now=now) for each in asked[:APPROVALS]),
        *_more(len(asked) - APPROVALS, "question", key="home:questions"),
        *(small_task_card(view, now=now) for view in running[:TASKS]),
        *_more(len(running) - TASKS, "task", key="home:tasks"),
    )


def small_task_card(view: "TaskView", *, now: datetime) -> Card:
    """A task in three lines: what it is, what happens now, how to hold it."""
    task = view.task
    status, tone = standing(view)
    doing = activity_line(view, now=now)
    paused = task.state is TaskState.PAUSED
    hold = (
        Action(label="Go on", command=f"resume {task.id}")
        if paused
        else Action(label="Pause", command=f"pause {task.id}")
    )
    elapsed = shown_elapsed(task.started_at or task.created_at, task.finished_at or now)
    return Card(
        key=task.id,
        title=task_title(task),
        status=status,
        tone=tone,
        sections=(Text(text=doing),) if doing else (),
        actions=(hold, cancel_action(task.id), *look_actions(view, minor=True)),
        footer=(line(task.project, 60), elapsed, shown_usd(view.bill.cost_usd)),
    )


def _summary(*, asked: int, running: int, week_usd: Mapping[str, Decimal], may_submit: bool) -> Card:
    total = sum(week_usd.values(), start=Decimal(0))
    waiting = f"{counted(asked, 'question')} for you" if asked else "nothing waits for you"
    sections: list[Section] = [Fields(fields=(Field(label="This week", value=shown_usd(total)), *_projects(week_usd)))]
    if not running and may_submit:
        sections.append(Text(text="Nothing is running. Say what you want done.", weight=Weight.NEXT))
    new = Action(label="New task…", style=ActionStyle.PRIMARY, command="new")
    looking = (Action(label="Costs", command="costs week"), Action(label="Help", command="help"))
    return Card(
        key="home",
        title="Your work",
        status=f"{counted(running, 'task')} under way, {waiting}",
        tone=Tone.WAITING if asked else Tone.WORKING if running else Tone.NEUTRAL,
        sections=tuple(sections),
        actions=(*((new,) if may_submit else ()), *looking),
    )


def _projects(week_usd: Mapping[str, Decimal]) -> tuple[Field, ...]:
    """Each project's share, where there are several."""
    if len(week_usd) < 2:
        return ()
    dearest = sorted(week_usd.items(), key=lambda item: (-item[1], item[0]))
    rest = sum((cost for _, cost in dearest[PROJECTS:]), start=Decimal(0))
    others = (Field(label="Others", value=shown_usd(rest)),) if len(dearest) > PROJECTS else ()
    return (*(Field(label=line(name, 60), value=shown_usd(cost)) for name, cost in dearest[:PROJECTS]), *others)


def _question(asked: Asked, *, now: datetime) -> Card:
    """The approval's card with the beginning of a long detail."""
    card = approval_card(asked.approval, role=asked.role, task_title=asked.task_title, now=now)
    return replace(card, sections=tuple(_shortened(section) for section in card.sections))


def _shortened(section: Section) -> Section:
    match section:
        case Code():
            return replace(section, text=block(section.text, DETAIL, see="View log"))
        case Markdown():
            return replace(section, text=prose(section.text, DETAIL, see="the task's thread"))
        case _:
            return section


def _more(number: int, what: str, *, key: str) -> tuple[Card, ...]:
    if number <= 0:
        return ()
    show = Action(label="Show all", command="status")
    return (Card(key=key, title=line(f"… and {counted(number, f'more {what}')}", FACT), actions=(show,)),)
