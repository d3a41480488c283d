"""A role that is only asked a question reads as far as its rules let it, and nobody is bothered with more."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.agents.permissions import Effect, Verdict, asked, denied
from core.engine.toolbox import READING_TOOLS, ReadOnly

ALLOWED = Verdict(effect=Effect.ALLOW, reason="fine")


@dataclass
class Always:
    """A policy with one answer."""

    verdict: Verdict

    def decide(self, *, tool: str, tool_input: Mapping[str, object], worktree: Path) -> Verdict:
        return self.verdict


def verdict(tool: str, answer: Verdict) -> Verdict:
    return ReadOnly(Always(answer)).decide(tool=tool, tool_input={}, worktree=Path("/nowhere"))


@pytest.mark.parametrize("tool", READING_TOOLS)
def test_reading_is_as_free_as_the_rules_make_it(tool: str) -> None:
    assert verdict(tool, ALLOWED) == ALLOWED
    assert verdict(tool, denied("It leads out.")) == denied("It leads out.")


@pytest.mark.parametrize("tool", READING_TOOLS)
def test_what_a_person_would_have_to_see_is_denied_with_the_reason(tool: str) -> None:
    answered = verdict(tool, asked("It is large."))
    assert (answered.effect, answered.reason) == (Effect.DENY, "It is large.")


@pytest.mark.parametrize("tool", ["Bash", "Write", "Edit", "WebFetch", "mcp__notes__add"])
def test_nothing_else_happens_whatever_the_rules_say(tool: str) -> None:
    answered = verdict(tool, ALLOWED)
    assert answered.effect is Effect.DENY
    assert "only asked a question" in answered.reason
