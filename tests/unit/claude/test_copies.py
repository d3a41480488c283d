"""Copying a session: the cut, what is left out, and that nothing of the old one goes on in the new one."""

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.claude.copies import NOT_MADE, copied
from adapters.claude.transcript import COPIED, WAITS, read

Row = dict[str, Any]
NEW = Path("/new/worktree")


def row(uuid: str, kind: str, *, parent: str | None = None, content: Any = "", message: str = "", **more: Any) -> Row:
    told = {"content": content, **({"id": message} if message else {})}
    return {
        "uuid": uuid, "parentUuid": parent, "type": kind, "sessionId": "old", "cwd": "/old/worktree", "message": told,
        **more,
    }  # fmt: skip


def call(tool_use_id: str, **tool_input: object) -> Row:
    return {"type": "tool_use", "id": tool_use_id, "name": "Bash", "input": tool_input}


def answer(tool_use_id: str, text: str = "fine", *, failed: bool = False) -> Row:
    return {"type": "tool_result", "tool_use_id": tool_use_id, "content": text, "is_error": failed}


TALK: list[Row] = [
    row("u1", "user", content="Do it."),
    row("a1", "assistant", parent="u1", content=[{"type": "text", "text": "First."}], message="msg_1"),
    row("a2", "assistant", parent="a1", content=[call("t1")], message="msg_1"),
    row("a3", "assistant", parent="a2", content=[call("t2")], message="msg_1"),
    row("r1", "user", parent="a2", content=[answer("t1")], sourceToolAssistantUUID="a2"),
    row("n1", "attachment", parent="r1", attachment={"type": "note"}),
    row("r2", "user", parent="a3", content=[answer("t2")]),
    row("a4", "assistant", parent="r2", content=[{"type": "text", "text": "Second."}], message="msg_2"),
    row("u2", "user", parent="a4", content="More."),
]


def copy(rows: list[Row], *, until: str = "", session: str = "new") -> list[Row]:
    return copied(rows, session=session, until=until, worktree=NEW)


def originals(rows: list[Row]) -> list[str]:
    return [one[COPIED]["messageUuid"] for one in rows]


def test_a_cut_keeps_the_message_and_what_its_calls_led_to() -> None:
    assert originals(copy(TALK, until="msg_1")) == ["u1", "a1", "a2", "a3", "r1", "n1", "r2"]
    assert originals(copy(TALK, until="a4")) == ["u1", "a1", "a2", "a3", "r1", "n1", "r2", "a4"]
    assert originals(copy(TALK, until="u1")) == ["u1"]


def test_without_a_cut_or_with_one_that_does_not_occur_all_is_kept() -> None:
    assert len(copy(TALK)) == len(copy(TALK, until="msg_404")) == len(TALK)


def test_entries_are_linked_among_themselves_and_belong_to_the_new_session() -> None:
    rows = copy(TALK)

    names = {one["uuid"] for one in rows}
    assert names.isdisjoint({one["uuid"] for one in TALK})
    assert all(one["parentUuid"] is None or one["parentUuid"] in names for one in rows)
    assert rows[4]["sourceToolAssistantUUID"] == rows[2]["uuid"]
    assert {one["sessionId"] for one in rows} == {"new"}


def test_a_copy_made_twice_is_the_same_and_one_for_another_session_is_not() -> None:
    assert copy(TALK) == copy(TALK)
    assert {one["uuid"] for one in copy(TALK)}.isdisjoint({one["uuid"] for one in copy(TALK, session="other")})


def test_the_original_is_left_as_it_was() -> None:
    before = json.dumps(TALK)

    copy(TALK, until="msg_1")

    assert json.dumps(TALK) == before


def test_a_call_without_a_result_is_left_out_and_what_hung_on_it_hangs_on_what_is_before() -> None:
    open_call = row("a2", "assistant", parent="a1", content=[call("t9")], message="msg_1")
    deferred = row("n1", "attachment", parent="a2", attachment={"type": "hook_deferred_tool", "toolUseID": "t9"})
    rows = [*TALK[:2], open_call, deferred, row("u2", "user", parent="n1", content="Well?")]

    copies = copy(rows)

    assert originals(copies) == ["u1", "a1", "u2"]
    assert copies[2]["parentUuid"] == copies[1]["uuid"]


def test_a_call_that_waited_is_told_as_not_made_and_waits_for_nobody() -> None:
    rows = [*TALK[:3], row("r1", "user", parent="a2", content=[answer("t1", f"Error: {WAITS}", failed=True)])]

    copies = copy(rows)

    assert NOT_MADE in json.dumps(copies)
    assert WAITS not in json.dumps(copies)
    assert read(copies).waiting == ()


def test_a_copy_has_done_nothing_yet_whatever_was_handed_in_before() -> None:
    handed_in = {"type": "tool_use", "id": "t1", "name": "StructuredOutput", "input": {"summary": "done"}}
    rows = [
        *TALK[:2],
        row("a2", "assistant", parent="a1", content=[handed_in]),
        row("r1", "user", content=[answer("t1")]),
    ]
    assert read(rows).result == {"summary": "done"}

    known = read(copy(rows))

    assert known.result is None
    assert known.calls == ()
    assert known.copied
    assert not known.begun
    assert known.told == ""


def test_paths_of_the_old_worktree_become_the_new_ones_but_not_in_signed_words() -> None:
    content = [
        {"type": "thinking", "thinking": "I look at /old/worktree/a.py", "signature": "s"},
        {"type": "text", "text": "See /old/worktree/a.py"},
        call("t1", file_path="/old/worktree/a.py"),
    ]
    rows = copy(
        [row("a1", "assistant", content=content), row("r1", "user", content=[answer("t1", "in /old/worktree")])]
    )

    kept = rows[0]["message"]["content"]
    assert kept[0]["thinking"] == "I look at /old/worktree/a.py"
    assert kept[1]["text"] == "See /new/worktree/a.py"
    assert kept[2]["input"] == {"file_path": "/new/worktree/a.py"}
    assert rows[1]["message"]["content"][0]["content"] == "in /new/worktree"
    assert rows[0]["cwd"] == "/new/worktree"


def test_notes_of_one_process_and_what_subagents_said_are_left_out() -> None:
    rows = [row("q", "queue-operation"), row("l", "last-prompt"), row("s", "user", isSidechain=True), TALK[0]]

    assert originals(copy(rows)) == ["u1"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"type": st.sampled_from(["user", "assistant", "attachment", "x"])},
            optional={"uuid": JSON, "parentUuid": JSON, "message": JSON, "attachment": JSON, "cwd": JSON},
        ),
        max_size=5,
    ),
    st.text(max_size=4),
)
def test_copying_never_fails_whatever_is_stored(rows: list[Row], until: str) -> None:
    assert read(copied(rows, session="new", until=until, worktree=NEW)).calls == ()
