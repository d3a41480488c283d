"""The keys of what is asked about a task: asking again after a crash finds the same approval."""

from core.domain.task import Step, Task


def gate_key(step: Step) -> str:
    """Key of the approval that the gate after `step`'s current round asks for."""
    return f"{step.task}:{step.name}:{step.round}:gate"


def conflict_key(step: Step, number: int) -> str:
    """Key of the `number`-th question (from 1) about a conflict in `step`'s current round."""
    return f"{step.task}:{step.name}:{step.round}:conflict:{number}"


def budget_key(task: Task, number: int) -> str:
    """Key of the `number`-th question (from 1) about the task's budget in its present life."""
    return f"{task.id}:{task.life}:budget:{number}"


def publish_key(task: Task) -> str:
    """Key of the question whether this one of several forks is kept."""
    return f"{task.id}:{task.life}:publish"


def offer_key(task: Task) -> str:
    """Key of the question whether the task's work, or its review, may leave this machine."""
    return f"{task.id}:{task.life}:offer"
