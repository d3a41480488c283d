"""The program's log: one masked line for each record, ours and the libraries'."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import AGENT_LIBRARY, configure_logs

SECRET = "the-key-nobody-may-see"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root, agent = logging.getLogger(), logging.getLogger(AGENT_LIBRARY)
    before = (root.handlers[:], root.level, agent.level)
    yield
    root.handlers[:], level, agent_level = before
    root.setLevel(level)
    agent.setLevel(agent_level)
    structlog.reset_defaults()


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
