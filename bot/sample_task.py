"""A task half-way through, made up: what pictures and layout checks are drawn from when no real run is at hand."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from core.domain.approval import Approval, ApprovalKind, Risk
from core.domain.cost import Bill, TokenUsage
from core.domain.identity import PersonId, ProjectName, StepName, agent_run_id, approval_id, task_id
from core.domain.task import AgentRun, AgentRunState, Step, StepState, Task, TaskState
from core.domain.workflow import StepDefinition, Workflow
from core.views import AgentRunView, StepView, TaskView

STARTED_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NOW = STARTED_AT + timedelta(seconds=161)

_TASK = task_id(142)
_ROLES = {"analyse": "analyst", "plan": "planner", "build": "builder", "test": "tester", "review": "reviewer"}


def sample_view() -> TaskView:
    """A bug fix whose builder wants to run a command that a person must allow first."""
    steps = (
        _step(
            "analyse", StepState.COMPLETED, "The bulk price starts one unit too late", start_s=2, end_s=38, cents="1.84"
        ),
        _step(
            "plan", StepState.COMPLETED, "One comparison to change, one test to add", start_s=38, end_s=71, cents="2.31"
        ),
        _step("build", StepState.WAITING, "", start_s=71, end_s=None, cents="6.12"),
        _step("test", StepState.PENDING, "", start_s=None, end_s=None, cents="0"),
        _step("review", StepState.PENDING, "", start_s=None, end_s=None, cents="0"),
    )
    return TaskView(task=_task(), seq=57, steps=steps, approvals=(_approval(),), bill=_bill("10.27", calls=15))


def _task() -> Task:
    return Task(
        id=_TASK,
        number=142,
        project=ProjectName("shop"),
        request="fix issue #123",
        title="Fix issue #123: bulk discount missing at exactly 10 items",
        requested_by=PersonId("console:alice"),
        state=TaskState.RUNNING,
        workflow=Workflow(
            name="bug_fix",
            description="Fix a bug and prove it.",
            steps=tuple(StepDefinition(name=StepName(name), role=role) for name, role in _ROLES.items()),
        ),
        issue="123",
        base_branch="main",
        branch="orchestrate/T142-fix-issue-123",
        created_at=STARTED_AT,
        started_at=STARTED_AT,
    )


def _approval() -> Approval:
    return Approval(
        id=approval_id(17),
        key="T142.3/toolu_1",
        task=_TASK,
        step=StepName("build"),
        agent_run=agent_run_id(_TASK, 3),
        kind=ApprovalKind.TOOL,
        title="Run a command that changes file permissions",
        detail="chmod +x scripts/check.sh",
        reason="commands that change permissions are asked about",
        risk=Risk.MEDIUM,
        tool="Bash",
        tool_use_id="toolu_1",
        what="chmod +x scripts/check.sh",
        created_at=STARTED_AT,
    )


def _step(name: str, state: StepState, summary: str, *, start_s: int | None, end_s: int | None, cents: str) -> StepView:
    position = list(_ROLES).index(name)
    step = Step(
        task=_TASK,
        name=StepName(name),
        position=position,
        role=_ROLES[name],
        state=state,
        summary=summary,
        started_at=_at(start_s),
        finished_at=_at(end_s),
    )
    if start_s is None:
        return StepView(step=step, bill=Bill())
    bill = _bill(cents, calls=4 + position)
    return StepView(step=step, bill=bill, runs=(_run(step, ordinal=position + 1, bill=bill),))


def _run(step: Step, *, ordinal: int, bill: Bill) -> AgentRunView:
    run = AgentRun(
        id=agent_run_id(_TASK, ordinal),
        task=_TASK,
        step=step.name,
        round=1,
        role=step.role,
        model="claude-sonnet-5",
        state=AgentRunState(step.state.value),
        attempts=1,
        created_at=step.started_at or STARTED_AT,
    )
    return AgentRunView(run=run, bill=bill)


def _bill(cents: str, *, calls: int) -> Bill:
    usage = TokenUsage(
        input_tokens=calls * 310,
        output_tokens=calls * 214,
        cache_read_tokens=calls * 4_120,
        cache_write_tokens=calls * 95,
    )
    return Bill(calls=calls, usage=usage, cost_usd=Decimal(cents) / 100)


def _at(seconds: int | None) -> datetime | None:
    return None if seconds is None else STARTED_AT + timedelta(seconds=seconds)
