"""How a process ended, in the core's words: which failures may be tried again, and what a person can do (pure)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from claude_agent_sdk import ResultMessage

from adapters.claude.provider import REFUSED, Retry
from core.agents.runner import AgentCompleted, AgentFailed, AgentOutcome, AgentSpec, FailureKind, McpServer

_HTTP_STATUS = re.compile(r"API Error:?\s*(?:\()?(\d{3})\b")
_NETWORK_WORDS = re.compile(
    r"timed? ?out|connection|network|ECONN|socket|temporar|unavailable|terminated|fetch failed|ENOTFOUND|EAI_AGAIN",
    re.IGNORECASE,
)
_OVERLOADED_WORDS = re.compile(r"overloaded", re.IGNORECASE)
_LIMITED_WORDS = re.compile(r"rate.?limit|usage limit", re.IGNORECASE)
_KEY_WORDS = re.compile(r"api key|authentication|authenticate|unauthorized|not logged in|permission", re.IGNORECASE)
_ACCOUNT_WORDS = re.compile(r"credit balance|billing|spend(?:ing)? limit", re.IGNORECASE)
_FULL_WORDS = re.compile(r"prompt is too long|request too large|context (?:window|limit)", re.IGNORECASE)
_FULL_REASONS = frozenset({"prompt_too_long", "image_error", "model_context_window_exceeded"})
_CUT_OFF_WORDS = re.compile(r"output token maximum", re.IGNORECASE)


MEBIBYTE = 2**20
_SETTINGS = "Check the model's name and the settings of the role."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Advice:
    """What a kind of failure means."""

    message: str
    kind: FailureKind


TRANSIENT = frozenset({
    FailureKind.RATE_LIMITED, FailureKind.OVERLOADED, FailureKind.NETWORK, FailureKind.CRASHED, FailureKind.STUCK
})  # fmt: skip
"""What may be tried again as it is."""


def failed(
    kind: FailureKind, message: str, *, retry_after_s: float | None = None, cost_usd: Decimal | None = None
) -> AgentFailed:
    """A failure of `kind`; whether it passes follows from that."""
    return AgentFailed(
        message=message,
        transient=kind in TRANSIENT,
        kind=kind,
        retry_after_s=retry_after_s,
        reported_cost_usd=cost_usd,
    )


def outcome(result: ResultMessage, *, spec: AgentSpec, mask: Callable[[str], str]) -> AgentOutcome:
    """The outcome a ResultMessage stands for; waiting calls are the gate's to tell, not this function's."""
    cost = cost_usd(result)
    if result.is_error or result.subtype != "success":
        advice = _advice(result, spec=spec)
        return failed(advice.kind, mask(advice.message), cost_usd=cost)
    handed_in = result.structured_output
    problem = _problem(handed_in, spec.result_schema)
    if problem:
        said = f" It said: {one_paragraph(result.result)}" if result.result else ""
        hint = "Retry the step; if it happens again, use a stronger model for this role."
        message = f"The {spec.role.name} ended without its typed result: {problem}.{said} {hint}"
        return failed(FailureKind.NO_RESULT, mask(message), cost_usd=cost)
    return AgentCompleted(result=cast("Mapping[str, object]", handed_in), reported_cost_usd=cost)


def crashed(reason: str, *, stderr: str, mask: Callable[[str], str]) -> AgentFailed:
    """The CLI died without a result: worth another try, as it will continue where it was."""
    told = one_paragraph(stderr) or one_paragraph(reason)
    message = f"The agent program ended unexpectedly: {told or 'it said nothing'}. It continues when retried."
    return failed(FailureKind.CRASHED, mask(message))


def timed_out(spec: AgentSpec) -> AgentFailed:
    """The role's time is up."""
    limit_min = spec.role.limits.timeout_s / 60
    return failed(
        FailureKind.OUT_OF_TIME,
        f"The {spec.role.name} was stopped after its limit of {limit_min:g} minutes. Retry to go on from where it was, "
        f"split the task, or raise `timeout_s` of the role.",
    )


def out_of_memory(spec: AgentSpec, *, used_bytes: int, limit_bytes: int, biggest: str) -> AgentFailed:
    """The processes of the run took more memory than they may."""
    return failed(
        FailureKind.OUT_OF_MEMORY,
        f"The {spec.role.name} was stopped: its processes used {used_bytes / MEBIBYTE:.0f} MB of memory together, and "
        f"{limit_bytes / MEBIBYTE:.0f} MB is its limit. The biggest was {biggest}. Have it work on smaller pieces, or "
        f"raise `max_memory_mb` of the role or of `agents`, then retry.",
    )


def servers_down(what: str, *, servers: Sequence[McpServer], mask: Callable[[str], str]) -> AgentFailed:
    """A tool server the role is given did not come up; one on the network may do so later."""
    remote = any(server.url and f"{server.name}:" in what for server in servers)
    return failed(
        FailureKind.NETWORK if remote else FailureKind.UNAVAILABLE,
        mask(
            f"A tool server did not start: {one_paragraph(what)}. Nothing was asked of the model yet. Check its entry "
            f"in the project's settings and try its command by hand, or take it out, then retry."
        ),
    )


def given_up(retry: Retry, *, mask: Callable[[str], str], said: str = "") -> AgentFailed:
    """The provider did not answer in the time the agent program may go on asking."""
    kind = _kind_of_status(retry.status) if retry.status is not None else FailureKind.NETWORK
    if retry.status in REFUSED:
        return failed(kind, mask(_key_refused(one_paragraph(said) or f"it answered {retry.status}")))
    wait_s = retry.asked_for_s
    then = f"It asked to be left alone for {wait_s:.0f} s." if wait_s is not None else "It may work when tried again."
    what = f"answered {retry.status}" if retry.status is not None else "could not be reached"
    detail = f": {one_paragraph(said).rstrip('.')}" if said else ""
    return failed(kind, mask(f"The Messages API {what}{detail}. {then}"), retry_after_s=wait_s)


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
    limits, role = spec.role.limits, spec.role.name
    match result.subtype:
        case "error_max_turns":
            message = (
                f"The {role} used up its {limits.max_turns} turns without a result. Split the task, or raise "
                f"`max_turns` of the role and retry."
            )
            return _Advice(message=message, kind=FailureKind.OUT_OF_TURNS)
        case "error_max_budget_usd":
            message = f"The {role} used up its budget without a result. Raise the budget and retry."
            return _Advice(message=message, kind=FailureKind.OUT_OF_BUDGET)
        case "error_max_structured_output_retries":
            message = (
                f"The {role} could not give its result in the form that is asked for. Retry the step; if it happens "
                f"again, use a stronger model for this role."
            )
            return _Advice(message=message, kind=FailureKind.NO_RESULT)
        case _:
            return _api_advice(result)


def _api_advice(result: ResultMessage) -> _Advice:
    # it becomes part of a sentence that has a full stop of its own
    said = one_paragraph(told(result)).rstrip(".")
    status = result.api_error_status or _status_in(said)
    if result.stop_reason == "refusal":
        message = f"The model refused the task. Say it differently and retry. It said: {said}."
        return _Advice(message=message, kind=FailureKind.REFUSED)
    if {result.terminal_reason, result.stop_reason} & _FULL_REASONS or _FULL_WORDS.search(said):
        message = f"The conversation is too long for the model: {said}. Split the task, or take a model with more room."
        return _Advice(message=message, kind=FailureKind.CONTEXT_FULL)
    if _ACCOUNT_WORDS.search(said):
        message = f"The account of the key cannot pay for more: {said}. Settle that with the provider, then retry."
        return _Advice(message=message, kind=FailureKind.NOT_ALLOWED)
    if status in REFUSED or (status is None and _KEY_WORDS.search(said)):
        return _Advice(message=_key_refused(said), kind=FailureKind.NOT_ALLOWED)
    if status is not None:
        kind = _kind_of_status(status)
        then = "It may work when tried again." if kind in TRANSIENT else _SETTINGS
        return _Advice(message=f"The Messages API answered {status}: {said}. {then}", kind=kind)
    return _wordy_advice(said)


def _key_refused(said: str) -> str:
    return f"The Messages API does not accept the key: {said}. Set a valid ANTHROPIC_API_KEY and retry."


def _wordy_advice(said: str) -> _Advice:
    """What is left to go by when the API's answer had no status, or there was none."""
    if _CUT_OFF_WORDS.search(said):
        message = f"The model's answers were cut off again and again: {said}. Have it work in smaller pieces."
        return _Advice(message=message, kind=FailureKind.NO_RESULT)
    if _OVERLOADED_WORDS.search(said):
        return _Advice(message=f"The Messages API has no room: {said}.", kind=FailureKind.OVERLOADED)
    if _LIMITED_WORDS.search(said):
        return _Advice(message=f"The Messages API has no room: {said}.", kind=FailureKind.RATE_LIMITED)
    if _NETWORK_WORDS.search(said):
        return _Advice(message=f"The Messages API could not be reached: {said}.", kind=FailureKind.NETWORK)
    return _Advice(message=f"The agent failed: {said}. Look into its logs, then retry.", kind=FailureKind.OTHER)


def _kind_of_status(status: int) -> FailureKind:
    match status:
        case 429:
            return FailureKind.RATE_LIMITED
        case 408 | 409 | 425:
            return FailureKind.NETWORK
        case 401 | 403 | 404:
            return FailureKind.NOT_ALLOWED
        case 413:
            return FailureKind.CONTEXT_FULL
        case _:
            return FailureKind.OVERLOADED if status >= 500 else FailureKind.OTHER


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
