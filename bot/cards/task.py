"""The live card of a task: where it stands, who does what, what it costs, and what to do next."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from adapters.chat.card import Card, Field, Fields, Meter, Section, StepList, Text, Tone, Weight
from bot.cards.elapsed import shown_elapsed
from bot.cards.estimate import against_estimate, shown_estimate
from bot.cards.person import NOBODY, Names, shown_person
from bot.cards.pull_request import forge_wait_words, pull_request_standing, pull_request_url
from bot.cards.steps import step_rows
from bot.cards.task_actions import task_actions
from bot.cards.words import TITLE, block, counted, facts, line, listed
from core.budgets.names import budget_name
from core.domain.cost import shown_usd
from core.domain.limit import Budget
from core.domain.task import FINAL_TASK_STATES, Priority, Task, TaskState
from core.estimates.passing import first_passing

if TYPE_CHECKING:  # the store's library takes long to load
    from core.views import TaskView

FAILURE = 1_500
NOTICES_SHOWN = 3
WAITING_SHOWN = 4
COMMIT_SHOWN = 10

_STATUS: dict[TaskState, tuple[str, Tone]] = {
    TaskState.QUEUED: ("Queued", Tone.NEUTRAL),
    TaskState.PLANNING: ("Planning", Tone.WORKING),
    TaskState.AWAITING_APPROVAL: ("Waiting for you", Tone.WAITING),
    TaskState.RUNNING: ("Working", Tone.WORKING),
    TaskState.PAUSED: ("Paused", Tone.WAITING),
    TaskState.COMPLETED: ("Done", Tone.GOOD),
    TaskState.FAILED: ("Failed", Tone.BAD),
    TaskState.CANCELLED: ("Cancelled", Tone.NEUTRAL),
}
NOT_FINISHED = ("Not finished", Tone.WAITING)
"""Ended before all was done, with what is there offered all the same."""


def task_card(view: "TaskView", *, now: datetime, names: Names = NOBODY) -> Card:
    """The card of a task as it stands; `now` (UTC) only moves the times of what is still running.

    Who asked for the work is said when `names` knows them.
    """
    task = view.task
    status, tone = standing(view)
    end = task.finished_at or now
    return Card(
        key=task.id,
        title=task_title(task),
        status=status,
        tone=tone,
        url=pull_request_url(task),
        sections=(
            StepList(rows=step_rows(view, now=end)),
            *_waiting(view),
            *_failure(task),
            *_forge(task, now=now),
            *(() if task.budget_usd is None else (budget_meter(view.bill.cost_usd, task.budget_usd),)),
            *_passes(view),
            Fields(fields=_facts(view, names=names, now=now)),
            *(Text(text=line(notice, 200), weight=Weight.MUTED) for notice in view.notices[-NOTICES_SHOWN:]),
        ),
        actions=task_actions(view),
        footer=(shown_elapsed(task.started_at or task.created_at, end), shown_usd(view.bill.cost_usd)),
    )


def task_title(task: Task) -> str:
    """`T142 · Fix issue #123`."""
    return line(f"{task.id} · {task.title}", TITLE)


def budget_meter(spent: Decimal, budget: Decimal) -> Meter:
    """How much of the most it may cost is spent; both in US dollars."""
    share = float(spent / budget) if budget > 0 else 1.0
    return Meter(label="Budget", share=max(0.0, share), text=f"{shown_usd(spent)} of {shown_usd(budget)}")


def _passes(view: "TaskView") -> list[Section]:
    """At which step the first of its budgets will likely be passed, while that is likely."""
    found = first_passing(view)
    if found is None:
        return []
    where = f"at step {found.at.number} ({found.at.step})"
    return [Text(text=line(f"Will likely pass {_budget(found.budget)} {where}, and asks then.", 200))]


def _budget(budget: Budget | None) -> str:
    """As it is called where everybody reads it who sees the task: of a person, or of all projects, no more is told."""
    if budget is None:
        return "its budget"
    return budget_name(budget.scope, budget.unit) if budget.scope.is_open else "a budget that it shares"


def standing(view: "TaskView") -> tuple[str, Tone]:
    """Status and tone; a question to a person is said even while other steps go on."""
    state = view.task.state
    if view.waiting and state in {TaskState.PLANNING, TaskState.RUNNING}:
        return _STATUS[TaskState.AWAITING_APPROVAL]
    if state is TaskState.COMPLETED and view.task.unfinished:
        return NOT_FINISHED
    return _STATUS[state]


def _waiting(view: "TaskView") -> list[Section]:
    lines = [f"{approval.id} needs your answer: {approval.title}" for approval in view.waiting[:WAITING_SHOWN]]
    more = len(view.waiting) - WAITING_SHOWN
    if more > 0:
        lines.append(f"{counted(more, 'more question')} after that")
    return [Text(text=line(each, 200), weight=Weight.NEXT) for each in lines]


def _failure(task: Task) -> list[Section]:
    if task.state is not TaskState.FAILED:
        return []
    failure = block(task.failure, FAILURE, see="View log")
    return [Text(text=failure or "It failed without saying why.", weight=Weight.PROBLEM)]


def _forge(task: Task, *, now: datetime) -> list[Section]:
    words = "" if task.state in FINAL_TASK_STATES else forge_wait_words(task, now=now)
    return [Text(text=words, weight=Weight.MUTED)] if words else []


def _facts(view: "TaskView", *, names: Names, now: datetime) -> tuple[Field, ...]:
    task = view.task
    priority = "" if task.priority is Priority.NORMAL else task.priority.value
    told = [
        ("Project", task.project),
        ("Asked by", shown_person(task.requested_by, names) if task.requested_by in names else ""),
        ("Estimate", against_estimate(view, now=now) or shown_estimate(task.estimate)),
        ("Branch", task.branch),
        ("Priority", priority),
        ("Model", task.model),
        ("Template", task.template),
        ("Forked from", task.forked_from or ""),
        ("Pull request", pull_request_standing(task, view.checks)),
        ("Life", f"{task.life}: it was begun again" if task.life > 1 else ""),
    ]
    if task.state in FINAL_TASK_STATES:
        told += [
            ("Commit", task.commit[:COMMIT_SHOWN]),
            ("Files", listed(view.files)),
        ]
    return facts(told)
