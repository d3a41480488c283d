"""The gate: what runs, what waits, what is refused, and that an approval is good for one call."""

from pathlib import Path
from typing import Any

import pytest

from adapters.claude.briefing import INTERRUPTED
from adapters.claude.gate import Answer, Defer, Gate, Let, Refuse, same_call
from adapters.claude.transcript import RESULT_TOOL, WAITS
from core.agents.runner import ToolDecision
from tests.support.agents import a_spec

WORKTREE = Path("/worktree")
RISKY = {"command": "risky one"}
QUESTION = {"questions": [{"question": "Which?", "options": [{"label": "A"}, {"label": "B"}]}]}


def a_gate(*decisions: ToolDecision, mask: Any = str) -> Gate:
    return Gate(a_spec(WORKTREE, decisions=decisions), mask=mask)


def decision(tool_use_id: str = "t1", **changes: Any) -> ToolDecision:
    values: dict[str, Any] = {"approval": "A1", "tool": "Bash", "tool_input": RISKY, "approved": True}
    return ToolDecision(**{**values, "tool_use_id": tool_use_id, **changes})


def bash(gate: Gate, tool_use_id: str, command: str, **more: object) -> Answer:
    return gate.answer(tool_use_id, "Bash", {"command": command, **more})


def test_what_the_rules_allow_runs_and_what_they_deny_is_refused_with_their_reason() -> None:
    gate = a_gate()

    assert bash(gate, "t1", "ls") == Let()
    assert bash(gate, "t2", "forbidden thing") == Refuse(reason="The rules forbid it.")
    assert gate.requests == ()


def test_the_first_risky_call_is_deferred_and_later_ones_are_told_to_wait() -> None:
    gate = a_gate()

    answers = [bash(gate, "t1", "risky one"), bash(gate, "t2", "ls"), bash(gate, "t3", "risky two")]

    assert answers == [Defer(), Let(), Refuse(reason=WAITS)]
    assert [call.tool_use_id for call in gate.requests] == ["t1", "t3"]


def test_being_asked_twice_about_one_call_requests_it_once() -> None:
    gate = a_gate()
    bash(gate, "t1", "risky one")
    bash(gate, "t2", "risky two")

    assert bash(gate, "t1", "risky one") == Defer()
    assert bash(gate, "t2", "risky two") == Refuse(reason=WAITS)
    assert len(gate.requests) == 2


def test_the_decided_call_itself_runs_and_uses_its_approval_once() -> None:
    gate = a_gate(decision())

    assert bash(gate, "t1", "risky one") == Let(approval="A1")
    assert bash(gate, "t1", "risky one") == Let()
    assert gate.unused == ()


def test_an_approved_call_made_again_runs_once_and_then_asks_again() -> None:
    gate = a_gate(decision())

    assert bash(gate, "t9", "risky one") == Let(approval="A1")
    assert bash(gate, "t10", "risky one") == Defer()


@pytest.mark.parametrize("command", ["risky one ", "risky one; rm -rf .", "risky One"])
def test_an_approval_is_for_exactly_one_call(command: str) -> None:
    assert bash(a_gate(decision()), "t9", command) == Defer()


def test_what_a_command_is_said_to_be_for_does_not_matter_but_everything_else_does() -> None:
    described = decision(tool_input={**RISKY, "description": "as first told"})

    assert same_call(described, "Bash", {**RISKY, "description": "told otherwise"})
    assert same_call(described, "Bash", RISKY)
    assert not same_call(described, "Bash", {**RISKY, "timeout": 5})
    assert not same_call(described, "Write", RISKY)


def test_two_approvals_of_the_same_call_are_good_for_two_runs() -> None:
    gate = a_gate(decision("t1"), decision("t2", approval="A2"))

    answers = [bash(gate, name, "risky one") for name in ("t8", "t9", "t10")]

    assert answers == [Let(approval="A1"), Let(approval="A2"), Defer()]


def test_a_used_approval_does_not_open_the_gate_again() -> None:
    gate = a_gate(decision(used=True))

    assert bash(gate, "t1", "risky one") == Refuse(reason=INTERRUPTED)
    assert bash(gate, "t9", "risky one") == Defer()


def test_a_denied_call_is_refused_with_the_persons_reason_also_when_it_is_made_again() -> None:
    gate = a_gate(decision(approved=False, reason="Never on main."))

    for tool_use_id in ("t1", "t9"):
        answer = bash(gate, tool_use_id, "risky one")
        assert isinstance(answer, Refuse)
        assert "Never on main" in answer.reason
    assert gate.requests == ()


def test_rules_that_became_stricter_beat_an_old_approval() -> None:
    gate = a_gate(decision(tool_input={"command": "forbidden now"}))

    assert bash(gate, "t9", "forbidden now") == Refuse(reason="The rules forbid it.")


def test_a_question_always_waits_and_its_answers_are_handed_to_the_tool() -> None:
    assert a_gate().answer("t1", "AskUserQuestion", QUESTION) == Defer()

    answered = decision(tool="AskUserQuestion", tool_input=QUESTION, answers={"Which?": "B"})
    answer = a_gate(answered).answer("t1", "AskUserQuestion", QUESTION)

    assert answer == Let(approval="A1", tool_input={**QUESTION, "answers": {"Which?": "B"}})


def test_an_answer_is_told_again_after_a_crash_because_that_does_no_harm() -> None:
    answered = decision(tool="AskUserQuestion", tool_input=QUESTION, answers={"Which?": "B"}, used=True)

    assert isinstance(a_gate(answered).answer("t1", "AskUserQuestion", QUESTION), Let)


def test_an_answer_finds_its_question_though_the_person_saw_it_masked() -> None:
    asked = {"questions": [{"question": "Use hunter2?"}, {"question": "Sure?"}]}
    answered = decision(tool="AskUserQuestion", tool_input=asked, answers={"Use •••?": "no"})
    gate = a_gate(answered, mask=lambda text: text.replace("hunter2", "•••"))

    answer = gate.answer("t1", "AskUserQuestion", asked)

    assert isinstance(answer, Let)
    assert answer.tool_input is not None
    assert answer.tool_input["answers"] == {"Use hunter2?": "no", "Sure?": "(no answer)"}


def test_before_the_end_the_agent_is_reminded_once_of_an_approved_call_it_did_not_make() -> None:
    gate = a_gate(decision())

    reminder = gate.answer("t5", RESULT_TOOL, {})

    assert isinstance(reminder, Refuse)
    assert "risky one" in reminder.reason
    assert gate.answer("t6", RESULT_TOOL, {}) == Let()
    assert gate.reminder() == ""


def test_the_result_is_always_let_through_when_nothing_is_open() -> None:
    assert a_gate().answer("t1", RESULT_TOOL, {}) == Let()
