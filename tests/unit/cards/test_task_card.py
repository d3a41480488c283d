"""The live card of a task in each of its states."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from adapters.chat.card import ActionStyle, Card, Fields, Meter, StepList, Text, Tone, Weight
from bot.cards.agent import short_model
from bot.cards.moment import shown_moment
from bot.cards.steps import held_models
from bot.cards.task import task_card
from bot.sample_task import NOW, STARTED_AT, sample_view
from core.domain.approval import ApprovalKind, ApprovalState
from core.domain.estimate import Band, Estimate
from core.domain.identity import PersonId, approval_id, task_id
from core.domain.model import ModelStanding
from core.domain.task import AgentRunState, Priority, StepState, TaskState
from core.views import TaskView


def a_view(**task: Any) -> TaskView:
    """The sample task without open approvals, with these changes of the task itself."""
    view = sample_view()
    return replace(view, approvals=(), task=replace(view.task, **task))


def with_step(view: TaskView, name: str, activity: str = "", **step: Any) -> TaskView:
    """`view` with one step changed, and the activity of its latest run."""
    steps = list(view.steps)
    index = [part.step.name for part in steps].index(name)  # type: ignore[arg-type]
    part = steps[index]
    runs = tuple(replace(run, run=replace(run.run, activity=activity)) for run in part.runs)
    steps[index] = replace(part, step=replace(part.step, **step), runs=runs)
    return replace(view, steps=tuple(steps))


def rows(card: Card) -> dict[str, Any]:
    """The step rows by name."""
    return {row.name: row for section in card.sections if isinstance(section, StepList) for row in section.rows}


def facts(card: Card) -> dict[str, str]:
    """The labelled facts."""
    return {f.label: f.value for section in card.sections if isinstance(section, Fields) for f in section.fields}


def buttons(card: Card) -> list[str]:
    """What the buttons that matter run."""
    return [action.command for action in card.actions if not action.minor]


def texts(card: Card, weight: Weight) -> list[str]:
    """The texts of one weight."""
    return [s.text for s in card.sections if isinstance(s, Text) and s.weight is weight]


@pytest.mark.parametrize(
    ("state", "status", "tone"),
    [
        (TaskState.QUEUED, "Queued", Tone.NEUTRAL),
        (TaskState.PLANNING, "Planning", Tone.WORKING),
        (TaskState.AWAITING_APPROVAL, "Waiting for you", Tone.WAITING),
        (TaskState.RUNNING, "Working", Tone.WORKING),
        (TaskState.PAUSED, "Paused", Tone.WAITING),
        (TaskState.COMPLETED, "Done", Tone.GOOD),
        (TaskState.FAILED, "Failed", Tone.BAD),
        (TaskState.CANCELLED, "Cancelled", Tone.NEUTRAL),
    ],
)
def test_each_state_has_a_word_and_a_tone(state: TaskState, status: str, tone: Tone) -> None:
    card = task_card(a_view(state=state), now=NOW)
    assert (card.status, card.tone) == (status, tone)


def test_a_running_task_with_an_open_question_waits_for_you_and_says_for_what() -> None:
    card = task_card(sample_view(), now=NOW)
    assert card.status == "Waiting for you"
    assert texts(card, Weight.NEXT) == ["A17 needs your answer: Run a command that changes file permissions"]
    assert rows(card)["build"].activity == "Asks: Run a command that changes file permissions"


def test_a_decided_approval_is_no_longer_asked_for() -> None:
    view = sample_view()
    decided = replace(view, approvals=(replace(view.approvals[0], state=ApprovalState.APPROVED),))
    card = task_card(decided, now=NOW)
    assert card.status == "Working"
    assert not texts(card, Weight.NEXT)


def test_a_running_step_shows_what_its_agent_does_now() -> None:
    view = with_step(a_view(), "build", "Editing src/money.py", state=StepState.RUNNING)
    assert rows(task_card(view, now=NOW))["build"].activity == "Editing src/money.py"


def test_time_goes_on_for_what_runs_and_stands_still_for_what_is_done() -> None:
    view = with_step(a_view(), "build", state=StepState.RUNNING)
    before, after = (task_card(view, now=NOW + timedelta(seconds=later)) for later in (0, 60))
    assert (rows(before)["build"].duration, rows(after)["build"].duration) == ("1m 30s", "2m 30s")
    assert rows(before)["plan"].duration == rows(after)["plan"].duration == "33s"
    assert (before.footer, after.footer) == (("2m 41s", "$0.10"), ("3m 41s", "$0.10"))


def test_a_finished_task_keeps_its_time() -> None:
    view = a_view(state=TaskState.COMPLETED, finished_at=STARTED_AT + timedelta(minutes=5))
    assert task_card(view, now=NOW + timedelta(days=3)).footer[0] == "5m 00s"


def test_a_step_that_was_sent_back_shows_its_round_and_no_old_time() -> None:
    row = rows(task_card(with_step(a_view(), "build", state=StepState.PENDING, round=2), now=NOW))["build"]
    assert (row.round, row.duration, row.activity) == (2, "", "")


def test_a_completed_task_names_branch_commit_pull_request_and_files() -> None:
    view = replace(
        a_view(state=TaskState.COMPLETED, commit="0123456789abcdef", pull_request="https://forge.example/pr/7"),
        files=tuple(f"src/file{number}.py" for number in range(8)),
    )
    card = task_card(view, now=NOW)
    assert facts(card)["Commit"] == "0123456789"
    assert facts(card)["Pull request"] == card.url == "https://forge.example/pr/7"
    assert facts(card)["Files"].endswith("src/file5.py and 2 more")
    assert facts(card)["Branch"] == "orchestrate/T142-fix-issue-123"
    assert buttons(card) == []


def test_a_reference_that_is_no_web_address_is_no_link() -> None:
    assert task_card(a_view(pull_request="javascript:alert(1)"), now=NOW).url == ""


def test_a_failed_task_says_why_and_where_to_read_more() -> None:
    view = with_step(
        a_view(state=TaskState.FAILED, failure="The tests fail.\nLook at them."), "build", state=StepState.FAILED
    )
    card = task_card(view, now=NOW)
    assert texts(card, Weight.PROBLEM) == ["The tests fail.\nLook at them."]
    assert buttons(card) == ["logs T142.3", "retry T142"]


def test_an_open_task_can_be_paused_and_cancelled() -> None:
    assert buttons(task_card(a_view(), now=NOW)) == ["pause T142", "cancel T142"]


@pytest.mark.parametrize(
    ("kind", "commands"),
    [
        (ApprovalKind.PLAN, ["approve A17", "revise A17", "deny A17"]),
        (ApprovalKind.TOOL, ["approve A17", "deny A17"]),
        (ApprovalKind.QUESTION, ["answer A17"]),
    ],
)
def test_what_is_asked_first_can_be_answered_on_the_tasks_own_card(kind: ApprovalKind, commands: list[str]) -> None:
    view = sample_view()
    waiting = [replace(view.approvals[0], kind=kind), replace(view.approvals[0], id=approval_id(18))]
    card = task_card(replace(view, approvals=tuple(waiting)), now=NOW)
    assert buttons(card) == [*commands, "cancel T142"]
    assert card.actions[0].style is ActionStyle.PRIMARY


def test_a_plan_is_approved_by_a_button_that_says_so() -> None:
    view = sample_view()
    planned = replace(view, approvals=(replace(view.approvals[0], kind=ApprovalKind.PLAN),))
    assert task_card(planned, now=NOW).actions[0].label == "Approve plan"


def test_what_only_looks_and_a_fork_are_minor_and_offered_once_there_is_something() -> None:
    def minor(view: TaskView) -> list[str]:
        return [action.command for action in task_card(view, now=NOW).actions if action.minor]

    assert minor(replace(a_view(), steps=())) == []
    assert minor(a_view()) == ["logs T142"]
    begun = with_step(a_view(commit="0123456789abcdef"), "build", base_commit="abc")
    assert minor(begun) == ["diff T142", "logs T142", "fork T142"]
    assert minor(replace(begun, task=replace(begun.task, state=TaskState.COMPLETED))) == minor(begun)
    assert minor(a_view(state=TaskState.CANCELLED)) == ["retry T142", "logs T142"]


def test_money_is_shown_against_the_budget_where_there_is_one() -> None:
    def meters(budget: Decimal | None) -> list[Meter]:
        return [s for s in task_card(a_view(budget_usd=budget), now=NOW).sections if isinstance(s, Meter)]

    assert meters(None) == []
    [meter] = meters(Decimal("0.20"))
    assert (meter.text, round(meter.share, 2)) == ("$0.10 of $0.20", 0.51)
    assert meters(Decimal(0))[0].share == 1.0


USUAL = Estimate(
    tasks=4,
    cost_usd=Band(p50=0.2, p90=0.9),
    duration_s=Band(p50=300.0, p90=900.0),
    tokens=Band(p50=120_000.0, p90=480_000.0),
)


def test_the_estimate_and_who_asked_are_facts_when_they_are_known() -> None:
    card = task_card(a_view(estimate=USUAL), now=NOW, names={PersonId("console:alice"): "Alice"})
    assert facts(card)["Estimate"] == "$0.20, up to $0.90 · 5 min, up to 15 min · 120k tokens, up to 480k"
    assert facts(card)["Asked by"] == "Alice"
    assert {"Estimate", "Asked by"}.isdisjoint(facts(task_card(a_view(), now=NOW)))


def with_run(view: TaskView, name: str, **run: Any) -> TaskView:
    """`view` with a step at work whose latest agent run is changed."""
    view = with_step(view, name, state=StepState.RUNNING)
    steps = [
        replace(part, runs=(replace(part.runs[-1], run=replace(part.runs[-1].run, **run)),))
        if part.step.name == name
        else part
        for part in view.steps
    ]
    return replace(view, steps=tuple(steps))


def test_a_step_whose_agent_has_not_begun_says_what_it_waits_for() -> None:
    queued = {"state": AgentRunState.QUEUED, "activity": ""}
    until = NOW + timedelta(seconds=95)

    def shown(view: TaskView) -> str:
        return rows(task_card(view, now=NOW))["build"].activity

    assert shown(with_run(a_view(), "build", **queued)) == "Waits for its turn"
    assert shown(with_run(a_view(), "build", **queued, not_before=until)) == "Tries again in 1m 35s"
    postponed = with_run(a_view(), "build", **queued, not_before=until, transient_failures=2)
    assert shown(postponed) == "Tries again in 1m 35s, try 3"
    assert shown(with_run(a_view(), "build", **queued, not_before=NOW)) == "Waits for its turn"
    model = next(part.runs[-1].run.model for part in a_view().steps if part.step.name == "build")
    full = ModelStanding(model=model, limited_until=NOW + timedelta(minutes=4), reason="The provider asks for a pause.")
    held = replace(with_run(a_view(), "build", **queued), held={model: full})
    assert shown(held) == f"{short_model(model)} is held until {shown_moment(NOW + timedelta(minutes=4), now=NOW)}"
    over = replace(held, held={model: replace(full, limited_until=NOW)})
    assert shown(over) == "Waits for its turn"
    assert held_models([over], now=NOW) == []
    assert held_models([held, held], now=NOW) == [f"{shown(held)}: The provider asks for a pause."]
    assert shown(with_run(a_view(state=TaskState.PAUSED), "build", **queued)) == "Paused"
    assert shown(with_run(a_view(), "build", state=AgentRunState.STARTING, activity="")) == "Starting"


def test_a_paused_task_can_be_resumed() -> None:
    card = task_card(a_view(state=TaskState.PAUSED), now=NOW)
    assert buttons(card) == ["resume T142", "cancel T142"]


def test_what_is_special_about_a_task_is_a_fact_of_its_card() -> None:
    plain = facts(task_card(a_view(), now=NOW))
    special = a_view(priority=Priority.HIGH, forked_from=task_id(7), life=2, model="claude-opus-4-1", template="x@1.0")
    shown = facts(task_card(special, now=NOW))
    assert {"Priority", "Forked from", "Life", "Model", "Template"}.isdisjoint(plain)
    assert (shown["Priority"], shown["Forked from"], shown["Model"]) == ("high", "T7", "claude-opus-4-1")
    assert shown["Life"].startswith("2")
    assert shown["Template"] == "x@1.0"


def test_nothing_from_outside_keeps_its_escapes() -> None:
    evil = "\x1b[2Jx\u202e\ud800\x00"
    view = with_step(a_view(title=evil, failure=evil, branch=evil, state=TaskState.FAILED), "build", summary=evil)
    card = task_card(replace(view, notices=(evil,), files=(evil,)), now=NOW)
    assert not set(repr(card)) & {"\x1b", "\u202e"}
    assert "\\x1b" not in repr(card)
    assert "\\ud800" not in repr(card)
