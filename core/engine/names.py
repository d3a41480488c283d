"""Names the engine and its clients agree on; they are stored with running work, so they never change lightly."""

from core.domain.identity import AgentRunId, TaskId

APPLICATION = "orchestrator"
APPLICATION_VERSION = "1"
"""Pinned: a version computed from the code would strand work started by an older release."""

TASK_WORKFLOW = "run_task"
AGENT_WORKFLOW = "run_agent"
TASK_QUEUE = "tasks"
AGENT_QUEUE = "agents"
WAKE_TOPIC = "wake"

NORMAL_PRIORITY = 1000
"""Lower runs first, and unset counts as highest: always set it."""


def task_workflow_id(task: TaskId) -> str:
    """The durable workflow of a task."""
    return f"task:{task}"


def task_of_workflow(workflow_id: str) -> TaskId:
    """The task whose workflow has this id."""
    return TaskId(workflow_id.removeprefix("task:"))


def agent_workflow_id(agent_run: AgentRunId, attempt: int) -> str:
    """The durable workflow of one attempt (one process) of an agent run."""
    return f"agent:{agent_run}:{attempt}"
