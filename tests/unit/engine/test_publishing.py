"""The text of a pull request: what each step did, who did it, and what it cost."""

from decimal import Decimal

from core.domain.cost import Bill
from core.domain.identity import StepName
from core.domain.role import ResultKind, Role
from core.engine.publishing import pull_request_draft
from tests.support.values import a_step, a_task

TESTER = Role(name="tester", description="", prompt="", model="claude-sonnet", result=ResultKind.TEST_REPORT)
REPORT = {"summary": "All of them.", "passed": True}
BRANCHED = {"branch": "orchestrate/T1-fix", "base_branch": "main", "commit": "c" * 40}


def lines(**changes: object) -> list[str]:
    step = a_step(name=StepName("test"), role="tester", **changes)  # type: ignore[arg-type]
    bills = {StepName("test"): Bill(calls=2, cost_usd=Decimal("0.5"))}
    draft = pull_request_draft(a_task(**BRANCHED), [step], bills, {"tester": TESTER})
    return draft.body.splitlines()


def test_a_step_is_told_in_its_own_summary() -> None:
    assert "- **test** (tester): Ran three." in lines(summary="Ran three.", result=REPORT)


def test_a_step_without_a_summary_is_told_by_its_result() -> None:
    assert "- **test** (tester): Passed: All of them." in lines(summary="", result=REPORT)


def test_a_step_whose_role_is_gone_from_the_settings_is_named_all_the_same() -> None:
    step = a_step(name=StepName("test"), role="tester", summary="", result=REPORT)
    draft = pull_request_draft(a_task(**BRANCHED), [step], {}, {})
    assert "- **test** (tester): " in draft.body.splitlines()


def test_each_step_has_its_cost_and_an_issue_is_closed() -> None:
    assert "| test | tester | $0.50 |" in lines(summary="x")
    task = a_task(**BRANCHED, issue="7", issue_title="The sum is wrong")
    draft = pull_request_draft(task, [], {}, {})
    assert (draft.title, draft.closes) == ("The sum is wrong", "7")
    assert draft.body.endswith("Fixes #7")
