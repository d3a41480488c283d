"""A thread shows what goes on, with as few calls as that takes, in the best way the workspace has."""

import pytest

from adapters.chat.errors import ChatUnavailableError, NotReachableError
from adapters.slack.ids import place
from adapters.slack.status import SESSIONS, THREADS, Status

pytestmark = pytest.mark.slack
THREAD = place("T1", "C1", "1.1")


class Slack:
    """Takes statuses, but for the ways it was told to refuse."""

    def __init__(self) -> None:
        self.refusals: dict[str, Exception] = {}
        self.said: list[tuple[str, str]] = []

    async def call(self, method, *, repeatable=False, **arguments):
        self.said.append((method, arguments["status"]))
        if method in self.refusals:
            raise self.refusals[method]
        return {}


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def slack():
    return Slack()


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def status(slack, seconds):
    return Status(slack, clock=seconds)


async def test_work_is_shown_once_whatever_is_worked_on(slack, status):
    for text in ("Planning", "Running tests", "Running tests", ""):
        await status.show(THREAD, text)

    assert slack.said == [(SESSIONS, "processing"), (SESSIONS, "active")]


async def test_a_status_that_slack_may_have_forgotten_is_said_again(slack, status, seconds):
    await status.show(THREAD, "Planning")
    seconds.now = 601
    await status.show(THREAD, "Planning")

    assert len(slack.said) == 2


async def test_without_sessions_a_line_of_text_is_shown_and_kept_alive(slack, status, seconds):
    slack.refusals[SESSIONS] = NotReachableError("no", code="feature_disabled")
    for now, text in ((0, "Planning"), (30, "Planning"), (70, "Planning"), (71, "Running tests")):
        seconds.now = now
        await status.show(THREAD, text)

    assert slack.said == [
        (SESSIONS, "processing"), (THREADS, "Planning"), (THREADS, "Planning"), (THREADS, "Running tests"),
    ]  # fmt: skip
    assert status.possible


async def test_where_there_is_no_way_nothing_is_tried_any_more(slack, status):
    slack.refusals = {way: NotReachableError("no", code="missing_scope") for way in (SESSIONS, THREADS)}
    await status.show(THREAD, "Planning")
    await status.show(THREAD, "Running tests")

    assert len(slack.said) == 2
    assert not status.possible


async def test_one_thread_that_cannot_show_it_says_nothing_about_others(slack, status):
    slack.refusals[SESSIONS] = NotReachableError("no", code="not_authorized")
    await status.show(THREAD, "Planning")
    await status.show(THREAD, "Planning")
    assert len(slack.said) == 1
    slack.refusals.clear()
    await status.show(place("T1", "C2", "1.1"), "Planning")

    assert slack.said[-1] == (SESSIONS, "processing")


async def test_slack_being_away_is_told_and_tried_again(slack, status):
    slack.refusals[SESSIONS] = ChatUnavailableError("away")
    with pytest.raises(ChatUnavailableError):
        await status.show(THREAD, "Planning")
    slack.refusals.clear()
    await status.show(THREAD, "Planning")

    assert len(slack.said) == 2


async def test_outside_of_a_thread_there_is_nothing_to_say_it_at(slack, status):
    await status.show(place("T1", "C1"), "Planning")

    assert slack.said == []
