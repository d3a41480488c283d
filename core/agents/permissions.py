"""The permission policy: which tool calls an agent may make, which a person decides, which never happen."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
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
    by_rule: bool = True
    """False when no rule fits the call and it is asked about for that reason alone."""


class PermissionPolicy(Protocol):
    """Decides one call; pure but for resolving links in paths."""

    def decide(self, *, tool: str, tool_input: Mapping[str, object], worktree: Path) -> Verdict: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of the rules: what becomes of the calls it fits.

    `tool` and `argument` are patterns with `*` and `?`. The argument is what the tool acts on: one simple command, a
    path relative to the worktree, a URL. A pattern ending in ` *` also fits without anything there: `ls *` fits `ls`.
    `expression` is a regular expression for what patterns cannot say; '' fits everything.
    """

    effect: Effect
    tool: str = "*"
    argument: str = "*"
    expression: str = ""
    reason: str = ""
    risk: Risk = Risk.MEDIUM

    def fits(self, *, tool: str, argument: str) -> bool:
        """Whether this rule is about the call."""
        if not fnmatchcase(tool, self.tool):
            return False
        alone = self.argument.endswith(" *") and argument == self.argument[:-2]
        if not alone and not fnmatchcase(argument, self.argument):
            return False
        return not self.expression or re.fullmatch(self.expression, argument, re.DOTALL) is not None


def first_match(rules: tuple[Rule, ...], *, tool: str, argument: str) -> Verdict:
    """The verdict of the first rule that fits; a person decides what no rule knows."""
    for rule in rules:
        if rule.fits(tool=tool, argument=argument):
            return Verdict(effect=rule.effect, reason=rule.reason, risk=rule.risk)
    what = "this command" if tool == "Bash" else f"the tool {tool}"
    return Verdict(effect=Effect.ASK, reason=f"No rule covers {what}.", by_rule=False)


def denied(reason: str) -> Verdict:
    """A call that never happens."""
    return Verdict(effect=Effect.DENY, reason=reason, risk=Risk.HIGH)


def asked(reason: str, *, risk: Risk = Risk.MEDIUM) -> Verdict:
    """A call that waits for a person."""
    return Verdict(effect=Effect.ASK, reason=reason, risk=risk)


def at_most_asked(verdict: Verdict, *, reason: str, risk: Risk = Risk.MEDIUM) -> Verdict:
    """`verdict`, but a person decides instead of an allowing rule, because of `reason`."""
    return asked(reason, risk=risk) if verdict.effect is Effect.ALLOW else verdict
