"""The live card of a task: where it stands, who does what, what it costs, and what to do next."""

from datetime import datetime
from typing import TYPE_CHECKING

from adapters.chat.card import Action, ActionStyle, Card, Field, Fields, Section, StepList, StepRow, Text, Tone, Weight
from adapters.chat.text import one_line, printable
from bot.cards.elapsed import shown_elapsed
from core.domain.cost import shown_usd
from core.domain.task import FINAL_TASK_STATES, AgentRunState, Priority, StepState, Task, TaskState

if TYPE_CHECKING:  # the store's library takes long to load
    from core.views import StepView, TaskView

ACTIVITY_WIDTH = 120
TITLE_WIDTH = 100
FAILURE_CHARACTERS = 1_500
NOTICES_SHOWN = 3
FILES_SHOWN = 6
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


def task_card(view: "TaskView", *, now: datetime) -> Card:
    """The card of a task as it stands; `now` (UTC) only moves the times of what is still running."""
    task = view.task
    status, tone = _standing(view)
    end = task.finished_at or now
    sections: list[Section] = [StepList(rows=tuple(_row(step, view=view, now=end) for step in view.steps))]
    sections += _waiting(view)
    sections += _failure(task)
    sections += [Fields(fields=_facts(view))]
    sections += [
        Text(text=one_line(notice, width=200), weight=Weight.MUTED) for notice in view.notices[-NOTICES_SHOWN:]
    ]
    return Card(
        key=task.id,
        title=one_line(f"{task.id} · {task.title}", width=TITLE_WIDTH),
        status=status,
        tone=tone,
        url=_web_url(task.pull_request),
        sections=tuple(sections),
        actions=_actions(view),
        footer=(shown_elapsed(task.started_at or task.created_at, end), shown_usd(view.bill.cost_usd)),
    )


def _standing(view: "TaskView") -> tuple[str, Tone]:
    """Status and tone; a question to a person is said even while other steps go on."""
    state = view.task.state
    if view.waiting and state in {TaskState.PLANNING, TaskState.RUNNING}:
        return _STATUS[TaskState.AWAITING_APPROVAL]
    return _STATUS[state]


def _row(part: "StepView", *, view: "TaskView", now: datetime) -> StepRow:
    step = part.step
    begun = step.started_at is not None and step.state is not StepState.PENDING
    return StepRow(
        name=one_line(step.name, width=40),
        role=one_line(step.role, width=40),
        state=step.state,
        activity=one_line(_activity(part, view=view, now=now), width=ACTIVITY_WIDTH),
        cost=shown_usd(part.bill.cost_usd) if part.bill.calls else "",
        duration=shown_elapsed(step.started_at, step.finished_at or now) if begun else "",
        round=step.round,
    )


def _activity(part: "StepView", *, view: "TaskView", now: datetime) -> str:
    """What the step's agent does now, what it waits for, or what came out of it."""
    step = part.step
    match step.state:
        case StepState.RUNNING:
            return part.activity or _not_begun(part, task=view.task, now=now)
        case StepState.WAITING:
            asked = [approval for approval in view.waiting if approval.step == step.name]
            return f"Asks: {asked[0].title}" if asked else "Waiting"
        case StepState.FAILED:
            return step.summary or (part.runs[-1].run.error if part.runs else "")
        case StepState.PENDING:
            return ""
        case StepState.COMPLETED | StepState.SKIPPED | StepState.CANCELLED:
            return step.summary


def _not_begun(part: "StepView", *, task: Task, now: datetime) -> str:
    """Why the step's latest agent does nothing yet."""
    run = part.runs[-1].run if part.runs else None
    if task.state is TaskState.PAUSED:
        return "Paused"
    if run is None or run.state is not AgentRunState.QUEUED:
        return "Starting"
    if run.not_before is not None and now < run.not_before:
        tries = f", try {run.transient_failures + 1}" if run.transient_failures else ""
        return f"Tries again in {shown_elapsed(now, run.not_before)}{tries}"
    return "Waits for its turn"


def _waiting(view: "TaskView") -> list[Section]:
    return [
        Text(text=one_line(f"{approval.id} needs your answer: {approval.title}", width=200), weight=Weight.NEXT)
        for approval in view.waiting
    ]


def _failure(task: Task) -> list[Section]:
    if task.state is not TaskState.FAILED:
        return []
    failure = printable(task.failure[:FAILURE_CHARACTERS]).strip()
    return [Text(text=failure or "It failed without saying why.", weight=Weight.PROBLEM)]


def _facts(view: "TaskView") -> tuple[Field, ...]:
    task = view.task
    priority = "" if task.priority is Priority.NORMAL else task.priority.value
    facts = [
        ("Project", task.project),
        ("Branch", task.branch),
        ("Priority", priority),
        ("Model", task.model),
        ("Template", task.template),
        ("Forked from", task.forked_from or ""),
        ("Life", f"{task.life}: it was begun again" if task.life > 1 else ""),
    ]
    if task.state in FINAL_TASK_STATES:
        facts += [("Commit", task.commit[:COMMIT_SHOWN]), ("Pull request", task.pull_request), ("Files", _files(view))]
    shown = ((label, one_line(value, width=160)) for label, value in facts)
    return tuple(Field(label=label, value=value) for label, value in shown if value)


def _files(view: "TaskView") -> str:
    named = ", ".join(view.files[:FILES_SHOWN])
    more = len(view.files) - FILES_SHOWN
    return f"{named} and {more} more" if more > 0 else named


def _actions(view: "TaskView") -> tuple[Action, ...]:
    """What can be done now. Answers belong to the approval's own card."""
    task = view.task
    if task.state not in FINAL_TASK_STATES:
        cancel, resume = f"cancel {task.id}", f"resume {task.id}"
        ending = Action(token=cancel, label="Cancel", style=ActionStyle.DANGER, command=cancel)
        if task.state is not TaskState.PAUSED:
            return (ending,)
        return (Action(token=resume, label="Go on", style=ActionStyle.PRIMARY, command=resume), ending)
    if task.state is not TaskState.FAILED:
        return ()
    retry = f"retry {task.id}"
    stopped = [part.runs[-1].run.id for part in view.steps if part.step.state is StepState.FAILED and part.runs]
    return (
        *(Action(token=f"logs {run}", label="Read the log", command=f"logs {run}") for run in stopped[-1:]),
        Action(token=retry, label="Try again", command=retry),
    )


def _web_url(reference: str) -> str:
    return reference if reference.startswith(("https://", "http://")) and printable(reference) == reference else ""
