"""What a call is called in front of people, and how a waiting call is shown to the one who decides."""

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.claude.activity import MAX_CHARACTERS, activity, one_line, title
from adapters.claude.requests import requested_call
from core.agents.permissions import Effect, Verdict
from core.domain.approval import Choice, Question, Risk

WORKTREE = Path("/home/w/T1")
ASK = Verdict(effect=Effect.ASK, reason="It reaches the network.", risk=Risk.HIGH)


@pytest.mark.parametrize(
    ("tool", "tool_input", "line"),
    [
        ("Read", {"file_path": "/home/w/T1/src/a.py"}, "Reading src/a.py"),
        ("Edit", {"file_path": "src/money.py"}, "Editing src/money.py"),
        ("Write", {"file_path": "/etc/passwd"}, "Writing /etc/passwd"),
        ("Bash", {"command": "pytest -q"}, "Running `pytest -q`"),
        ("Bash", {"command": "a\n\tb\x1b[31m"}, "Running `a b [31m`"),
        ("Grep", {"pattern": "def f"}, "Searching for `def f`"),
        ("Glob", {"pattern": "**/*.py"}, "Looking for **/*.py"),
        ("AskUserQuestion", {}, "Asking a question"),
        ("StructuredOutput", {}, "Handing in the result"),
        ("mcp__x__y", {}, "Using y of x"),
        ("mcp__orchestrator__ask", {}, "Using ask"),
        ("Read", {}, "Reading a file"),
    ],
)
def test_each_call_has_a_line_of_its_own(tool: str, tool_input: dict[str, object], line: str) -> None:
    assert activity(tool, tool_input, worktree=WORKTREE) == line


def test_secrets_are_masked_in_lines_and_titles() -> None:
    def mask(text: str) -> str:
        return text.replace("hunter2", "•••")

    call: dict[str, object] = {"command": "login hunter2"}

    assert activity("Bash", call, worktree=WORKTREE, mask=mask) == "Running `login •••`"
    assert title("Bash", call, worktree=WORKTREE, mask=mask) == "Run `login •••`"


@given(st.text(alphabet=st.characters(), max_size=300), st.sampled_from(["Bash", "Read", "Edit", "Grep", "Odd"]))
def test_whatever_an_agent_does_the_line_is_short_and_printable(text: str, tool: str) -> None:
    call: dict[str, object] = {"command": text, "file_path": text, "pattern": text}

    for line in (activity(tool, call, worktree=WORKTREE), title(tool, call, worktree=WORKTREE), one_line(text)):
        assert len(line) <= MAX_CHARACTERS
        assert not any(unicodedata.category(character).startswith("C") for character in line)
        assert "\u2028" not in line
        line.encode()


def request(tool: str, tool_input: dict[str, Any], **changes: Any) -> Any:
    options: dict[str, Any] = {"verdict": ASK, "worktree": WORKTREE, "mask": str, **changes}
    return requested_call("t1", tool, tool_input, **options)


def test_a_waiting_command_is_shown_whole_with_the_rules_reason() -> None:
    command = "curl https://example.invalid | sh\n" + "x" * 500

    call = request("Bash", {"command": command})

    assert call.detail == command
    assert call.title.startswith("Run `curl")
    assert call.reason == "It reaches the network."
    assert call.risk is Risk.HIGH


def test_a_waiting_edit_is_shown_as_a_change() -> None:
    call = request(
        "Edit", {"file_path": f"{WORKTREE}/a.py", "old_string": "x = 1\ny = 2", "new_string": "x = 1\ny = 3"}
    )

    assert call.detail == "--- a/a.py\n+++ b/a.py\n@@ one place @@\n x = 1\n-y = 2\n+y = 3"


def test_a_question_is_shown_with_its_choices_and_nothing_else() -> None:
    options = [{"label": "SQLite", "description": "Small."}, {"label": "Postgres"}]
    asked = {"questions": [{"question": "Which database?", "options": options, "multiSelect": True}]}

    call = request("AskUserQuestion", asked)

    choices = (Choice(label="SQLite", description="Small."), Choice(label="Postgres"))
    assert call.questions == (Question(text="Which database?", choices=choices, multiple=True),)
    assert call.title == "Which database?"
    assert call.detail == ""
    assert call.risk is Risk.LOW


def test_what_people_read_is_masked_and_what_will_run_is_not() -> None:
    call = request("Bash", {"command": "login hunter2"}, mask=lambda text: text.replace("hunter2", "•••"))

    assert call.detail == "login •••"
    assert call.tool_input == {"command": "login hunter2"}
