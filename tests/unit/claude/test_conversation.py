"""What an agent said, message by message: numbered for people, cut where a copy is whole."""

from pathlib import Path
from typing import Any

from adapters.claude.conversation import Said, conversation

ROOT = Path("/w/T1")


def entry(kind: str, uuid: str, *parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": kind, "uuid": uuid, "timestamp": "2026-03-01T12:00:00Z", "message": {"content": [*parts]}, **more}


def text(said: str) -> dict[str, Any]:
    return {"type": "text", "text": said}


def call(tool: str, **given: object) -> dict[str, Any]:
    return {"type": "tool_use", "id": "t1", "name": tool, "input": given}


RESULT = {"type": "tool_result", "tool_use_id": "t1", "content": "1 passed"}


def told(*entries: dict[str, Any]) -> list[Said]:
    return conversation(entries, worktree=ROOT, mask=lambda said: said.replace("hunter2", "***"))


def test_messages_are_numbered_and_end_with_the_answers_to_their_calls() -> None:
    said = told(
        entry("user", "u1", text("Fix it.")),
        entry("assistant", "a1", text("I look.")),
        entry("assistant", "a2", call("Bash", command="pytest -q")),
        entry("user", "u2", RESULT),
        entry("assistant", "a3", text("Done.")),
    )
    assert [(one.number, one.uuid, one.text) for one in said] == [
        (1, "a1", "I look."),
        (2, "u2", "Running `pytest -q`"),
        (3, "a3", "Done."),
    ]


def test_pieces_that_say_nothing_belong_to_the_message_before() -> None:
    said = told(
        entry("assistant", "a1", text("I look.")),
        entry("assistant", "a2", {"type": "thinking", "thinking": "hm"}),
    )
    assert [(one.number, one.uuid) for one in said] == [(1, "a2")]


def test_secrets_are_masked_and_what_was_copied_from_another_session_is_left_out() -> None:
    said = told(
        entry("assistant", "a0", text("Old."), forkedFrom={"sessionId": "x"}),
        entry("assistant", "a1", text("The key is hunter2."), call("Read", file_path="/w/T1/a.py")),
    )
    assert [one.text for one in said] == ["The key is ***. · Reading a.py"]


def test_entries_of_an_unknown_shape_are_passed_over() -> None:
    odd: list[dict[str, Any]] = [{}, {"type": "assistant"}, {"type": "user", "uuid": "u", "message": 3}]
    assert told(*odd, entry("assistant", "a1")) == [Said(number=1, uuid="a1", at="2026-03-01T12:00:00Z", text="…")]
    assert conversation(None, worktree=ROOT, mask=str) == []
