"""Domain values for tests: every field has a harmless value unless the test says otherwise."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from core.domain.approval import Approval, ApprovalKind
from core.domain.cost import ModelCall, TokenUsage
from core.domain.identity import AgentRunId, PersonId, ProjectName, StepName, TaskId, agent_run_id, approval_id, task_id
from core.domain.task import AgentRun, AgentRunState, Step, Task, TaskState
from core.domain.workflow import Gate, Loop, StepDefinition, Workflow

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BUILD = StepName("build")
T1 = task_id(1)
FIRST_RUN = agent_run_id(T1, 1)

WORKFLOW = Workflow(
    name="bug_fix",
    description="Find it, fix it, look again.",
    steps=(
        StepDefinition(name=StepName("plan"), role="planner", gate=Gate.PLAN),
        StepDefinition(name=BUILD, role="builder", needs=(StepName("plan"),), instruction="Small steps."),
        StepDefinition(name=StepName("review"), role="reviewer", needs=(BUILD,), loop=Loop(back_to=BUILD)),
    ),
)


def a_task(number: int = 1, **changes: Any) -> Task:
    """Task T<number>, queued in project `shop`."""
    task = Task(
        id=task_id(number),
        number=number,
        project=ProjectName("shop"),
        request="fix issue #123",
        title="Fix issue 123",
        requested_by=PersonId("console:alice"),
        state=TaskState.QUEUED,
        workflow=WORKFLOW,
        created_at=NOON,
    )
    return replace(task, **changes)


def a_step(task: TaskId = T1, **changes: Any) -> Step:
    """Step `build` of `task`."""
    return replace(Step(task=task, name=BUILD, position=1, role="builder"), **changes)


def a_run(task: TaskId = T1, ordinal: int = 1, **changes: Any) -> AgentRun:
    """The `ordinal`-th agent run of `task`, queued in round 1 of `build`."""
    run = AgentRun(
        id=agent_run_id(task, ordinal),
        task=task,
        step=BUILD,
        round=1,
        role="builder",
        model="claude-sonnet",
        state=AgentRunState.QUEUED,
        created_at=NOON,
    )
    return replace(run, **changes)


def an_approval(number: int = 1, task: TaskId = T1, **changes: Any) -> Approval:
    """Approval A<number>: a tool call of step `build` waits."""
    approval = Approval(
        id=approval_id(number),
        key=f"key-{number}",
        task=task,
        step=BUILD,
        kind=ApprovalKind.TOOL,
        title="Run rm -r build",
        created_at=NOON,
    )
    return replace(approval, **changes)


def a_call(message_id: str = "msg_1", run: AgentRunId = FIRST_RUN, **changes: Any) -> ModelCall:
    """One model call that cost $0.0042."""
    call = ModelCall(
        message_id=message_id,
        agent_run=run,
        model="claude-sonnet",
        usage=TokenUsage(input_tokens=1000, output_tokens=80, cache_read_tokens=7, cache_write_tokens=3),
        cost_usd=Decimal("0.0042"),
        at=NOON,
    )
    return replace(call, **changes)
