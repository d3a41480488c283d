"""The program's log: one masked line for each record, ours and the libraries'."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from dbos._logger import init_logger

from bot.logs import AGENT_LIBRARY, ENGINE_LIBRARY, TRACE_LIBRARY, LogFormat, configure_logs
from core.correlation import bound
from core.domain.identity import AgentRunId, TaskId

SECRET = "the-key-nobody-may-see"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root, engine = logging.getLogger(), logging.getLogger(ENGINE_LIBRARY)
    named = [logging.getLogger(name) for name in ("", AGENT_LIBRARY, TRACE_LIBRARY, ENGINE_LIBRARY)]
    before = (root.handlers[:], engine.handlers[:], engine.propagate, [each.level for each in named])
    engine.handlers.clear()
    yield
    root.handlers[:], engine.handlers[:], engine.propagate, levels = before
    for logger, level in zip(named, levels, strict=True):
        logger.setLevel(level)


def test_secrets_are_masked_in_our_lines_and_in_those_of_libraries(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", mask_values=[SECRET])

    structlog.get_logger("x").warning("store_not_usable", reason=f"login {SECRET}")
    logging.getLogger("library").error("no %s\nno", SECRET)

    ours, theirs = capsys.readouterr().err.splitlines()
    assert 'level=warning event=store_not_usable reason="login •••"' in ours
    assert theirs.endswith('level=error event="no •••\\nno" logger=library')


def test_libraries_are_heard_from_warnings_on_and_the_agent_library_not_at_all(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logs("info")

    logging.getLogger("library").info("chatter")
    logging.getLogger(AGENT_LIBRARY).error("Fatal error in message reader")
    structlog.get_logger("x").debug("detail")

    assert capsys.readouterr().err == ""


def test_debug_tells_everything(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("debug")

    logging.getLogger("library").debug("chatter")
    structlog.get_logger("x").debug("detail")

    assert len(capsys.readouterr().err.splitlines()) == 2


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What stands on stderr: one JSON object a line."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_json_is_one_object_a_line_for_our_records_and_those_of_libraries(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", log_format="json")

    structlog.get_logger("x").info("task_ended", cost=1.5, files=["a.py", "b.py"], passed=True, nothing=None)
    logging.getLogger("library").warning("two\nlines %d", 7)

    ours, theirs = lines(capsys)
    assert ours.pop("timestamp").endswith("Z")
    assert ours == {
        "level": "info",
        "event": "task_ended",
        "cost": 1.5,
        "files": ["a.py", "b.py"],
        "passed": True,
        "nothing": None,
    }
    assert theirs.pop("timestamp").endswith("Z")
    assert theirs == {"level": "warning", "event": "two\nlines 7", "logger": "library"}


def test_every_line_names_the_work_it_belongs_to(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", log_format="json")

    with bound(task=TaskId("T1"), agent_run=AgentRunId("T1.1"), correlation="abc"):
        structlog.get_logger("x").info("ours")
        logging.getLogger("library").error("theirs")
    structlog.get_logger("x").info("after")

    *named, after = lines(capsys)
    assert [(line["task"], line["agent_run"], line["correlation"]) for line in named] == [("T1", "T1.1", "abc")] * 2
    assert "task" not in after


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_secrets_are_masked_in_every_field_and_in_exceptions(
    log_format: LogFormat, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs("info", mask_values=[SECRET], log_format=log_format)
    deep: object = SECRET
    for _ in range(10):
        deep = [deep]

    structlog.get_logger("x").warning(
        f"event {SECRET}",
        nested={"key": [SECRET, {SECRET: (SECRET,)}], "set": {SECRET}},
        deep=deep,
        path=Path(f"/home/{SECRET}"),
        error=ValueError(SECRET),
        data=SECRET.encode(),
    )
    try:
        dict[str, str]()[SECRET]
    except KeyError:
        structlog.get_logger("x").exception("ours")
        logging.getLogger("library").exception("theirs")

    told = capsys.readouterr().err
    assert SECRET not in told
    assert told.count("Traceback") == 2
    assert told.count("•••") >= 9
    assert len(told.splitlines()) == 3


def test_the_engine_library_speaks_through_the_same_lines(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger(ENGINE_LIBRARY).setLevel(logging.NOTSET)  # whatever an engine that ended has left
    init_logger()  # it brings a handler of its own
    configure_logs("info", log_format="json")

    logging.getLogger(ENGINE_LIBRARY).error("no database")

    (line,) = lines(capsys)
    assert (line["logger"], line["event"], line["level"]) == ("dbos", "no database", "error")


def test_the_engine_library_keeps_to_it_when_it_begins_later(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger(ENGINE_LIBRARY).setLevel(logging.NOTSET)
    configure_logs("info", log_format="json")
    init_logger()

    logging.getLogger(ENGINE_LIBRARY).error("no database")

    assert [line["event"] for line in lines(capsys)] == ["no database"]


def test_failed_deliveries_of_traces_are_left_to_our_own_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")

    logging.getLogger(f"{TRACE_LIBRARY}.exporter").error("Failed to export span batch")

    assert capsys.readouterr().err == ""
