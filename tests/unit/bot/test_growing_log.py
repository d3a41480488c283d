"""Logs that grow: what is new is told once, whole lines only, and a large file is not read to show its end."""

import json
from pathlib import Path

from bot.agent_log import GrowingLog, count_calls, last_lines, tail_of

CALL = json.dumps(
    {"at": "2026-03-02T09:31:12+00:00", "event": "call", "id": "t1", "tool": "Bash", "input": {"command": "make"}}
)
FAILED = json.dumps({"at": "2026-03-02T09:31:15+00:00", "event": "result", "id": "t1", "failed": True, "result": "no"})


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def test_each_line_is_told_once_and_only_when_it_is_whole(tmp_path: Path) -> None:
    log = GrowingLog(tmp_path)
    assert log.added() == []

    append(tmp_path / "text.txt", "First.\n\nSec")
    append(tmp_path / "tools.jsonl", CALL + "\n")
    assert log.added() == ["First.", "", "  09:31:12  Bash       make"]

    append(tmp_path / "text.txt", "ond.\x1b[2J\n")
    append(tmp_path / "tools.jsonl", FAILED + "\n")
    assert log.added() == ["Second.", "  09:31:15  failed: no"]
    assert log.added() == []


def test_a_tail_shortens_only_what_was_there_before(tmp_path: Path) -> None:
    append(tmp_path / "text.txt", "1\n2\n3\n")
    log = GrowingLog(tmp_path, tail=1)
    assert log.added() == ["3"]

    append(tmp_path / "text.txt", "4\n5\n")
    assert log.added() == ["4", "5"]


def test_nothing_of_the_past_is_an_answer_too(tmp_path: Path) -> None:
    append(tmp_path / "text.txt", "1\n2\n")
    assert GrowingLog(tmp_path, tail=0).added() == []


def test_the_end_of_a_file_is_its_last_lines_that_say_something(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("x" * 200_000 + "\n\nlast but one\n\n\nlast\x07\n\n")

    assert tail_of(path, lines=2) == "last but one\nlast"
    assert tail_of(tmp_path / "nothing", lines=2) == ""


def test_calls_are_counted_and_answers_are_not(tmp_path: Path) -> None:
    path = tmp_path / "tools.jsonl"
    path.write_text(f"{CALL}\n{FAILED}\n{CALL}\n")

    assert count_calls(path) == 2
    assert count_calls(tmp_path / "nothing") == 0


def test_the_tail_of_a_page_keeps_the_line_that_says_whose_it_is() -> None:
    assert last_lines("head\n1\n2\n3\n", 2) == ["head", "2", "3"]
    assert last_lines("head\n1\n", 0) == ["head"]
    assert last_lines("head\n1\n", None) == ["head", "1"]
