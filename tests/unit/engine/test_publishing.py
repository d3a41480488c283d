"""The text of a pull request: what was done, why, how it was tested, and what each role cost."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from core.domain.cost import Bill
from core.domain.event import WorkVerified
from core.domain.identity import StepName
from core.domain.role import ResultKind, Role
from core.domain.task import StepState
from core.engine.publishing import Account, pull_request_draft
from tests.support.values import a_step, a_task


def a_role(name: str, result: ResultKind, *, writes: bool = False) -> Role:
    return Role(name=name, description="", prompt="", model="claude-sonnet", result=result, writes=writes)


ROLES = {
    "builder": a_role("builder", ResultKind.CHANGE, writes=True),
    "tester": a_role("tester", ResultKind.TEST_REPORT),
}
BRANCHED: dict[str, Any] = {"branch": "orchestrate/T1-fix", "base_branch": "main", "commit": "c" * 40}
BUILT = a_step(state=StepState.COMPLETED, summary="Counts the tax once.")
TESTED = a_step(
    name=StepName("test"), role="tester", state=StepState.COMPLETED, result={"summary": "All of them.", "passed": True}
)
BILLS = {BUILT.name: Bill(cost_usd=Decimal("0.5")), TESTED.name: Bill(cost_usd=Decimal("0.25"))}


def an_account(**changes: Any) -> Account:
    account = Account(task=a_task(**BRANCHED), steps=[BUILT, TESTED], bills=BILLS, roles=ROLES)
    return replace(account, **changes)


def verified(*, passed: bool) -> WorkVerified:
    return WorkVerified(step=TESTED.name, round=1, command="make test", passed=passed, output="")


def body(**changes: Any) -> list[str]:
    return pull_request_draft(an_account(**changes)).body.splitlines()


def test_what_was_done_is_told_by_those_who_changed_something() -> None:
    told = body()
    assert told[told.index("## What") + 2 : told.index("## Why")] == ["- Counts the tax once.", ""]


def test_why_it_was_done_is_the_request_quoted_with_its_issue() -> None:
    task = a_task(**BRANCHED, request="fix it\n\nplease", issue="7", issue_title="The sum\nis wrong")
    told = body(task=task)
    assert told[told.index("## Why") + 2 : told.index("## How it was tested") - 1] == [
        "> fix it",
        ">",
        "> please",
        "",
        "Issue 7: The sum is wrong",
    ]


def test_how_it_was_tested_is_our_own_run_first_and_then_what_the_testers_say() -> None:
    told = body(verified=verified(passed=True))
    assert told[told.index("## How it was tested") + 2 : told.index("## Bill") - 1] == [
        "- `make test`: passed",
        "- **test** (tester): Passed: All of them.",
    ]
    assert "No step tested it." in body(steps=[BUILT])


def test_the_bill_has_a_line_for_each_role_and_the_sum() -> None:
    again = a_step(name=StepName("more"), state=StepState.COMPLETED, summary="More.")
    told = body(steps=[BUILT, again, TESTED], bills={**BILLS, again.name: Bill(cost_usd=Decimal("0.5"))})
    assert told[told.index("| role | cost |") :][:5] == [
        "| role | cost |",
        "|---|---|",
        "| builder | $1.00 |",
        "| tester | $0.25 |",
        "| **all** | **$1.25** |",
    ]


def test_what_is_whole_is_no_draft_and_what_is_not_says_why_first() -> None:
    whole = pull_request_draft(an_account(verified=verified(passed=True)))
    failed = pull_request_draft(an_account(verified=verified(passed=False)))
    stopped = pull_request_draft(an_account(task=a_task(**BRANCHED, unfinished="The budget was used up.")))
    assert [draft.unfinished for draft in (whole, failed, stopped)] == [False, True, True]
    assert failed.body.startswith("> **Not finished.** `make test` did not pass.")
    assert stopped.body.startswith("> **Not finished.** The budget was used up.")


def test_the_issue_is_named_for_the_forge_to_close_and_its_title_is_the_title() -> None:
    draft = pull_request_draft(an_account(task=a_task(**BRANCHED, issue="acme/shop#7", issue_title="The sum is wrong")))
    assert (draft.title, draft.closes) == ("The sum is wrong", "acme/shop#7")
    assert "Fixes" not in draft.body


def test_a_step_whose_role_is_gone_from_the_settings_harms_nothing() -> None:
    assert "| tester | $0.25 |" in body(roles={})
