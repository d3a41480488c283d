"""An agent's log files as a page: what it said, each call with its outcome, and nothing that steers a terminal."""

import json
from pathlib import Path

import pytest

from bot.agent_log import agent_log, find_runs, tool_lines
from bot.cli import parse
from bot.sample_task import sample_view
from core.domain.errors import InvalidInputError
from core.domain.identity import AgentRunId


def call(tool: str, given: object, *, number: int = 1) -> str:
    entry = {"at": "2026-03-02T09:31:12+00:00", "event": "call", "id": f"toolu_{number}", "tool": tool, "input": given}
    return json.dumps(entry)


def answer(*, number: int = 1, failed: bool = False) -> str:
    return json.dumps({"event": "result", "id": f"toolu_{number}", "failed": failed, "result": "…"})


def test_each_call_is_one_line_with_the_part_of_its_input_that_says_most() -> None:
    text = "\n".join(
        [
            *(call("Bash", {"description": "Run the tests", "command": "make\ntest"}), answer()),
            *(call("Edit", {"file_path": "a.py", "old_string": "x"}, number=2), answer(number=2, failed=True)),
            call("Grep", {"pattern": "def \x1b[31mmain"}, number=3),
        ]
    )

    assert tool_lines(text) == [
        "  09:31:12  Bash       make test",
        "  09:31:12  Edit       a.py  (failed)",
        "  09:31:12  Grep       def main  (no answer)",
    ]


def test_lines_that_cannot_be_read_are_left_out() -> None:
    assert tool_lines('{"event": "call"\n[]\n\nnull\n' + call("Read", None)) == ["  09:31:12  Read  (no answer)"]


def test_the_page_says_who_it_was_and_where_the_files_are(tmp_path: Path) -> None:
    (run,) = find_runs(sample_view(), AgentRunId("T142.3"))
    (tmp_path / "text.txt").write_text("I look at the code.\x1b]0;title\x07\n\n")
    (tmp_path / "prompt.txt").write_text("Mend it.")
    (tmp_path / "tools.jsonl").write_text(call("Read", {"file_path": "a.py"}) + "\n" + answer() + "\n")

    assert agent_log(run, tmp_path, prompt=False).splitlines() == [
        "── T142.3 · builder · step build · waiting · claude-sonnet-5 · $0.06",
        f"   {tmp_path}",
        "",
        "I look at the code.",
        "",
        "Tools",
        "  09:31:12  Read       a.py",
    ]
    assert "Mend it." in agent_log(run, tmp_path, prompt=True)
    assert "(nothing said yet)" in agent_log(run, tmp_path / "nowhere", prompt=False)


def test_a_task_stands_for_all_its_runs() -> None:
    assert [each.run.id for each in find_runs(sample_view(), None)] == ["T142.1", "T142.2", "T142.3"]
    assert find_runs(sample_view(), AgentRunId("T142.9")) == []


@pytest.mark.parametrize(("text", "name"), [("T142.3", "T142.3"), ("142.03", "T142.3"), ("t7", None), ("7", None)])
def test_names_of_agent_runs(text: str, name: str | None) -> None:
    assert parse.agent_run_id(text) == name
    assert parse.task_of_agent(text) == ("T142" if "142" in text else "T7")


@pytest.mark.parametrize("text", ["", "x", "T1.2.3", "../T1", "T" + "9" * 20, "T٣"])
def test_other_names_are_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="is not an agent run"):
        parse.task_of_agent(text)
