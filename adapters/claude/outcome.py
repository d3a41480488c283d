"""How a process ended, in the core's words: which failures may be tried again, and what a person can do (pure)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from claude_agent_sdk import ResultMessage

from core.agents.runner import AgentCompleted, AgentFailed, AgentOutcome, AgentSpec

PASSING_STATUSES = frozenset({408, 409, 425, 429})
_HTTP_STATUS = re.compile(r"API Error:?\s*(?:\()?(\d{3})\b")
_PASSING_WORDS = re.compile(
    r"overloaded|rate.?limit|timed? ?out|connection|network|ECONN|socket|temporar|unavailable|terminated|fetch failed",
    re.IGNORECASE,
)
_KEY_WORDS = re.compile(r"api key|authentication|unauthorized|not logged in|permission", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Advice:
    """What a kind of failure means."""

    message: str
    transient: bool


def outcome(result: ResultMessage, *, spec: AgentSpec, mask: Callable[[str], str]) -> AgentOutcome:
    """The outcome a ResultMessage stands for; waiting calls are the gate's to tell, not this function's."""
    cost = cost_usd(result)
    if result.is_error or result.subtype != "success":
        advice = _advice(result, spec=spec)
        return AgentFailed(message=mask(advice.message), transient=advice.transient, reported_cost_usd=cost)
    handed_in = result.structured_output
    problem = _problem(handed_in, spec.result_schema)
    if problem:
        said = f" It said: {one_paragraph(result.result)}" if result.result else ""
        hint = "Retry the step; if it happens again, use a stronger model for this role."
        return AgentFailed(
            message=mask(f"The {spec.role.name} ended without its typed result: {problem}.{said} {hint}"),
            transient=False,
            reported_cost_usd=cost,
        )
    return AgentCompleted(result=cast("Mapping[str, object]", handed_in), reported_cost_usd=cost)


def crashed(reason: str, *, stderr: str, mask: Callable[[str], str]) -> AgentFailed:
    """The CLI died without a result: worth another try, as it will continue where it was."""
    told = one_paragraph(stderr) or one_paragraph(reason)
    return AgentFailed(
        message=mask(f"The agent program ended unexpectedly: {told or 'it said nothing'}. It continues when retried."),
        transient=True,
    )


def timed_out(spec: AgentSpec) -> AgentFailed:
    """The role's time is up."""
    limit_min = spec.role.limits.timeout_s / 60
    return AgentFailed(
        message=(
            f"The {spec.role.name} was stopped after its limit of {limit_min:g} minutes. Retry to go on from where it "
            f"was, split the task, or raise `timeout_s` of the role."
        ),
        transient=False,
    )


def cost_usd(result: ResultMessage) -> Decimal | None:
    """What this process cost, by the CLI's own count.

    `total_cost_usd` grows over a session that is resumed from the same home. Here each process has a fresh home and
    resumes from the store, and then it starts at zero (seen with CLI 2.1.329), so it needs no subtraction.
    """
    return None if result.total_cost_usd is None else Decimal(str(result.total_cost_usd))


def told(result: ResultMessage) -> str:
    """What the CLI says about its end."""
    return "; ".join(result.errors or []) or result.result or result.subtype


def one_paragraph(text: str | None, *, characters: int = 600) -> str:
    """Whitespace folded, the end kept when it is too long: that is where errors stand."""
    flat = " ".join((text or "").split())
    return flat if len(flat) <= characters else f"…{flat[-characters:]}"


def _advice(result: ResultMessage, *, spec: AgentSpec) -> _Advice:
    limits = spec.role.limits
    match result.subtype:
        case "error_max_turns":
            return _Advice(
                message=(
                    f"The {spec.role.name} used up its {limits.max_turns} turns without a result. Split the task, or "
                    f"raise `max_turns` of the role and retry."
                ),
                transient=False,
            )
        case "error_max_budget_usd":
            return _Advice(
                message=f"The {spec.role.name} used up its budget without a result. Raise the budget and retry.",
                transient=False,
            )
        case "error_max_structured_output_retries":
            return _Advice(
                message=(
                    f"The {spec.role.name} could not give its result in the form that is asked for. Retry the step; if "
                    f"it happens again, use a stronger model for this role."
                ),
                transient=False,
            )
        case _:
            return _api_advice(result)


def _api_advice(result: ResultMessage) -> _Advice:
    said = one_paragraph(told(result))
    status = result.api_error_status or _status_in(said)
    if result.stop_reason == "refusal":
        return _Advice(message=f"The model refused the task. Say it differently and retry. {said}", transient=False)
    if status in (401, 403) or (status is None and _KEY_WORDS.search(said)):
        return _Advice(
            message=f"The Messages API does not accept the key: {said}. Set a valid ANTHROPIC_API_KEY and retry.",
            transient=False,
        )
    if status is not None:
        passing = status in PASSING_STATUSES or status >= 500
        then = "It may work when tried again." if passing else "Check the model's name and the settings of the role."
        return _Advice(message=f"The Messages API answered {status}: {said}. {then}", transient=passing)
    if _PASSING_WORDS.search(said):
        return _Advice(message=f"The Messages API could not be reached: {said}.", transient=True)
    return _Advice(message=f"The agent failed: {said}. Look into its logs, then retry.", transient=False)


def _status_in(text: str) -> int | None:
    found = _HTTP_STATUS.search(text)
    return int(found.group(1)) if found else None


def _problem(result: object, schema: Mapping[str, object]) -> str:
    """What is wrong with a result, '' for nothing. The CLI has checked it against the schema; this is the last look."""
    if result is None:
        return "it handed in nothing"
    if not isinstance(result, Mapping):
        return "what it handed in is not an object"
    required = cast("list[str]", schema.get("required", []))
    missing = [name for name in required if name not in result]
    return f"{', '.join(missing)} missing" if missing else ""
