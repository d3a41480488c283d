"""Likely trouble is told only when it is likely, with what to do, and what stops the work comes first."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from core.domain.identity import ProjectName, StepName
from core.domain.model import ModelStanding
from core.domain.project import Project
from core.domain.queue import WaitingRun
from core.domain.task import Priority, Task, TaskState, TaskType
from core.preview.queue import queue_ahead
from core.preview.trouble import BudgetAhead, Circumstances, Queue, likely_trouble
from core.preview.values import StepPreview, TroubleKind
from tests.support.values import NOON, a_run, a_task

SHOP = ProjectName("shop")
STEPS = (
    StepPreview(name=StepName("plan"), role="planner", model="opus"),
    StepPreview(name=StepName("build"), role="builder", model="sonnet"),
)


def seen(**changes: Any) -> Circumstances:
    """Nothing is wrong but what the test says."""
    usual: dict[str, Any] = {
        "now": NOON,
        "project": Project(name=SHOP, repository="/shop", verify="make test"),
        "type": TaskType.BUG_FIX,
        "steps": STEPS,
        "changes_files": True,
    }
    return Circumstances(**(usual | changes))


def told(**changes: Any) -> str:
    """All of it in one text."""
    return "\n".join(f"{each.text} {each.hint}" for each in likely_trouble(seen(**changes)))


def test_where_nothing_is_wrong_nothing_is_said() -> None:
    assert likely_trouble(seen()) == ()


def test_what_stops_the_work_comes_first() -> None:
    found = likely_trouble(
        seen(
            unpriced=["opus"],
            missing_issue="99",
            archived=True,
            repository=("It is gone.", "Clone it."),
            budgets=[BudgetAhead(name="the daily budget of shop", left_usd=Decimal(0), until="2 Mar")],
        )
    )
    assert [each.stops for each in found] == [True, True, True, True, False]
    assert [each.kind for each in found[:3]] == [TroubleKind.ARCHIVED, TroubleKind.REPOSITORY, TroubleKind.ISSUE]


def test_a_model_without_a_price_is_named_with_its_steps() -> None:
    assert "No price is listed for opus (plan), so its calls are counted at the fallback price." in told(
        unpriced=["opus", "unused"]
    )
    assert "unused" not in told(unpriced=["opus", "unused"])


def test_a_budget_says_where_it_is_likely_to_be_passed() -> None:
    own = BudgetAhead(name="", left_usd=Decimal(2), passed_at=(4, "review"), possible=True)
    assert "Its budget of $2.00 is likely to be passed at step 4 (review)." in told(budgets=[own])
    shared = BudgetAhead(name="the monthly budget of shop", left_usd=Decimal(3), possible=True, until="1 Apr")
    assert "What the monthly budget of shop has left ($3.00) is most likely enough" in told(budgets=[shared])
    assert told(budgets=[BudgetAhead(name="", left_usd=Decimal(2))]) == ""


def test_a_model_that_is_held_says_until_when_and_what_happens_meanwhile() -> None:
    until = NOON + timedelta(minutes=5)
    limited = ModelStanding(model="sonnet", limited_until=until)
    text = told(standings={"sonnet": limited}, fallbacks={"sonnet": "haiku"})
    # the provider's limit is waited out, whatever else there is
    assert "sonnet (build) is left alone, as its provider asks, until 12:05 UTC." in text
    assert "haiku" not in text
    broken = ModelStanding(model="sonnet", broken_until=until)
    assert "Agents use haiku meanwhile." in told(standings={"sonnet": broken}, fallbacks={"sonnet": "haiku"})
    assert "waits that long by itself" in told(standings={"sonnet": broken})
    over = ModelStanding(model="sonnet", broken_until=NOON - timedelta(seconds=1))
    assert told(standings={"sonnet": over, "other": broken}) == ""


def test_failures_of_like_tasks_are_told_from_a_third_on_with_the_most_frequent_reason() -> None:
    def ended(number: int, failure: str) -> Task:
        state = TaskState.FAILED if failure else TaskState.COMPLETED
        return a_task(number, state=state, failure=failure, finished_at=NOON)

    some = [ended(1, "A limit of 30 minutes was reached."), ended(2, "A limit of 45 minutes was reached.")]
    text = told(lately=[*some, ended(3, "The tests fail."), ended(4, "")])
    assert "3 of the last 4 bug fix tasks in shop failed; most often: A limit of" in text
    assert "raise timeout_s" in text
    assert told(lately=[*some, *(ended(number, "") for number in range(3, 9))]) == ""
    assert told(lately=some[:1]) == ""


def test_work_that_changes_nothing_needs_no_verify_command() -> None:
    bare = Project(name=SHOP, repository="/shop")
    assert "no verify command" in told(project=bare)
    assert told(project=bare, changes_files=False) == ""


def queue(**changes: Any) -> Queue | None:
    """Two agents at work in shop, one elsewhere; no limit is reached but what the test says."""
    usual: dict[str, Any] = {
        "model": "opus",
        "at_work": [(SHOP, "opus"), (SHOP, "sonnet"), (ProjectName("api"), "opus")],
        "waiting": [],
        "total": 5,
        "in_project": None,
        "on_model": None,
        "now": NOON,
    }
    return queue_ahead(a_task(), **(usual | changes))


def a_waiting(number: int, *, priority: Priority = Priority.NORMAL, project: str = "shop") -> WaitingRun:
    """An agent run that waits for its place."""
    run = a_run(ordinal=number)
    return WaitingRun(
        id=run.id,
        task=run.task,
        project=ProjectName(project),
        person=a_task().requested_by,
        role=run.role,
        model="opus",
        priority=priority,
        created_at=NOON,
        not_before=None,
    )


def test_a_reached_limit_says_whose_places_they_are_and_who_is_before() -> None:
    assert queue() is None
    waiting = [a_waiting(1), a_waiting(2, priority=Priority.LOW), a_waiting(3, priority=Priority.HIGH)]
    assert queue(total=3, waiting=waiting) == Queue(places=3, where="", waiting=2)
    assert queue(in_project=2, waiting=[a_waiting(1, project="api")]) == Queue(places=2, where=" in shop", waiting=0)
    assert queue(on_model=2) == Queue(places=2, where=" on opus", waiting=0)
    assert queue(model="haiku", on_model=2) is None
    assert "Every place for agents in shop is taken (2), and 3 wait already." in told(
        queue=Queue(places=2, where=" in shop", waiting=3)
    )
