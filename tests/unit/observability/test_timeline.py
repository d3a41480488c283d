"""The timeline of a task: which periods end with which entries."""

from collections.abc import Sequence
from datetime import timedelta

from bot.observability.period import Period, PeriodKind
from bot.observability.timeline import Timeline
from core.domain.event import AgentActed, AgentRunPostponed, Event, TaskReopened
from tests.support.journal_script import (
    STORY,
    asked,
    called,
    decided,
    entries,
    run_moved,
    step_moved,
    submitted,
    task_moved,
)
from tests.support.values import BUILD, FIRST_RUN, NOON, an_approval


def told(story: Sequence[tuple[float, Event]]) -> list[Period]:
    timeline = Timeline()
    return [period for entry in entries(story) for period in timeline.tell(entry)]


def test_one_story_ends_in_its_periods_innermost_first() -> None:
    periods = told(STORY)

    assert [(period.kind, period.key, period.parent, period.seconds, period.outcome) for period in periods] == [
        (PeriodKind.QUEUE, "T1.1:queue:5", "build:1", 10, "started"),
        (PeriodKind.MODEL_CALL, "call:msg_1", "T1.1", 7, "answered"),
        (PeriodKind.AGENT_RUN, "T1.1", "build:1", 18, "completed"),
        (PeriodKind.STEP, "build:1", "", 29, "completed"),
        (PeriodKind.TASK, "", "", 60, "completed"),
    ]


def test_a_back_off_is_no_wait_for_a_place() -> None:
    until = NOON + timedelta(seconds=100)

    periods = told(
        (
            (0, run_moved("running", source="queued")),
            (5, run_moved("queued")),
            (5, AgentRunPostponed(agent_run=FIRST_RUN, until=until, reason="overloaded")),
            (103, run_moved("starting", source="queued")),
        )
    )

    assert [(period.kind, period.seconds) for period in periods] == [(PeriodKind.QUEUE, 3)]


def test_an_agent_run_that_waited_in_between_is_one_period_with_two_waits() -> None:
    periods = told(
        (
            (0, run_moved("queued", source="queued")),
            (1, run_moved("running", source="queued")),
            (2, run_moved("waiting")),
            (10, run_moved("queued", source="waiting")),
            (14, run_moved("running", source="queued")),
            (20, run_moved("failed")),
        )
    )

    assert [(period.kind, period.seconds) for period in periods] == [
        (PeriodKind.QUEUE, 1),
        (PeriodKind.QUEUE, 4),
        (PeriodKind.AGENT_RUN, 19),
    ]
    assert len({period.key for period in periods}) == 3


def test_a_second_round_of_a_step_is_a_period_of_its_own() -> None:
    periods = told(
        (
            (0, step_moved("running", source="pending")),
            (5, step_moved("completed")),
            (6, step_moved("pending", source="completed", number=2)),
            (7, step_moved("running", source="pending", number=2)),
            (10, step_moved("failed", number=2)),
        )
    )

    assert [(period.key, period.seconds, period.outcome) for period in periods] == [
        ("build:1", 5, "completed"),
        ("build:2", 3, "failed"),
    ]


def test_a_round_whose_predecessor_never_ended_counts_from_its_own_beginning() -> None:
    periods = told(
        (
            (0, step_moved("running", source="pending")),
            (7, step_moved("running", source="pending", number=2)),
            (10, step_moved("completed", number=2)),
        )
    )

    assert [(period.key, period.seconds) for period in periods] == [("build:2", 3)]


def test_a_step_that_waits_for_a_person_goes_on_with_the_same_period() -> None:
    approval = an_approval()

    periods = told(
        (
            (0, step_moved("running", source="pending")),
            (1, asked(approval)),
            (1, step_moved("waiting")),
            (41, decided(approval, state="denied")),
            (42, step_moved("running", source="waiting")),
            (50, step_moved("completed")),
        )
    )

    assert [(period.kind, period.parent, period.seconds, period.outcome, period.detail) for period in periods] == [
        (PeriodKind.APPROVAL, "build:1", 40, "denied", "tool"),
        (PeriodKind.STEP, "", 50, "completed", ""),
    ]


def test_each_life_of_a_task_is_a_period_of_its_own() -> None:
    reopened = TaskReopened(life=2, step=BUILD, how="retry")

    for reopening in (
        (reopened, task_moved("queued", source="failed")),
        (task_moved("queued", source="failed"), reopened),
    ):
        periods = told(
            (
                (0, submitted()),
                (10, task_moved("failed")),
                *((100, event) for event in reopening),
                (130, task_moved("completed")),
            )
        )

        assert [(period.life, period.seconds, period.outcome) for period in periods] == [
            (1, 10, "failed"),
            (2, 30, "completed"),
        ]


def test_what_began_before_anybody_looked_ends_nothing() -> None:
    unknown = an_approval()

    assert told(((5, run_moved("completed")), (6, step_moved("completed")), (7, task_moved("failed")))) == []
    assert told(((5, decided(unknown)),)) == []


def test_a_model_call_lasts_from_the_answer_before_whatever_the_agent_did_meanwhile() -> None:
    acted = AgentActed(agent_run=FIRST_RUN, step=BUILD, activity="Editing a.py")

    calls = told(((0, run_moved("running", source="queued")), (4, called()), (9, acted), (10, called("msg_2"))))

    assert [(call.key, call.seconds) for call in calls] == [("call:msg_1", 4), ("call:msg_2", 6)]


def test_a_model_call_without_an_earlier_sign_takes_no_time() -> None:
    (call,) = told(((5, called()),))

    assert call.seconds == 0


def test_clocks_that_disagree_make_no_negative_time() -> None:
    (period,) = told(((10, submitted()), (5, task_moved("completed"))))

    assert period.seconds == 0
