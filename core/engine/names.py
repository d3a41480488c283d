"""Names the engine and its clients agree on; they are stored with running work, so they never change lightly."""

from core.domain.identity import TaskId

APPLICATION = "orchestrator"
APPLICATION_VERSION = "1"
"""Pinned: a version computed from the code would strand work started by an older release."""

TASK_WORKFLOW = "run_task"
OLD_AGENT_WORKFLOW = "run_agent"
TASK_QUEUE = "tasks"

NORMAL_PRIORITY = 1000
"""Lower runs first, and unset counts as highest: always set it."""


def task_workflow_id(task: TaskId, *, life: int = 1) -> str:
    """The durable workflow of one life of a task."""
    return f"task:{task}" if life == 1 else f"task:{task}:{life}"


def task_of_workflow(workflow_id: str) -> TaskId:
    """The task whose workflow has this id."""
    return TaskId(workflow_id.split(":")[1])
