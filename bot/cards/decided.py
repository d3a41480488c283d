"""What becomes of a task when somebody said no: some refusals end it, after others its agents go on (pure)."""

from typing import assert_never

from bot.cards.approval_actions import is_offer
from core.domain.approval import Approval, ApprovalKind, ApprovalState


def ended_by(approval: Approval) -> str:
    """How the decided `approval` ends its task, as one sentence; '' when the task goes on, whatever was decided."""
    if approval.state is not ApprovalState.DENIED:
        return ""
    name, task = approval.id, approval.task
    match approval.kind:
        case ApprovalKind.PLAN:
            return f"{name} is denied, so {task} ends here."
        case ApprovalKind.RESULT:
            return f"{name} is denied, so {task} ends here. What was done is kept on its branch."
        case ApprovalKind.PUBLISH if is_offer(approval):
            return f"{name} is denied, so nothing of {task} leaves this machine. What it did is kept here."
        case ApprovalKind.PUBLISH:
            return f"{name} is denied, so {task} ends here and is not offered. Its branch is kept."
        case ApprovalKind.CONFLICT:
            return f"{name} is denied, so {task} ends here, with its changes apart. Its branch is kept."
        case ApprovalKind.BUDGET:
            return f"{task} stops here. What is committed is offered as not finished, and kept on its branch."
        case ApprovalKind.TOOL | ApprovalKind.QUESTION:
            return ""
        case _:
            assert_never(approval.kind)


def ends_its_task(kind: ApprovalKind) -> bool:
    """Whether a no to this kind of approval ends the task; else an agent reads it and goes on."""
    return kind not in {ApprovalKind.TOOL, ApprovalKind.QUESTION}
