"""When all checks of a commit have ended, and which of them failed."""

import pytest

from adapters.github.watch.checks import ended
from adapters.github.watch.wire import CheckRunWire, StatusWire, SuiteWire


def run(number: int = 1, *, status: str = "completed", conclusion: str | None = "success") -> CheckRunWire:
    return CheckRunWire(id=number, name=f"job {number}", status=status, conclusion=conclusion)


def status(number: int = 1, state: str = "success") -> StatusWire:
    return StatusWire(id=number, context="ci", state=state)


def suite(state: str, *, runs: int = 1) -> SuiteWire:
    return SuiteWire(status=state, latest_check_runs_count=runs)


@pytest.mark.parametrize("conclusion", ["success", "neutral", "skipped"])
def test_green_is_success_neutral_and_skipped(conclusion):
    found = ended([run(conclusion=conclusion)], [], [status()])

    assert found is not None
    assert (found.failed_runs, found.failed_statuses) == ((), ())


@pytest.mark.parametrize(
    "conclusion", ["failure", "cancelled", "timed_out", "action_required", "stale", "startup_failure", None, "new"]
)
def test_everything_else_is_red(conclusion):
    found = ended([run(1), run(2, conclusion=conclusion)], [], [])

    assert found is not None
    assert [each.id for each in found.failed_runs] == [2]


@pytest.mark.parametrize("state", ["failure", "error"])
def test_so_are_failed_statuses(state):
    found = ended([], [], [status(1), status(2, state)])

    assert found is not None
    assert [each.id for each in found.failed_statuses] == [2]


@pytest.mark.parametrize("waiting", ["queued", "in_progress", "waiting", "requested", "pending"])
def test_nothing_has_ended_while_one_run_is_waited_for(waiting):
    assert ended([run(1, conclusion="failure"), run(2, status=waiting, conclusion=None)], [], []) is None


def test_nor_while_a_status_is_pending():
    assert ended([run()], [], [status(1, "pending")]) is None


def test_nor_while_a_suite_still_has_jobs_to_begin():
    assert ended([run()], [suite("in_progress")], []) is None


def test_suites_that_never_had_a_run_are_not_waited_for():
    assert ended([run()], [suite("completed"), suite("queued", runs=0)], []) is not None


def test_a_commit_that_nothing_checks_has_no_end():
    assert ended([], [suite("queued", runs=0)], []) is None


def test_the_mark_is_of_what_was_said_not_of_its_order():
    first, again = ended([run(1), run(2)], [], [status(3)]), ended([run(2), run(1)], [suite("completed")], [status(3)])
    other = ended([run(1), run(4)], [], [status(3)])

    assert first is not None
    assert again is not None
    assert other is not None
    assert first.mark == again.mark != other.mark
