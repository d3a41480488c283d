"""More work on pull requests from the command line, and what is refused."""

from collections.abc import Callable

import pytest
from typer.testing import Result

pytestmark = pytest.mark.github
Run = Callable[..., Result]


def test_a_task_without_a_pull_request_is_not_gone_on_with(run: Run) -> None:
    assert "has no pull request" in run("address", "5", "checks", code=5).stderr
    assert "is at work" in run("address", "2", "review", code=5).stderr


def test_what_names_no_pull_request_is_not_reviewed(run: Run) -> None:
    assert "names no pull request" in run("review", "the", "login", "code", code=2).stderr
