"""What an issue says of its task, worked out from the task's state."""

import pytest

from core.domain.project import IssueLabels
from core.domain.pull_request import ForgeMark
from core.domain.task import Task, TaskState
from core.engine.marking import LabelChange, label_change, wanted_mark
from tests.support.values import a_task

pytestmark = pytest.mark.github
LABELS = IssueLabels(in_progress="doing", needs_approval="asks", done="done")


@pytest.mark.parametrize(
    ("state", "mark"),
    [
        (TaskState.QUEUED, "in_progress"),
        (TaskState.PLANNING, "in_progress"),
        (TaskState.RUNNING, "in_progress"),
        (TaskState.PAUSED, "in_progress"),
        (TaskState.AWAITING_APPROVAL, "needs_approval"),
        (TaskState.COMPLETED, "done"),
        (TaskState.FAILED, ""),
        (TaskState.CANCELLED, ""),
    ],
)
def test_an_issue_says_how_its_task_stands(state: TaskState, mark: ForgeMark) -> None:
    assert wanted_mark(a_task(state=state, issue="7", branch="b")) == mark


@pytest.mark.parametrize("task", [a_task(issue="7"), a_task(branch="b", state=TaskState.RUNNING)])
def test_before_work_has_begun_and_without_an_issue_nothing_is_said(task: Task) -> None:
    assert wanted_mark(task) == ""


def test_one_label_is_put_on_and_the_others_are_taken_off() -> None:
    assert label_change(LABELS, "needs_approval") == LabelChange(add=["asks"], remove=["doing", "done"])
    assert label_change(LABELS, "") == LabelChange(add=[], remove=["asks", "doing", "done"])


def test_labels_that_nobody_named_are_left_alone() -> None:
    assert label_change(IssueLabels(done="done"), "in_progress") == LabelChange(add=[], remove=["done"])
    assert label_change(IssueLabels(), "done") == LabelChange(add=[], remove=[])


def test_a_label_that_stands_for_two_things_stays_between_them() -> None:
    same = IssueLabels(in_progress="bot", needs_approval="bot")
    assert label_change(same, "needs_approval") == LabelChange(add=["bot"], remove=[])
