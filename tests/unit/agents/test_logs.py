"""File logs of an agent run: complete, masked, and never in the way."""

import json
from pathlib import Path

import pytest

from core.agents.logs import AgentLog
from tests.support.clock import FakeClock

SECRET = 'pass"word\\x'


def mask(text: str) -> str:
    return text.replace(SECRET, "•••")


@pytest.fixture
def log(tmp_path: Path, clock: FakeClock) -> AgentLog:
    return AgentLog(tmp_path / "logs" / "T1", mask=mask, now=clock)


def test_the_prompt_the_words_and_the_thoughts_are_kept_in_order(log: AgentLog, tmp_path: Path) -> None:
    log.prompt("Do it.", system="You build.")
    log.thinking("Hm.")
    log.text("Done.")
    log.prompt("Go on.")

    folder = tmp_path / "logs" / "T1"
    prompt = (folder / "prompt.txt").read_text()
    assert prompt.index("You build.") < prompt.index("Do it.") < prompt.index("Go on.")
    assert (folder / "text.txt").read_text() == "[thinking]\nHm.\n[/thinking]\n\nDone.\n\n"


def test_each_call_and_result_is_a_line_of_json(log: AgentLog, tmp_path: Path) -> None:
    log.tool_called(tool_use_id="t1", tool="Bash", tool_input={"command": "ls\nls"})
    log.tool_answered(tool_use_id="t1", result=[{"type": "text", "text": "a"}], failed=False)
    log.summary({"outcome": "completed", "cost": None})

    folder = tmp_path / "logs" / "T1"
    lines = [json.loads(line) for line in (folder / "tools.jsonl").read_text().splitlines()]
    assert [line["event"] for line in lines] == ["call", "result"]
    assert lines[0]["input"] == {"command": "ls\nls"}
    assert lines[1]["result"] == [{"type": "text", "text": "a"}]
    assert lines[0]["at"].startswith("2026-03-01T12:00")
    assert json.loads((folder / "summary.jsonl").read_text())["outcome"] == "completed"


def test_secrets_are_masked_everywhere_also_where_json_would_escape_them(log: AgentLog, tmp_path: Path) -> None:
    log.prompt(SECRET, system=SECRET)
    log.text(SECRET)
    log.thinking(SECRET)
    log.tool_called(tool_use_id="t1", tool="Bash", tool_input={"command": SECRET, "deep": [{SECRET: SECRET}]})
    log.tool_answered(tool_use_id="t1", result=SECRET, failed=False)
    log.summary({"message": SECRET})

    for path in (tmp_path / "logs" / "T1").iterdir():
        written = path.read_text()
        assert "•••" in written
        assert SECRET not in written
        assert json.dumps(SECRET)[1:-1] not in written


def test_text_that_no_encoding_can_carry_is_written_all_the_same(log: AgentLog, tmp_path: Path) -> None:
    log.text("half a \ud83d pair\x00")
    log.tool_called(tool_use_id="t1", tool="Bash", tool_input={"command": "\udfff"})

    assert "half a" in (tmp_path / "logs" / "T1" / "text.txt").read_text()
    assert json.loads((tmp_path / "logs" / "T1" / "tools.jsonl").read_text())["id"] == "t1"


def test_a_folder_that_cannot_be_written_is_told_once_and_then_left_alone(
    tmp_path: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    tmp_path.joinpath("file").write_text("in the way")
    log = AgentLog(tmp_path / "file" / "logs", mask=mask, now=clock)

    log.text("one")
    log.prompt("two")
    log.summary({})

    assert len(caplog.records) == 1


def test_without_a_folder_nothing_is_written(tmp_path: Path, clock: FakeClock) -> None:
    log = AgentLog(None, mask=mask, now=clock)

    log.text("one")

    assert list(tmp_path.iterdir()) == []
