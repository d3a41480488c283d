"""The steps of a task for people: where each stands, what its agent does now, what came out, time and money."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from adapters.chat.card import StepRow
from bot.cards.agent import short_model
from bot.cards.elapsed import shown_elapsed
from bot.cards.moment import shown_moment
from bot.cards.words import line
from core.domain.cost import shown_usd
from core.domain.task import AgentRunState, StepState, Task, TaskState

if TYPE_CHECKING:  # the store's library takes long to load
    from core.views import StepView, TaskView

ACTIVITY = 120


def step_rows(view: "TaskView", *, now: datetime) -> tuple[StepRow, ...]:
    """A row for each step; `now` moves the times of those at work."""
    return tuple(_row(part, view=view, now=now) for part in view.steps)


def activity_line(view: "TaskView", *, now: datetime) -> str:
    """What happens now, in one line: the first open question, else what the steps at work do; '' for nothing."""
    if view.waiting:
        return line(f"{view.waiting[0].id} needs an answer: {view.waiting[0].title}", ACTIVITY)
    at_work = [part for part in view.steps if part.step.state in {StepState.RUNNING, StepState.WAITING}]
    doing = [f"{part.step.name}: {_activity(part, view=view, now=now)}" for part in at_work]
    return line(" · ".join(doing), ACTIVITY * 2)


def held_models(views: "Iterable[TaskView]", *, now: datetime) -> list[str]:
    """A line for each model that queued agents of these tasks wait for: until when, and why."""
    standings = {model: standing for view in views for model, standing in view.held.items()}
    return [
        line(f"{short_model(model)} is held until {shown_moment(until, now=now)}: {standing.reason}")
        for model, standing in sorted(standings.items())
        if (until := standing.held_until(now)) is not None
    ]


def _row(part: "StepView", *, view: "TaskView", now: datetime) -> StepRow:
    step = part.step
    begun = step.started_at is not None and step.state is not StepState.PENDING
    return StepRow(
        name=line(step.name, 40),
        role=line(step.role, 40),
        state=step.state,
        activity=line(_activity(part, view=view, now=now), ACTIVITY),
        cost=shown_usd(part.bill.cost_usd) if part.bill.calls else "",
        duration=shown_elapsed(step.started_at, step.finished_at or now) if begun else "",
        round=step.round,
        again_at=_again_at(part, task=view.task, now=now),
    )


def _again_at(part: "StepView", *, task: Task, now: datetime) -> str:
    """When the step's latest agent, which has failed for now, is tried again; '' when none is."""
    run = part.runs[-1].run if part.runs else None
    waits = part.step.state is StepState.RUNNING and task.state is not TaskState.PAUSED
    if run is None or not waits or run.state is not AgentRunState.QUEUED or not run.transient_failures:
        return ""
    if run.not_before is None or run.not_before <= now:
        return ""
    return f"{shown_moment(run.not_before, now=now)}, try {run.transient_failures + 1}"


def _activity(part: "StepView", *, view: "TaskView", now: datetime) -> str:
    """What the step's agent does now, what it waits for, or what came out of it."""
    step = part.step
    match step.state:
        case StepState.RUNNING:
            return part.activity or _not_begun(part, view=view, now=now)
        case StepState.WAITING:
            asked = [approval for approval in view.waiting if approval.step == step.name]
            return f"Asks: {asked[0].title}" if asked else "Waiting"
        case StepState.FAILED:
            return step.summary or (part.runs[-1].run.error if part.runs else "")
        case StepState.PENDING:
            return ""
        case StepState.COMPLETED | StepState.SKIPPED | StepState.CANCELLED:
            return step.summary


def _not_begun(part: "StepView", *, view: "TaskView", now: datetime) -> str:
    """Why the step's latest agent does nothing yet."""
    run = part.runs[-1].run if part.runs else None
    if view.task.state is TaskState.PAUSED:
        return "Paused"
    if run is None or run.state is not AgentRunState.QUEUED:
        return "Starting"
    if run.not_before is not None and now < run.not_before:
        tries = f", try {run.transient_failures + 1}" if run.transient_failures else ""
        return f"Tries again in {shown_elapsed(now, run.not_before)}{tries}"
    standing = view.held.get(run.model)
    until = standing.held_until(now) if standing else None
    # the moment, not how long: nobody draws the card anew while nothing happens
    return f"{short_model(run.model)} is held until {shown_moment(until, now=now)}" if until else "Waits for its turn"
