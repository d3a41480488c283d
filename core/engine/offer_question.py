"""What people are asked before work leaves this machine: exactly what would be pushed and opened, or posted."""

from collections.abc import Callable, Mapping

from core.domain.approval import Approval, ApprovalKind, Risk
from core.domain.identity import approval_id
from core.domain.pull_request import ReviewTarget
from core.domain.role import Role
from core.domain.task import Task
from core.engine.approval_keys import offer_key
from core.engine.changes import request_approval
from core.engine.publishing import account_of, pull_request_draft
from core.engine.review_text import review_of, shown
from core.forge import PullRequestDraft
from core.store.unit_of_work import UnitOfWork

_GATE = "This project asks before a branch leaves this machine (publish_gate = always)."
_REVIEW = "What stands under a pull request is read by others, in our name."


async def ask_offer(uow: UnitOfWork, task: Task, *, roles: Mapping[str, Role], mask: Callable[[str], str]) -> Approval:
    """Ask whether the branch may be pushed and offered, or the review of another one posted."""
    if task.reviews is not None:
        review = review_of(task, task.reviews, await uow.steps.of(task.id), roles)
        title, detail, reason = _review_title(task, task.reviews), shown(review), _REVIEW
    else:
        draft = pull_request_draft(await account_of(uow, task, roles=roles))
        title, detail, reason = _offer_title(task, draft), f"**{draft.title}**\n\n{draft.body}", _GATE
    return await request_approval(
        uow,
        Approval(
            id=approval_id(await uow.approvals.next_number()),
            key=offer_key(task),
            task=task.id,
            step=task.workflow.order()[-1],
            kind=ApprovalKind.PUBLISH,
            title=mask(title),
            detail=mask(detail),
            reason=reason,
            risk=Risk.MEDIUM,
            created_at=uow.now,
        ),
    )


def _offer_title(task: Task, draft: PullRequestDraft) -> str:
    as_what = " as a draft" if draft.unfinished else ""
    if task.pull_request_state == "open":
        return f"Push more commits of {draft.branch} to pull request {task.pull_request}{as_what}"
    return f"Push {draft.branch} and open a pull request to {draft.base_branch}{as_what}"


def _review_title(task: Task, target: ReviewTarget) -> str:
    by = f" by {target.author}" if target.author else ""
    return f"Post this review of pull request {target.reference}{by}"
