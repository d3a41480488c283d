"""How a task ended: what came of it, what went wrong, what is kept, and what to press."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from inline_snapshot import snapshot

from adapters.chat.card import Card, Fields, Markdown, Text, Tone, Weight
from adapters.console.glyphs import SIGNS
from adapters.console.render import card_lines
from bot.cards.ended import ended_card
from bot.sample_task import NOW, STARTED_AT, sample_view
from core.domain.event import WorkVerified
from core.domain.identity import PersonId, StepName
from core.domain.task import StepState, TaskState
from core.views import TaskView

BOB = PersonId("slack:T1/U2")
RESULTS: dict[str, dict[str, object]] = {
    "plan": {"summary": "One comparison to change.", "steps": ["Change it"], "files": ["src/cart.py"]},
    "build": {"summary": "The discount now begins at 10 items.\nA test shows it.", "files": ["src/cart.py"]},
    "test": {"summary": "All 42 pass.", "passed": True},
    "review": {"summary": "Good.", "verdict": "approve"},
}
SUMMARIES = {"test": "Passed: All 42 pass.", "review": "Approved: Good."}


def done(**task: Any) -> TaskView:
    """The sample task, completed by everybody."""
    view = sample_view()
    steps = [
        replace(
            part,
            step=replace(
                part.step,
                state=StepState.COMPLETED,
                result=RESULTS.get(part.step.name),
                summary=SUMMARIES.get(part.step.name, part.step.summary),
                base_commit="abc",
            ),
        )
        for part in view.steps
    ]
    ended = {
        "state": TaskState.COMPLETED,
        "finished_at": STARTED_AT + timedelta(minutes=12, seconds=30),
        "commit": "0123456789abcdef",
        "pull_request": "https://forge.example/pr/7",
        **task,
    }
    task_ = replace(view.task, **ended)
    return replace(view, task=task_, steps=tuple(steps), approvals=(), files=("src/cart.py", "tests/test_cart.py"))


def failed(**task: Any) -> TaskView:
    """The sample task, failed at its build step."""
    changes = {"state": TaskState.FAILED, "failure": "The tests still fail.", "pull_request": "", **task}
    view = done(**changes)
    steps = [
        replace(part, step=replace(part.step, state=StepState.FAILED), runs=part.runs * 2)
        if part.step.name == "build"
        else part
        for part in view.steps[:3]
    ]
    return replace(view, steps=tuple(steps))


def verified(*, passed: bool) -> WorkVerified:
    """Our own run of the tests."""
    return WorkVerified(step=StepName("test"), round=1, command="make test", passed=passed, output="…")


def facts(card: Card) -> dict[str, str]:
    """The labelled facts."""
    return {f.label: f.value for section in card.sections if isinstance(section, Fields) for f in section.fields}


def commands(card: Card) -> list[str]:
    """What the buttons run."""
    return [action.command for action in card.actions]


def test_a_finished_task_on_paper() -> None:
    card = ended_card(done(), now=NOW, verified=[verified(passed=True)])
    assert "\n".join(card_lines(card, glyphs=SIGNS, width=100)) == snapshot("""\
T142 · Fix issue #123: bulk discount missing at exactly 10 items
  Done · 12m 30s · $0.10

  The discount now begins at 10 items.
  A test shows it.

  Pull request   https://forge.example/pr/7
  Files changed  2: src/cart.py, tests/test_cart.py
  Tests          passed: make test · All 42 pass.
  Review         Approved: Good.

  Agent     Model       Cost
  analyst   sonnet-5   $0.02
  planner   sonnet-5   $0.02
  builder   sonnet-5   $0.06

  Total                $0.10

  View diff: diff T142
  View log: logs T142
  Fork: fork T142 "…" --at review\
""")


def test_a_failed_task_on_paper() -> None:
    assert "\n".join(card_lines(ended_card(failed(), now=NOW), glyphs=SIGNS, width=100)) == snapshot("""\
T142 · Fix issue #123: bulk discount missing at exactly 10 items
  Failed · 12m 30s · $0.10

  The tests still fail.

  Try again begins with build; Fork… goes another way with what you say.

  Failed at      build (builder), 2 agents tried
  Files changed  2: src/cart.py, tests/test_cart.py
  Kept           branch orchestrate/T142-fix-issue-123

  Agent        Model       Cost
  analyst      sonnet-5   $0.02
  planner      sonnet-5   $0.02
  builder ×2   sonnet-5   $0.12

  Total                   $0.10

  Try again: retry T142
  Publish as draft: publish T142
  View diff: diff T142
  View log: logs T142
  Fork: fork T142 "…" --at build\
""")


def test_what_was_done_is_told_by_who_changed_something_last_and_not_by_the_plan() -> None:
    card = ended_card(done(), now=NOW)
    assert card.sections[0] == Markdown(text="The discount now begins at 10 items.\nA test shows it.")
    assert facts(card)["Review"] == "Approved: Good."


def test_work_that_only_reads_is_told_by_its_last_step() -> None:
    view = done(pull_request="", commit="", branch="")
    card = ended_card(replace(view, steps=view.steps[:1], files=()), now=NOW)
    assert card.sections[0] == Markdown(text="The bulk price starts one unit too late")
    assert facts(card) == {"Files changed": "none"}


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        ([], "passed, says the tester: All 42 pass."),
        ([True], "passed: make test · All 42 pass."),
        ([True, False], "failed: make test · All 42 pass."),
    ],
)
def test_our_own_run_of_the_tests_counts_more_than_an_agents_word(runs: list[bool], told: str) -> None:
    card = ended_card(done(), now=NOW, verified=[verified(passed=each) for each in runs])
    assert facts(card)["Tests"] == told


def test_nothing_is_said_about_tests_that_nobody_ran() -> None:
    view = done()
    assert "Tests" not in facts(ended_card(replace(view, steps=view.steps[:3]), now=NOW))


def test_a_failure_says_why_where_what_is_kept_and_what_to_press() -> None:
    card = ended_card(failed(), now=NOW)
    assert (card.status, card.tone) == ("Failed", Tone.BAD)
    assert card.sections[0] == Text(text="The tests still fail.", weight=Weight.PROBLEM)
    assert card.sections[1] == Text(
        text="Try again begins with build; Fork… goes another way with what you say.", weight=Weight.NEXT
    )
    assert facts(card)["Failed at"] == "build (builder), 2 agents tried"
    assert facts(card)["Kept"] == "branch orchestrate/T142-fix-issue-123"
    assert commands(card) == ["retry T142", "publish T142", "diff T142", "logs T142", "fork T142"]


def test_a_failure_before_any_work_is_said_too() -> None:
    card = ended_card(replace(failed(failure="", commit="", branch=""), steps=(), files=()), now=NOW)
    assert card.sections[0] == Text(text="It failed without saying why.", weight=Weight.PROBLEM)
    assert card.sections[1] == Text(text="Try again begins where it stopped.", weight=Weight.NEXT)
    assert commands(card) == ["retry T142"]
    assert facts(ended_card(failed(commit=""), now=NOW))["Kept"] == "nothing was committed"


@pytest.mark.parametrize(
    ("by", "reason", "told"),
    [
        (BOB, "wrong branch", ["By bob: wrong branch"]),
        (BOB, "", ["By bob."]),
        (BOB, "Cancelled by a person.", ["By bob."]),
        (None, "T143 is kept instead.", ["T143 is kept instead."]),
        (None, "", []),
    ],
)
def test_a_cancelled_task_says_by_whom_and_why(by: PersonId | None, reason: str, told: list[str]) -> None:
    card = ended_card(done(state=TaskState.CANCELLED), now=NOW, by=by, reason=reason, names={BOB: "bob"})
    assert card.about.startswith("T142 was cancelled · Fix")
    assert [section.text for section in card.sections if isinstance(section, Text)] == told
    assert commands(card)[0] == "retry T142"


def test_a_second_life_has_a_card_of_its_own() -> None:
    assert ended_card(done(), now=NOW).key == "T142:ended:1"
    assert ended_card(done(life=2), now=NOW).key == "T142:ended:2"


def test_what_is_offered_before_all_was_done_says_so_and_why() -> None:
    card = ended_card(done(unfinished="The monthly budget of shop is used up."), now=NOW)
    assert (card.status, card.tone) == ("Not finished", Tone.WAITING)
    assert "is offered unfinished" in card.about
    assert Text(text="The monthly budget of shop is used up.") in card.sections
