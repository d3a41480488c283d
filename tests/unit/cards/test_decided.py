"""What becomes of a task when somebody said no is said as it is, for each kind of approval."""

from dataclasses import replace

import pytest

from bot.cards.decided import ended_by, ends_its_task
from bot.sample_task import sample_view
from core.domain.approval import ApprovalKind, ApprovalState

pytestmark = pytest.mark.slack

APPROVAL = sample_view().approvals[0]


@pytest.mark.parametrize("kind", list(ApprovalKind))
def test_only_a_tool_and_a_question_can_be_denied_without_ending_the_task(kind: ApprovalKind) -> None:
    said = ended_by(replace(APPROVAL, kind=kind, state=ApprovalState.DENIED))
    goes_on = kind in {ApprovalKind.TOOL, ApprovalKind.QUESTION}
    assert ends_its_task(kind) is not goes_on
    assert (said == "") is goes_on
    assert goes_on or "T142 ends here" in said or "T142 stops here" in said


@pytest.mark.parametrize("state", [ApprovalState.APPROVED, ApprovalState.CHANGED])
def test_nothing_else_ends_it(state: ApprovalState) -> None:
    assert not [kind for kind in ApprovalKind if ended_by(replace(APPROVAL, kind=kind, state=state))]
