"""Patterns among failures: what goes wrong again and again, where, and what helps against it (pure)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.domain.identity import TaskId

EXAMPLES = 3
"""Failures named as examples of one pattern."""
_LONGEST_REASON = 200

_BLANKED = (
    (re.compile(r"https?://\S+"), "<url>"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE), "<id>"),
    (re.compile(r"\b(?:req|msg|toolu|sess)_\w+"), "<id>"),
    (re.compile(r"(?<![\w/])(?:(?:~|\.{1,2})?/(?:[\w.@+-]+/)*[\w@+-]|(?:[\w.@+-]+/)+[\w@+-]+\.\w)[\w.@+-]*"), "<path>"),
    (re.compile(r"\bT\d+\.\d+\b"), "<run>"),
    (re.compile(r"\b[TAM]\d+\b"), "<name>"),
    (re.compile(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b"), "<hash>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?"), "<time>"),
    (re.compile(r"(?<!\w)'[^'\n]{1,200}'(?!\w)|\"[^\"\n]{1,200}\"|`[^`\n]{1,200}`"), "<text>"),
)
_NUMBER = re.compile(r"(?<![\w<])\$?\d[\d,.]*(?=\s?(?:%|[smhd]\b|ms\b|MB\b|GB\b|KB\b)|\b)")
_STATUS = re.compile(r"\b(?:answered|status|error|HTTP|code)\W{0,3}([1-5]\d\d)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One thing that went wrong. `role`, `model` and `step` are '' where no agent was at work."""

    task: TaskId
    where: str
    """Agent run or task, as a person can look at it."""
    at: datetime
    reason: str
    kind: str = ""
    """FailureKind, '' when it is not known."""
    role: str = ""
    model: str = ""
    step: str = ""
    passing: bool = False
    """Whether the run went on by itself later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Failures that are the same but for names and numbers."""

    reason: str
    kind: str
    role: str
    model: str
    step: str
    count: int
    passed: int
    """How many of them were tried again by themselves."""
    tasks: int
    first_at: datetime
    last_at: datetime
    examples: tuple[str, ...]
    """Where to look: the newest agent runs or tasks."""
    sample: str
    """The newest reason, word for word."""
    advice: str


def normalised(reason: str) -> str:
    """`reason` with what differs from case to case blanked out, so that equal causes have equal texts.

    HTTP statuses stay; numbers, hashes, paths, addresses, ids, times and quoted texts go.
    """
    text = " ".join(reason.split())
    for pattern, blank in _BLANKED:
        text = pattern.sub(blank, text)
    text = _STATUS.sub(lambda found: found[0].replace(found[1], f"<{found[1]}>"), text)
    text = _NUMBER.sub("<n>", text)
    text = re.sub(r"<([1-5]\d\d)>", r"\1", text)
    return text[:_LONGEST_REASON].rstrip(" .:;,…")


def patterns(failures: Iterable[Failure]) -> list[Pattern]:
    """The patterns among `failures`, the most frequent first, then the most recent."""
    groups: dict[tuple[str, ...], list[Failure]] = {}
    for each in failures:
        key = (normalised(each.reason), each.kind, each.role, each.model, each.step)
        groups.setdefault(key, []).append(each)
    found = [_pattern(key[0], group) for key, group in groups.items()]
    return sorted(found, key=lambda each: (-each.count, -each.last_at.timestamp(), each.reason))


def _pattern(reason: str, group: list[Failure]) -> Pattern:
    group = sorted(group, key=lambda each: each.at)
    newest = group[-1]
    places = tuple(dict.fromkeys(each.where for each in reversed(group)))
    return Pattern(
        reason=reason,
        kind=newest.kind,
        role=newest.role,
        model=newest.model,
        step=newest.step,
        count=len(group),
        passed=sum(each.passing for each in group),
        tasks=len({each.task for each in group}),
        first_at=group[0].at,
        last_at=newest.at,
        examples=places[:EXAMPLES],
        sample=newest.reason,
        advice=advice(kind=newest.kind, reason=newest.reason),
    )


def advice(*, kind: str, reason: str) -> str:
    """What helps against failures like this, one sentence."""
    if kind in _BY_KIND:
        return _BY_KIND[kind]
    return next((words for pattern, words in _BY_WORDS if pattern.search(reason)), _ELSE)


_ELSE = "Read the log of an example, then retry the step, or say more in the request."
_BY_KIND = {
    "rate_limited": "Lower agents.per_model or agents.concurrency, or ask the provider for a higher limit.",
    "overloaded": "It passes by itself; a fallback_model of the role keeps work going meanwhile.",
    "network": "Check the network or proxy between this machine and claude.api_url.",
    "crashed": "Look at memory and disk with: orchestrator doctor",
    "refused": "Say the request differently, or leave out what the model may not do.",
    "context_full": "Split the request into smaller tasks, or use a model with a longer context.",
    "no_result": "Use a stronger model for this role, or shorten what it is asked.",
    "out_of_turns": "Split the task, or raise max_turns of the role.",
    "out_of_budget": "Raise the budget, or use a cheaper model for this role.",
    "out_of_time": "Split the task, or raise timeout_s of the role.",
    "out_of_memory": "Raise agents.max_memory_mb, or let fewer agents work at once.",
    "not_allowed": "Check the key and the model's name with: orchestrator doctor",
    "unavailable": "Check the agent program with: orchestrator doctor",
    "stuck": "Raise agents.stuck_after_s when it was only slow, else use another model for this role.",
}
_BY_WORDS = (
    (re.compile(r"rate.?limit|\b429\b", re.IGNORECASE), _BY_KIND["rate_limited"]),
    (re.compile(r"overloaded|\b5\d\d\b", re.IGNORECASE), _BY_KIND["overloaded"]),
    (re.compile(r"does not accept the key|authentication|api key|\b40[13]\b", re.IGNORECASE), _BY_KIND["not_allowed"]),
    (re.compile(r"could not be reached|connection|network", re.IGNORECASE), _BY_KIND["network"]),
    (re.compile(r"used up its .*turns", re.IGNORECASE), _BY_KIND["out_of_turns"]),
    (re.compile(r"budget", re.IGNORECASE), _BY_KIND["out_of_budget"]),
    (re.compile(r"limit of .*minutes|timed? ?out", re.IGNORECASE), _BY_KIND["out_of_time"]),
    (re.compile(r"refused the task", re.IGNORECASE), _BY_KIND["refused"]),
    (re.compile(r"typed result|in the form that is asked", re.IGNORECASE), _BY_KIND["no_result"]),
    (re.compile(r"ended unexpectedly|interrupted", re.IGNORECASE), _BY_KIND["crashed"]),
    (re.compile(r"disk|no space|read-only", re.IGNORECASE), "Make room on the disk: orchestrator clean"),
    (
        re.compile(r"denied|not approved", re.IGNORECASE),
        "Say in the request what is not wanted, or adapt permissions.toml.",
    ),
    (
        re.compile(r"verify|own check|tests? (?:fail|still)", re.IGNORECASE),
        "See whether the verify command passes on the base branch.",
    ),
    (re.compile(r"conflict|merge", re.IGNORECASE), "Let such tasks run one after the other: --mode sequential"),
    (re.compile(r"git|branch|repository|worktree", re.IGNORECASE), "Check the repository with: orchestrator doctor"),
)
