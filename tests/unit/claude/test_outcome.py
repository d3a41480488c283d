"""How the end of a process is told: completed, or failed with what to do."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from claude_agent_sdk import ResultMessage

from adapters.claude import outcome
from core.agents.runner import AgentCompleted, AgentFailed, AgentOutcome
from tests.support.agents import RESULT, a_spec

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
    ("changes", "transient", "words"),
    [
        ({"api_error_status": 429, "result": "API Error: slow down"}, True, "429"),
        ({"api_error_status": 503, "result": "API Error"}, True, "503"),
        ({"result": "API Error: 529 overloaded"}, True, "529"),
        ({"result": "API Error: Connection error."}, True, "could not be reached"),
        ({"result": "Request timed out"}, True, "could not be reached"),
        ({"api_error_status": 401, "result": "no"}, False, "ANTHROPIC_API_KEY"),
        ({"result": "Invalid API key · Fix external API key"}, False, "ANTHROPIC_API_KEY"),
        ({"api_error_status": 404, "result": "model: nope"}, False, "model's name"),
        ({"subtype": "error_max_turns"}, False, "max_turns"),
        ({"subtype": "error_max_budget_usd"}, False, "budget"),
        ({"subtype": "error_max_structured_output_retries"}, False, "form"),
        ({"stop_reason": "refusal", "result": "no"}, False, "refused"),
        ({"subtype": "error_during_execution", "errors": ["strange thing"]}, False, "strange thing"),
    ],
)
def test_each_failure_says_whether_trying_again_helps_and_what_does(
    changes: dict[str, Any], transient: bool, words: str
) -> None:
    told = failed(is_error=True, **changes)

    assert told.transient is transient
    assert words in told.message


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
    told = outcome.timed_out(SPEC)

    assert not told.transient
    assert "0.5 minutes" in told.message
    assert "timeout_s" in told.message
