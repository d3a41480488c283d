"""How a task ended: what came of it or what went wrong, what is kept, what it cost, and what can be done now."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from adapters.chat.card import Action, Card, Field, Fields, Markdown, Section, Table, Text, Tone, Weight
from bot.cards.bill import short_bill
from bot.cards.elapsed import shown_elapsed
from bot.cards.estimate import against_estimate
from bot.cards.person import NOBODY, Names, shown_person
from bot.cards.pull_request import pull_request_standing, pull_request_url
from bot.cards.result import summary_of
from bot.cards.task import NOT_FINISHED, task_title
from bot.cards.task_actions import look_actions, publish_actions, retry_action
from bot.cards.words import PARAGRAPH, SENTENCE, block, counted, facts, line, listed, prose
from core.domain.cost import shown_usd
from core.domain.event import WorkVerified
from core.domain.identity import PersonId
from core.domain.task import Step, StepState, TaskState

if TYPE_CHECKING:  # the store's library takes long to load
    from core.views import StepView, TaskView

STEPS_TOLD = 8
_UNSAID = "Cancelled by a person."
"""What stands for a reason when nobody gave one."""
_ENDS = {
    TaskState.COMPLETED: ("is done", "Done", Tone.GOOD),
    TaskState.FAILED: ("failed", "Failed", Tone.BAD),
    TaskState.CANCELLED: ("was cancelled", "Cancelled", Tone.NEUTRAL),
}


def ended_card(
    view: "TaskView",
    *,
    now: datetime,
    verified: Sequence[WorkVerified] = (),
    by: PersonId | None = None,
    reason: str = "",
    names: Names = NOBODY,
) -> Card:
    """The result of a task that has ended.

    `verified` are our own runs of the verify command, oldest first; `by` and `reason` are who cancelled it and why.
    """
    task = view.task
    early = task.state is TaskState.COMPLETED and bool(task.unfinished)
    how, status, tone = ("is offered unfinished", *NOT_FINISHED) if early else _ENDS[task.state]
    spent = shown_usd(view.bill.cost_usd)
    took = shown_elapsed(task.started_at or task.created_at, task.finished_at or now)
    return Card(
        key=f"{task.id}:ended:{task.life}",
        title=task_title(task),
        status=status,
        tone=tone,
        sections=(
            *_what_happened(view, by=shown_person(by, names), reason=reason),
            Fields(fields=_facts(view, verified, now=now)),
            *_bill(view),
        ),
        actions=_actions(view),
        footer=(took, spent),
        about=line(f"{task.id} {how} · {task.title} · {took} · {spent}", SENTENCE),
    )


def _what_happened(view: "TaskView", *, by: str, reason: str) -> tuple[Section, ...]:
    match view.task.state:
        case TaskState.FAILED:
            why = block(view.task.failure, PARAGRAPH, see="View log") or "It failed without saying why."
            return (Text(text=why, weight=Weight.PROBLEM), Text(text=_next_step(view), weight=Weight.NEXT))
        case TaskState.CANCELLED:
            why = "" if by and reason == _UNSAID else reason
            words = f"By {by}: {why}" if by and why else f"By {by}." if by else why
            return (Text(text=line(words, SENTENCE)),) if words else ()
        case _ if view.task.unfinished:
            return (Text(text=line(view.task.unfinished, SENTENCE)), *_summary(view))
        case _:
            return _summary(view)


def _summary(view: "TaskView") -> tuple[Section, ...]:
    """What was done, in the words of who changed something last."""
    step = _teller(view)
    told = (summary_of(step.result) or step.summary) if step else ""
    return (Markdown(text=prose(told, PARAGRAPH, see="View log")),) if told.strip() else ()


def _teller(view: "TaskView") -> Step | None:
    """The last step that changed files, or where none did the last one of all; None when nothing was completed."""
    done = [part.step for part in view.steps if part.step.state is StepState.COMPLETED]
    # a plan names files too, and changes none
    changed = [step for step in done if "files" in (step.result or {}) and "steps" not in (step.result or {})]
    return next(reversed(changed or done), None)


def _judged(view: "TaskView") -> list[tuple[str, str]]:
    """What those said who looked at the work after it was done; the tests have their own line."""
    teller = _teller(view)
    after = [part.step for part in view.steps if teller and part.step.position > teller.position]
    told = [step for step in after if step.state is StepState.COMPLETED and "passed" not in (step.result or {})]
    return [(step.name.capitalize(), step.summary) for step in told][:STEPS_TOLD]


def _next_step(view: "TaskView") -> str:
    """What to press after a failure, in one line."""
    failed = _failed(view)
    again = f"Try again begins with {failed.step.name}" if failed else "Try again begins where it stopped"
    fork = "; Fork… goes another way with what you say" if any(part.step.base_commit for part in view.steps) else ""
    return line(f"{again}{fork}.", SENTENCE)


def _facts(view: "TaskView", verified: Sequence[WorkVerified], *, now: datetime) -> tuple[Field, ...]:
    task = view.task
    failed = _failed(view)
    return facts(
        (
            ("Pull request", pull_request_url(task) or pull_request_standing(task, view.checks)),
            ("Failed at", _where(failed) if failed and task.state is TaskState.FAILED else ""),
            ("Files changed", f"{len(view.files)}: {listed(view.files)}" if view.files else "none"),
            ("Tests", _tests(view, verified)),
            *(_judged(view) if task.state is TaskState.COMPLETED else ()),
            ("Kept", _kept(view)),
            ("Estimate", against_estimate(view, now=now)),
        )
    )


def _tests(view: "TaskView", verified: Sequence[WorkVerified]) -> str:
    """What is known of the tests: our own run of them before the word of an agent; '' when nobody ran any."""
    said = [part.step for part in view.steps if "passed" in (part.step.result or {})]
    told = summary_of(said[-1].result) if said else ""
    if verified:
        last = verified[-1]
        return f"{'passed' if last.passed else 'failed'}: {last.command}{f' · {told}' if told else ''}"
    if not said:
        return ""
    passed = (said[-1].result or {}).get("passed") is True
    return f"{'passed' if passed else 'failed'}, says the {said[-1].role}{f': {told}' if told else ''}"


def _kept(view: "TaskView") -> str:
    """Where the work is, unless a pull request says it."""
    task = view.task
    if task.pull_request or not task.branch:
        return ""
    return f"branch {task.branch}" if task.commit else "nothing was committed"


def _failed(view: "TaskView") -> "StepView | None":
    """The step that ended it, None when it was not a step."""
    return next((part for part in reversed(view.steps) if part.step.state is StepState.FAILED), None)


def _where(part: "StepView") -> str:
    runs = f", {counted(len(part.runs), 'agent')} tried" if len(part.runs) > 1 else ""
    return f"{part.step.name} ({part.step.role}){runs}"


def _bill(view: "TaskView") -> tuple[Table, ...]:
    return (short_bill(view),) if view.bill.calls else ()


def _actions(view: "TaskView") -> tuple[Action, ...]:
    """Everything is on a button of its own: this card is where people come back to."""
    task = view.task
    match task.state:
        case TaskState.FAILED:
            return (retry_action(task.id), *publish_actions(view), *look_actions(view))
        case TaskState.CANCELLED:
            again = Action(label="Try again", command=f"retry {task.id}")
            return (again, *publish_actions(view), *look_actions(view))
        case _:
            return look_actions(view)
