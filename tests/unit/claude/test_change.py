"""A change an agent wants to make, as people read it before they allow it."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.claude.change import change_diff

WORKTREE = Path("/work/T1")


def diff(tool: str, **tool_input: Any) -> str:
    """What people see of a change of src/a.py."""
    return change_diff(tool, {"file_path": "/work/T1/src/a.py", **tool_input}, worktree=WORKTREE)


def test_an_edit_shows_what_goes_what_comes_and_what_stays_and_the_file_as_the_project_calls_it() -> None:
    assert diff("Edit", old_string="a\nb\nc", new_string="a\nB\nc\nd").splitlines() == [
        "--- a/src/a.py",
        "+++ b/src/a.py",
        "@@ one place @@",
        " a",
        "-b",
        "+B",
        " c",
        "+d",
    ]


def test_an_edit_of_every_place_says_so() -> None:
    assert "@@ every place @@" in diff("Edit", old_string="a", new_string="b", replace_all=True)


def test_several_edits_are_as_many_hunks() -> None:
    edits = [{"old_string": "a", "new_string": "b"}, {"old_string": "c", "new_string": ""}, "no edit"]
    assert diff("MultiEdit", edits=edits).splitlines()[2:] == ["@@ one place @@", "-a", "+b", "@@ one place @@", "-c"]


def test_a_new_file_is_all_added() -> None:
    assert diff("Write", content="x\n\ny\n").splitlines()[2:] == ["@@ the whole file @@", "+x", "+", "+y"]


def test_a_cell_of_a_notebook_is_named() -> None:
    replaced = change_diff(
        "NotebookEdit", {"notebook_path": "n.ipynb", "cell_id": "c1", "new_source": "x"}, worktree=WORKTREE
    )
    assert replaced.splitlines() == ["--- a/n.ipynb", "+++ b/n.ipynb", "@@ replace cell c1 @@", "+x"]
    assert diff("NotebookEdit", edit_mode="delete", new_source="x").endswith("@@ delete cell @@")


@pytest.mark.parametrize("tool", ["Read", "Grep", "mcp__x__write"])
def test_other_tools_change_no_file_that_is_known(tool: str) -> None:
    assert diff(tool, content="x") == ""


@given(st.text(max_size=200), st.text(max_size=200))
def test_every_line_of_both_sides_is_in_the_diff(old: str, new: str) -> None:
    lines = diff("Edit", old_string=old, new_string=new).split("\n")[3:]
    assert [line[1:] for line in lines if line[0] in " -"] == old.splitlines()
    assert [line[1:] for line in lines if line[0] in " +"] == new.splitlines()


def test_an_edit_of_thousands_of_lines_is_shown_whole_without_comparing() -> None:
    lines = diff("Edit", old_string="a\n" * 3_000, new_string="b\n" * 3_000).split("\n")[3:]
    assert lines == ["-a"] * 3_000 + ["+b"] * 3_000
