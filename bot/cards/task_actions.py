"""What can be done with a task as it stands: the answers it waits for, then what moves it, then what only looks."""

from typing import TYPE_CHECKING

from adapters.chat.card import Action, ActionStyle
from bot.cards.approval_actions import ALWAYS, approval_actions
from core.domain.approval import Approval, ApprovalKind
from core.domain.identity import TaskId
from core.domain.task import AT_WORK, FINAL_TASK_STATES, StepState, TaskState

if TYPE_CHECKING:  # the store's library takes long to load
    from core.views import TaskView


def task_actions(view: "TaskView") -> tuple[Action, ...]:
    """The buttons of the task's live card."""
    task = view.task
    if task.state in FINAL_TASK_STATES:
        return (*_again(view), *look_actions(view, minor=True))
    answers = _answers(view.waiting[0]) if view.waiting else ()
    go_on = Action(label="Go on", style=ActionStyle.PRIMARY, command=f"resume {task.id}")
    pause = Action(label="Pause", command=f"pause {task.id}", minor=bool(answers))
    return (
        *answers,
        go_on if task.state is TaskState.PAUSED else pause,
        cancel_action(task.id),
        *look_actions(view, minor=True),
    )


def cancel_action(task: TaskId) -> Action:
    """Stop it for good; it says what, so that nobody takes it for leaving a question alone."""
    return Action(label="Cancel task", style=ActionStyle.DANGER, command=f"cancel {task}")


def retry_action(task: TaskId) -> Action:
    """Another life of an ended task."""
    return Action(label="Try again", style=ActionStyle.PRIMARY, command=f"retry {task}")


def publish_actions(view: "TaskView", *, minor: bool = False) -> tuple[Action, ...]:
    """Offering what an ended task has committed, where it is not offered yet."""
    task = view.task
    offered = task.pull_request or not task.commit or task.reviews is not None
    return () if offered else (Action(label="Publish as draft", command=f"publish {task.id}", minor=minor),)


def look_actions(view: "TaskView", *, minor: bool = False) -> tuple[Action, ...]:
    """The changes, the log and another way from here, as far as there are any."""
    task = view.task.id
    step = _fork_step(view)
    fork = Action(label="Fork…", command=f"fork {task}", typed=f'fork {task} "…" --at {step}', minor=minor)
    follow = Action(label="Follow log", command=f"logs {task} --follow", minor=True)
    return (
        *((Action(label="View diff", command=f"diff {task}", minor=minor),) if view.task.commit else ()),
        *((Action(label="View log", command=f"logs {task}", minor=minor),) if _has_runs(view) else ()),
        *((follow,) if _has_agents_at_work(view) else ()),
        *((fork,) if step else ()),
    )


def _fork_step(view: "TaskView") -> str:
    """The latest step that has begun, where a fork most likely parts; '' when none has."""
    begun = [part.step.name for part in view.steps if part.step.base_commit] if view.task.branch else []
    return begun[-1] if begun else ""


def _has_runs(view: "TaskView") -> bool:
    """Whether any agent has worked on it."""
    return any(part.runs for part in view.steps)


def _has_agents_at_work(view: "TaskView") -> bool:
    return any(each.run.state in AT_WORK for part in view.steps for each in part.runs)


def _failed_log(view: "TaskView") -> Action | None:
    """The log of the agent that failed last; None when no agent did."""
    stopped = [part.runs[-1].run.id for part in view.steps if part.step.state is StepState.FAILED and part.runs]
    return Action(label="Read the log", command=f"logs {stopped[-1]}") if stopped else None


def _answers(approval: Approval) -> tuple[Action, ...]:
    """How the oldest open question can be answered without looking at its own card."""
    if approval.kind is ApprovalKind.QUESTION:
        [answer, *_] = approval_actions(approval)
        return (Action(label="Answer…", style=ActionStyle.PRIMARY, command=answer.command, typed=answer.typed),)
    return tuple(each for each in approval_actions(approval) if not each.minor and not each.command.endswith(ALWAYS))


def _again(view: "TaskView") -> tuple[Action, ...]:
    match view.task.state:
        case TaskState.FAILED:
            log = _failed_log(view)
            return (*((log,) if log else ()), retry_action(view.task.id), *publish_actions(view, minor=True))
        case TaskState.CANCELLED:
            again = Action(label="Try again", command=f"retry {view.task.id}", minor=True)
            return (again, *publish_actions(view, minor=True))
        case _:
            return ()
