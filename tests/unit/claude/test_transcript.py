"""Reading a stored transcript, and telling the agent what people decided meanwhile."""

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.claude import briefing
from adapters.claude.sessions import MemoryTranscripts, StoredSessions
from adapters.claude.transcript import RESULT_TOOL, WAITS, Transcript, read
from core.agents.runner import ToolDecision
from tests.support.agents import a_spec

Row = dict[str, Any]


def uses(tool_use_id: str, tool: str = "Bash", **tool_input: object) -> Row:
    part = {"type": "tool_use", "id": tool_use_id, "name": tool, "input": tool_input}
    return {"type": "assistant", "message": {"content": [part]}}


def answers(tool_use_id: str, text: object = "fine", *, failed: bool = False) -> Row:
    part = {"type": "tool_result", "tool_use_id": tool_use_id, "content": text, "is_error": failed}
    return {"type": "user", "message": {"content": [part]}}


def defers(tool_use_id: str) -> Row:
    return {"type": "attachment", "attachment": {"type": "hook_deferred_tool", "toolUseID": tool_use_id}}


def says(text: str) -> Row:
    return {"type": "user", "message": {"content": text}}


def test_nothing_stored_or_only_bookkeeping_is_no_session() -> None:
    assert read(None) == Transcript()
    assert not read([{"type": "queue-operation"}]).begun
    assert read([says("hello")]).begun


def test_the_deferred_call_is_the_last_marked_one_without_a_result() -> None:
    once = read([uses("t1"), defers("t1")])
    answered = read([uses("t1"), defers("t1"), answers("t1")])
    twice = read([uses("t1"), defers("t1"), answers("t1"), uses("t2"), defers("t2")])

    assert once.deferred is not None
    assert once.deferred.id == "t1"
    assert answered.deferred is None
    assert twice.deferred is not None
    assert twice.deferred.id == "t2"


def test_waiting_are_the_deferred_call_and_those_that_were_told_to_wait() -> None:
    rows = [uses("t1"), uses("t2"), uses("t3"), defers("t1"), answers("t2"), answers("t3", f"x {WAITS}", failed=True)]

    assert [call.id for call in read(rows).waiting] == ["t1", "t3"]


def test_a_result_counts_when_it_was_taken_and_nothing_followed() -> None:
    handed_in = [uses("t1", RESULT_TOOL, summary="done"), answers("t1")]

    assert read(handed_in).result == {"summary": "done"}
    assert read(handed_in[:1]).result is None
    assert read([uses("t1", RESULT_TOOL), answers("t1", "wrong form", failed=True)]).result is None
    assert read([*handed_in, uses("t2")]).result is None


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["user", "assistant", "attachment", "x"])},
        optional={"message": ANYTHING, "attachment": ANYTHING, "content": ANYTHING},
    ),
    max_size=5,
)


@given(ROWS)
def test_reading_never_fails_whatever_is_stored(rows: list[Row]) -> None:
    assert isinstance(read(rows), Transcript)


def decision(tool_use_id: str, **changes: Any) -> ToolDecision:
    values: dict[str, Any] = {"approval": f"A-{tool_use_id}", "tool": "Bash", "tool_input": {"command": tool_use_id}}
    return ToolDecision(**{**values, "approved": True, "tool_use_id": tool_use_id, **changes})


WAITING = [uses("t1"), uses("t2"), uses("t3"), defers("t1"), answers("t2", WAITS, failed=True)]
WAITING.append(answers("t3", WAITS, failed=True))


def told(rows: list[Row], *decisions: ToolDecision) -> str:
    return briefing.decisions(a_spec(Path("/worktree"), decisions=decisions), read(rows))


def test_the_agent_is_told_every_decision_but_the_deferred_calls() -> None:
    text = told(WAITING, decision("t1"), decision("t2"), decision("t3", approved=False, reason="No."))

    assert "[A-t1]" not in text
    assert '[A-t2] Bash {"command": "t2"}: approved. Make exactly this call again' in text
    assert "[A-t3]" in text
    assert "No" in text


def test_what_the_agent_heard_and_has_nothing_left_to_do_about_is_not_told_again() -> None:
    first = told(WAITING, decision("t2"), decision("t3", approved=False))
    heard = [*WAITING, {"type": "attachment", "attachment": {"type": "hook_additional_context", "content": [first]}}]

    again = told(heard, decision("t2"), decision("t3", approved=False))

    assert "[A-t2]" in again
    assert "[A-t3]" not in again
    assert told(heard, decision("t2", used=True), decision("t3", approved=False)) == ""


def test_an_answered_question_is_told_with_its_answer() -> None:
    answered = decision("t2", tool="AskUserQuestion", answers={"Which?": "B"})

    assert "Which? → B" in told(WAITING, answered)


def test_a_used_approval_of_a_call_without_known_outcome_is_told_as_interrupted() -> None:
    assert "check its effect" in told(WAITING, decision("t2", used=True))


def test_the_opening_is_the_task_at_first_and_then_to_go_on() -> None:
    spec = a_spec(Path("/worktree"))

    assert briefing.opening(spec, Transcript()) == spec.prompt
    assert briefing.opening(spec, Transcript(begun=True)) == briefing.GO_ON


async def test_the_clis_bookmarks_are_stored_but_not_given_back() -> None:
    sessions = StoredSessions(MemoryTranscripts())
    key: Any = {"project_key": "p", "session_id": "s"}

    await sessions.append(key, [{"type": "user", "uuid": "1"}, {"type": "last-prompt", "leafUuid": "0"}])

    assert await sessions.load(key) == [{"type": "user", "uuid": "1"}]
