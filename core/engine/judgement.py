"""Judging a finished agent run: its own result, outranked by what we measured ourselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from core.agents import results
from core.domain.role import ResultKind
from core.workspaces.verification import VerificationResult

OUTPUT_KEPT = 4000
"""Characters of the check's output that the next round is shown, from its end."""


class Outcome(StrEnum):
    """Whether the steps after this one may start."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The outcome, the result to keep, and one line for people."""

    outcome: Outcome
    result: Mapping[str, object]
    summary: str


def judge(kind: ResultKind, result: Mapping[str, object], checked: VerificationResult | None) -> Judgement:
    """Judge `result`. `checked` is our own run of the project's verify command after a tester.

    A failed check makes the test report a failed one; a passed check never makes a bad report good.
    """
    if checked is None or checked.passed:
        kept = result
    else:
        how = "ran out of time" if checked.timed_out else f"ended with exit code {checked.exit_code}"
        told = f"The project's own check {how}"
        reported = result.get("failures")
        failures = [*(cast("list[str]", reported) if isinstance(reported, list) else [])]
        kept = {
            **result,
            "passed": False,
            "summary": f"{told}. {result.get('summary', '')}".strip(),
            "failures": [*failures, f"{told}:\n{checked.output[-OUTPUT_KEPT:]}"],
        }
    negative = results.is_negative(kind, kept)
    return Judgement(
        outcome=Outcome.NEGATIVE if negative else Outcome.POSITIVE,
        result=kept,
        summary=results.summary_line(kind, kept),
    )
