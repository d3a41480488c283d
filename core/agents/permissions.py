"""The permission policy: which tool calls an agent may make, which a person decides, which never happen."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from core.domain.approval import Risk


class Effect(StrEnum):
    """What becomes of a call."""

    ALLOW = "allow"
    ASK = "ask"
    DENY = "deny"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The policy's answer for one call; `reason` is told to the agent (deny) or the person (ask)."""

    effect: Effect
    reason: str = ""
    risk: Risk = Risk.MEDIUM


class PermissionPolicy(Protocol):
    """Decides one call; pure but for resolving links in paths."""

    def decide(self, *, tool: str, tool_input: Mapping[str, object], worktree: Path) -> Verdict: ...
