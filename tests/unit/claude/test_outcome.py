"""How the end of a process is told: completed, or failed with what to do."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from claude_agent_sdk import ResultMessage

from adapters.claude import outcome
from adapters.claude.provider import Retry
from core.agents.runner import AgentCompleted, AgentFailed, AgentOutcome, FailureKind
from core.domain.role import RoleLimits
from tests.support.agents import RESULT, a_role, a_spec

Kind = FailureKind
SPEC = a_spec(Path("/worktree"))


def ended(**changes: Any) -> AgentOutcome:
    values: dict[str, Any] = {
        "subtype": "success",
        "duration_ms": 1,
        "duration_api_ms": 1,
        "is_error": False,
        "num_turns": 1,
        "session_id": "s",
        "total_cost_usd": 0.1,
    }
    return outcome.outcome(ResultMessage(**{**values, **changes}), spec=SPEC, mask=str)


def failed(**changes: Any) -> AgentFailed:
    told = ended(**changes)
    assert isinstance(told, AgentFailed)
    return told


def test_a_result_that_fits_completes_with_the_cost_as_the_cli_tells_it() -> None:
    told = ended(structured_output=RESULT)

    assert told == AgentCompleted(result=RESULT, reported_cost_usd=Decimal("0.1"))


@pytest.mark.parametrize("result", [None, "text", ["summary"], {"other": 1}])
def test_a_result_that_does_not_fit_fails_for_good_and_says_what_is_wrong(result: object) -> None:
    told = failed(structured_output=result, result="I did it")

    assert not told.transient
    assert "typed result" in told.message
    assert "I did it" in told.message


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"api_error_status": 429, "result": "API Error: slow down"}, Kind.RATE_LIMITED, "429"),
        ({"api_error_status": 503, "result": "API Error"}, Kind.OVERLOADED, "503"),
        ({"result": "API Error: 529 overloaded"}, Kind.OVERLOADED, "529"),
        ({"result": "API Error: Connection error."}, Kind.NETWORK, "could not be reached"),
        ({"result": "Request timed out"}, Kind.NETWORK, "could not be reached"),
        ({"api_error_status": 401, "result": "no"}, Kind.NOT_ALLOWED, "ANTHROPIC_API_KEY"),
        ({"result": "Invalid API key · Fix external API key"}, Kind.NOT_ALLOWED, "ANTHROPIC_API_KEY"),
        ({"api_error_status": 404, "result": "model: nope"}, Kind.NOT_ALLOWED, "model's name"),
        ({"subtype": "error_max_turns"}, Kind.OUT_OF_TURNS, "max_turns"),
        ({"subtype": "error_max_budget_usd"}, Kind.OUT_OF_BUDGET, "budget"),
        ({"subtype": "error_max_structured_output_retries"}, Kind.NO_RESULT, "form"),
        ({"stop_reason": "refusal", "result": "no"}, Kind.REFUSED, "refused"),
        ({"terminal_reason": "prompt_too_long", "result": "Prompt is too long"}, Kind.CONTEXT_FULL, "Split the task"),
        ({"api_error_status": 400, "result": "Credit balance is too low"}, Kind.NOT_ALLOWED, "account"),
        ({"api_error_status": 408, "result": "API Error"}, Kind.NETWORK, "408"),
        ({"result": "Overloaded"}, Kind.OVERLOADED, "no room"),
        ({"result": "Usage limit reached"}, Kind.RATE_LIMITED, "no room"),
        ({"result": "exceeded the 32000 output token maximum"}, Kind.NO_RESULT, "smaller pieces"),
        ({"subtype": "error_during_execution", "errors": ["strange thing"]}, Kind.OTHER, "strange thing"),
    ],
)
def test_each_failure_says_what_kind_it_is_whether_trying_again_helps_and_what_does(
    changes: dict[str, Any], kind: FailureKind, words: str
) -> None:
    told = failed(is_error=True, **changes)

    assert told.kind is kind
    assert told.transient is (kind in {Kind.RATE_LIMITED, Kind.OVERLOADED, Kind.NETWORK})
    assert words in told.message


@pytest.mark.parametrize(
    ("retry", "kind", "retry_after_s", "words"),
    [
        (Retry(status=429, attempt=1, pause_s=70.0), Kind.RATE_LIMITED, 70.0, "left alone for 70 s"),
        (Retry(status=529, attempt=4, pause_s=4.2), Kind.OVERLOADED, None, "tried again"),
        (Retry(status=None, attempt=7, pause_s=1.0), Kind.NETWORK, None, "could not be reached"),
    ],
)
def test_giving_up_tells_how_long_the_provider_asked_for(
    retry: Retry, kind: FailureKind, retry_after_s: float | None, words: str
) -> None:
    told = outcome.given_up(retry, mask=str)

    assert (told.kind, told.transient, told.retry_after_s) == (kind, True, retry_after_s)
    assert words in told.message


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_told_with_what_to_do_and_is_not_tried_again(status: int) -> None:
    told = outcome.given_up(Retry(status=status, attempt=1, pause_s=0.5), mask=str)

    assert (told.kind, told.transient) == (Kind.NOT_ALLOWED, False)
    assert "Set a valid ANTHROPIC_API_KEY and retry." in told.message


def test_what_the_api_says_keeps_its_place_in_the_sentence() -> None:
    told = outcome.given_up(Retry(status=500, attempt=9, pause_s=1.0), mask=str, said="Try again in a moment.")

    assert told.message == "The Messages API answered 500: Try again in a moment. It may work when tried again."


def test_too_much_memory_is_told_with_figures() -> None:
    told = outcome.out_of_memory(SPEC, used_bytes=3 * 2**30, limit_bytes=2 * 2**30, biggest="python with 2900 MB")

    assert (told.kind, told.transient) == (Kind.OUT_OF_MEMORY, False)
    assert "3072 MB" in told.message
    assert "2048 MB is its limit" in told.message
    assert "python with 2900 MB" in told.message


def test_secrets_are_masked_in_what_people_read() -> None:
    result = ResultMessage(
        subtype="success", duration_ms=1, duration_api_ms=1, is_error=True, num_turns=1, session_id="s", result="k3y"
    )

    told = outcome.outcome(result, spec=SPEC, mask=lambda text: text.replace("k3y", "•••"))

    assert isinstance(told, AgentFailed)
    assert "k3y" not in told.message


def test_a_crash_is_worth_another_try_and_shows_the_end_of_what_the_cli_said() -> None:
    told = outcome.crashed("code 139", stderr="start\n" + "x" * 2000 + "\nsegmentation fault", mask=str)

    assert told.transient
    assert "segmentation fault" in told.message
    assert len(told.message) < 1000


def test_the_time_limit_names_the_setting_that_raises_it() -> None:
    told = outcome.timed_out(replace(SPEC, role=a_role(limits=RoleLimits(timeout_s=30))))

    assert not told.transient
    assert "0.5 minutes" in told.message
    assert "timeout_s" in told.message
