"""The state that tells people best where a working task stands, derived from its situation alone."""

from core.domain.approval import ApprovalState
from core.domain.task import AT_WORK, AgentRunState, StepState, TaskState
from core.domain.workflow import Gate
from core.engine.situation import Situation, is_gated, is_passed


def standing(situation: Situation) -> TaskState:
    """The state that tells people best where a working task stands; only for tasks that are not at rest or ended."""
    task = situation.task
    waits = any(approval.state == ApprovalState.PENDING for approval in situation.approvals)
    # without money nothing that is queued begins
    busy = any(
        run.state in AT_WORK or (run.state == AgentRunState.QUEUED and situation.holder(run.step) is None)
        for run in situation.runs
    )
    if waits and not busy:
        return TaskState.AWAITING_APPROVAL
    workflow, steps = task.workflow, {step.name: step for step in situation.steps}
    gates = [step.name for step in workflow.steps if step.gate == Gate.PLAN]
    planning = set(gates).union(*(workflow.before(gate) for gate in gates))
    open_ = [
        name
        for name in gates
        if steps[name].state not in (StepState.COMPLETED, StepState.SKIPPED)
        or (is_gated(task, workflow.step(name)) and not is_passed(situation, steps[name]))
    ]
    begun = any(step.state != StepState.PENDING for step in situation.steps if step.name not in planning)
    return TaskState.PLANNING if open_ and not begun and task.state != TaskState.RUNNING else TaskState.RUNNING
