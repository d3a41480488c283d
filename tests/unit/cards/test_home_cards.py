"""A person's own page."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from adapters.chat.card import Card, Code, Fields, Text, Weight
from bot.cards.home import APPROVALS, DETAIL, TASKS, Asked, home_cards, small_task_card
from bot.sample_task import NOW, sample_view
from core.domain.task import StepState, TaskState

VIEW = sample_view()
ASKED = Asked(approval=VIEW.approvals[0], task_title=VIEW.task.title, role="builder")
CALM = replace(VIEW, approvals=())


def page(**given: Any) -> tuple[Card, ...]:
    """The page of a developer for whom nothing happens, unless said otherwise."""
    options: dict[str, Any] = {"asked": [], "running": [], "week_usd": {}, "may_submit": True, "now": NOW, **given}
    return home_cards(**options)


def facts(card: Card) -> dict[str, str]:
    """The labelled facts."""
    return {f.label: f.value for section in card.sections if isinstance(section, Fields) for f in section.fields}


def commands(card: Card) -> list[str]:
    """What the buttons that matter run."""
    return [action.command for action in card.actions if not action.minor]


def test_on_a_quiet_day_it_says_so_and_what_can_be_done() -> None:
    [summary] = page()
    assert summary.status == "0 tasks under way, nothing waits for you"
    assert summary.sections[-1] == Text(text="Nothing is running. Say what you want done.", weight=Weight.NEXT)
    assert commands(summary) == ["new", "costs week", "help"]


def test_who_may_only_look_is_not_offered_a_new_task() -> None:
    [summary] = page(may_submit=False)
    assert commands(summary) == ["costs week", "help"]
    assert len(summary.sections) == 1


def test_questions_come_first_and_their_buttons_are_those_of_the_approval() -> None:
    summary, question, task = page(asked=[ASKED], running=[VIEW])
    assert summary.status == "1 task under way, 1 question for you"
    assert (question.key, commands(question)) == ("A17", ["approve A17", "approve A17 --always", "deny A17"])
    assert (task.key, commands(task)) == ("T142", ["pause T142", "cancel T142"])


def test_a_long_question_shows_its_beginning_and_where_the_rest_is() -> None:
    long_ = replace(ASKED, approval=replace(ASKED.approval, detail="echo one\n" * 200))
    [code] = [section for section in page(asked=[long_])[1].sections if isinstance(section, Code)]
    assert len(code.text) <= DETAIL
    assert code.text.endswith("more lines: View log")


def test_a_task_says_in_one_line_what_happens_now() -> None:
    def now(view: Any) -> list[str]:
        return [s.text for s in small_task_card(view, now=NOW).sections if isinstance(s, Text)]

    build = replace(VIEW.steps[2], step=replace(VIEW.steps[2].step, state=StepState.RUNNING))
    doing = replace(build, runs=(replace(build.runs[0], run=replace(build.runs[0].run, activity="Editing a.py")),))
    test = replace(doing, step=replace(doing.step, name="test"))
    assert now(VIEW) == ["A17 needs an answer: Run a command that changes file permissions"]
    assert now(replace(CALM, steps=(*VIEW.steps[:2], doing, test))) == ["build: Editing a.py · test: Editing a.py"]
    assert now(replace(CALM, steps=VIEW.steps[:2])) == []


def test_a_paused_task_can_go_on() -> None:
    paused = replace(CALM, task=replace(CALM.task, state=TaskState.PAUSED))
    assert commands(small_task_card(paused, now=NOW)) == ["resume T142", "cancel T142"]


def test_what_the_week_cost_is_told_by_project_where_there_are_several() -> None:
    assert facts(page(week_usd={"shop": Decimal("1.5")})[0]) == {"This week": "$1.50"}
    several = {f"p{number}": Decimal(number) for number in range(9)}
    assert list(facts(page(week_usd=several)[0]).items()) == [
        ("This week", "$36.00"),
        ("p8", "$8.00"),
        ("p7", "$7.00"),
        ("p6", "$6.00"),
        ("p5", "$5.00"),
        ("p4", "$4.00"),
        ("p3", "$3.00"),
        ("Others", "$3.00"),
    ]


def test_a_page_has_an_end_and_says_how_much_is_not_on_it() -> None:
    cards = page(asked=[ASKED] * (APPROVALS + 2), running=[CALM] * (TASKS + 1))
    assert len(cards) == 1 + APPROVALS + 1 + TASKS + 1
    assert [card.title for card in cards if card.key.startswith("home:")] == [
        "… and 2 more questions",
        "… and 1 more task",
    ]
