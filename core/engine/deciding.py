"""A person's answer to an approval: whether it can be given, and what it does."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from core.budgets.book import BudgetBook
from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.errors import InvalidInputError
from core.domain.identity import PersonId
from core.engine.budgets import granted
from core.engine.changes import decide_approval
from core.engine.permissions import keep
from core.store.unit_of_work import UnitOfWork

_REVISABLE = (ApprovalKind.PLAN, ApprovalKind.RESULT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A person's answer to an approval; `reason` is read by the agent, `answers` maps questions to answers.

    `revise` sends a plan or a result back with `reason` as what has to change; `approved` does not count then.
    """

    approved: bool
    reason: str = ""
    answers: Mapping[str, str] | None = None
    revise: bool = False
    always: bool = False
    """Of a tool: its agents may do the same thing again without asking, for the rest of the task."""
    amount_usd: Decimal | None = None
    """Of a budget: by how much it is raised, in US dollars; None means as offered."""


async def decide(
    uow: UnitOfWork, approval: Approval, decision: Decision, *, book: BudgetBook, by: PersonId
) -> Approval:
    """Close `approval`; InvalidInputError when it cannot be answered so, ConflictError when it is no longer open."""
    _check(approval, decision)
    answers = dict(decision.answers or {})
    if _raises(approval, decision):
        approval = await granted(uow, approval, decision.amount_usd, book=book, by=by)
        answers = dict(approval.answers) or answers
    decided = await decide_approval(
        uow,
        replace(approval, always=decision.always),
        _state(decision),
        by=by,
        reason=decision.reason.strip(),
        answers=answers,
    )
    if decided.always:
        await keep(uow, decided, by=by)
    return decided


def _raises(approval: Approval, decision: Decision) -> bool:
    pending = approval.state == ApprovalState.PENDING
    return approval.kind == ApprovalKind.BUDGET and pending and _state(decision) == ApprovalState.APPROVED


def _state(decision: Decision) -> ApprovalState:
    if decision.revise:
        return ApprovalState.CHANGED
    return ApprovalState.APPROVED if decision.approved else ApprovalState.DENIED


def _check(approval: Approval, decision: Decision) -> None:
    if decision.always:
        _check_always(approval, decision)
    if decision.amount_usd is not None and (approval.kind != ApprovalKind.BUDGET or not decision.approved):
        raise InvalidInputError(
            f"{approval.id} is not answered with an amount.", hint="An amount says by how much a budget is raised."
        )
    if decision.revise:
        if approval.kind not in _REVISABLE:
            raise InvalidInputError(
                f"{approval.id} can be approved or denied, but not sent back.",
                hint="Only a plan or a step's result can be.",
            )
        if not decision.reason.strip():
            raise InvalidInputError(
                f"What should be changed about {approval.id}?",
                hint=f'For example: orchestrator revise {approval.id} "also update the docs"',
            )
    elif approval.kind == ApprovalKind.QUESTION and decision.approved:
        answers = decision.answers or {}
        missing = [question.text for question in approval.questions if not answers.get(question.text, "").strip()]
        if missing:
            raise InvalidInputError(
                f"{approval.id} asks something that has no answer yet: {missing[0]}",
                hint=f"Answer with: orchestrator approve {approval.id} --answer '…'",
            )


def _check_always(approval: Approval, decision: Decision) -> None:
    if decision.revise or not decision.approved:
        raise InvalidInputError(
            f"{approval.id} can only be approved for the whole task.", hint="Leave `always` out to say no this once."
        )
    if approval.kind != ApprovalKind.TOOL or not approval.what:
        raise InvalidInputError(
            f"{approval.id} can only be decided this once.",
            hint=f"Only what a tool does can be allowed for a whole task. Say: orchestrator approve {approval.id}",
        )
