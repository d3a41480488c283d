"""What the agents of a task may do again without asking: kept with the approval it was first given in."""

from collections.abc import Sequence

from core.agents.same_thing import Permitted
from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.event import PermissionKept
from core.domain.identity import PersonId
from core.engine.changes import decide_approval, request_approval
from core.store.unit_of_work import UnitOfWork


def permitted(approvals: Sequence[Approval]) -> list[Permitted]:
    """What was permitted for the rest of a task, from all its `approvals`."""
    return [
        Permitted(tool=approval.tool, what=approval.what, approval=approval.id)
        for approval in approvals
        if approval.always and approval.state == ApprovalState.APPROVED
    ]


async def keep(uow: UnitOfWork, approval: Approval, *, by: PersonId) -> None:
    """`approval` was given for the rest of its task: say so, and answer whoever else waits with the same thing."""
    told = PermissionKept(approval=approval.id, tool=approval.tool, title=approval.title, by=by)
    await uow.events.append(approval.task, told)
    for other in await uow.approvals.of(approval.task):
        if other.state == ApprovalState.PENDING and _same(other, approval):
            await _take(uow, other, permission=approval)


async def request(uow: UnitOfWork, approval: Approval) -> Approval:
    """Open `approval`, or return the one that already asks the same (same key), or answer it by what was permitted.

    An agent that was at work when the permission was given may still ask; no person is bothered with it then.
    """
    if await uow.approvals.find_key(approval.key) is None:
        for earlier in await uow.approvals.of(approval.task):
            if earlier.always and earlier.state == ApprovalState.APPROVED and _same(earlier, approval):
                await uow.approvals.add(approval)
                return await _take(uow, approval, permission=earlier)
    return await request_approval(uow, approval)


async def _take(uow: UnitOfWork, approval: Approval, *, permission: Approval) -> Approval:
    reason = f"{permission.id} permits it for the whole task."
    return await decide_approval(uow, approval, ApprovalState.APPROVED, by=permission.decided_by, reason=reason)


def _same(one: Approval, other: Approval) -> bool:
    tools = one.kind == other.kind == ApprovalKind.TOOL
    return tools and one.what != "" and (one.tool, one.what) == (other.tool, other.what)
