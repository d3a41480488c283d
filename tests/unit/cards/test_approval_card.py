"""The card of an approval: what is asked, and what became of it."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from adapters.chat.card import Choices, Code, Field, Fields, Markdown, Option, Text, Tone
from bot.cards.approval import DETAIL, approval_card
from bot.sample_task import NOW, STARTED_AT, sample_view
from core.domain.approval import Approval, ApprovalKind, ApprovalState, Choice, Question, Risk
from core.domain.identity import PersonId
from tests.support.values import an_approval


def a_tool_call() -> Approval:
    """A command the builder wants to run."""
    return sample_view().approvals[0]


def facts(approval: Approval, *, role: str = "builder") -> dict[str, str]:
    """The labelled facts of its card."""
    sections = approval_card(approval, role=role).sections
    return {field.label: field.value for section in sections if isinstance(section, Fields) for field in section.fields}


def test_a_tool_call_shows_the_exact_command_who_asks_why_and_how_risky() -> None:
    card = approval_card(a_tool_call(), role="builder")
    assert card.title == "A17 · May the agent do this?"
    assert Code(text="chmod +x scripts/check.sh", language="bash") in card.sections
    assert facts(a_tool_call()) == {
        "Asked by": "builder, step build of T142",
        "Why": "commands that change permissions are asked about",
        "Risk": "medium",
    }


def test_high_risk_is_said_so_that_it_is_noticed() -> None:
    assert facts(replace(a_tool_call(), risk=Risk.HIGH))["Risk"] == "high: look closely"


def commands(approval: Approval) -> list[str]:
    """What the buttons that matter run."""
    return [action.command for action in approval_card(approval).actions if not action.minor]


def test_a_call_can_be_approved_once_or_always_and_denied_and_its_log_is_at_hand() -> None:
    assert commands(a_tool_call()) == ["approve A17", "approve A17 --always", "deny A17"]
    actions = approval_card(a_tool_call()).actions
    assert [action.command for action in actions if action.minor] == ["logs T142.3"]
    assert {action.token for action in actions} == {""}


def test_a_decided_approval_says_by_whom_and_offers_nothing() -> None:
    decided = replace(
        a_tool_call(), state=ApprovalState.DENIED, decided_by=PersonId("slack:bob"), decision_reason="use git"
    )
    card = approval_card(decided)
    assert (card.status, card.tone, card.actions) == ("Denied by bob", Tone.BAD, ())
    assert Text(text="Reason: use git") in card.sections


def test_an_approval_that_ended_with_its_task_names_nobody() -> None:
    assert approval_card(replace(a_tool_call(), state=ApprovalState.CANCELLED)).status == "No longer needed"


def test_a_raised_budget_that_tasks_share_says_by_whom_and_to_what() -> None:
    asked = replace(a_tool_call(), kind=ApprovalKind.BUDGET, budget="project=shop/month", tool="")
    decided = replace(asked, state=ApprovalState.APPROVED, decided_by=PersonId("slack:T1/UADA"))
    raised = replace(decided, raise_usd=Decimal(100), answers={"New budget": "$200.00"})
    card = approval_card(raised, names={PersonId("slack:T1/UADA"): "Ada"})
    assert card.status == "Raised by Ada to $200.00"
    assert Text(text="New budget: $200.00") not in card.sections, "it is said already"
    gone = approval_card(replace(decided, answers={"New budget": "no limit"}))
    assert gone.status == "Raised by UADA"
    assert Text(text="New budget: no limit") in gone.sections


def test_a_plan_is_prose() -> None:
    plan = replace(a_tool_call(), kind=ApprovalKind.PLAN, title="Start on the plan", detail="1. Read\n2. Fix", tool="")
    card = approval_card(plan)
    assert card.title == "A17 · Approve the plan?"
    assert Markdown(text="1. Read\n2. Fix") in card.sections


def test_a_result_is_read_and_not_shown_as_json() -> None:
    detail = '{"summary": "All pass.", "passed": true, "failures": [], "comments": [{"file": "a.py", "text": "Good"}]}'
    card = approval_card(replace(a_tool_call(), kind=ApprovalKind.RESULT, detail=detail))
    assert Markdown(text="All pass.\n\n**Passed**: yes\n\n**Comments**\n\n- a.py · Good") in card.sections


@pytest.mark.parametrize("detail", ["[1, 2]", "not JSON", '"text"'])
def test_a_result_of_no_known_form_is_shown_as_it_is(detail: str) -> None:
    card = approval_card(replace(a_tool_call(), kind=ApprovalKind.RESULT, detail=detail))
    assert Markdown(text=detail) in card.sections


@pytest.mark.parametrize(("tool", "language"), [("Bash", "bash"), ("Edit", "diff"), ("Write", "diff"), ("x", "")])
def test_a_change_is_shown_as_a_diff_and_a_command_as_a_command(tool: str, language: str) -> None:
    card = approval_card(replace(a_tool_call(), tool=tool, detail="- a\n+ b"))
    assert Code(text="- a\n+ b", language=language) in card.sections


def test_a_question_offers_its_choices_in_the_agents_own_words() -> None:
    question = Question(
        text="Which  table?", choices=(Choice(label="prices", description="the main one"),), multiple=True
    )
    card = approval_card(replace(a_tool_call(), kind=ApprovalKind.QUESTION, questions=(question,)))
    assert card.sections[0] == Choices(
        text="Which  table?", options=(Option(label="prices", description="the main one"),), multiple=True
    )


TABLES = Question(text="Which table?", choices=(Choice(label="prices"), Choice(label="rates")))


def a_question(*questions: Question) -> Approval:
    """An agent asks."""
    return replace(a_tool_call(), kind=ApprovalKind.QUESTION, questions=questions)


def offered(approval: Approval) -> list[str]:
    """What pressing the offered answers runs."""
    sections = approval_card(approval).sections
    return [option.command for section in sections if isinstance(section, Choices) for option in section.options]


def test_one_press_answers_one_question_and_other_words_are_always_possible() -> None:
    assert offered(a_question(TABLES)) == ["answer A17 --choice 1", "answer A17 --choice 2"]
    other, deny, _ = approval_card(a_question(TABLES)).actions
    assert (other.label, other.command, other.typed) == ("Other…", "answer A17", 'approve A17 --answer "…"')
    assert deny.command == "deny A17"


@pytest.mark.parametrize(
    "questions", [(TABLES, Question(text="What name?")), (replace(TABLES, multiple=True),), (Question(text="Why?"),)]
)
def test_what_no_single_press_can_answer_is_asked_in_a_form(questions: tuple[Question, ...]) -> None:
    assert not any(offered(a_question(*questions)))
    assert approval_card(a_question(*questions)).actions[0].label == "Answer…"


def test_an_answered_question_says_what_was_answered_and_offers_nothing() -> None:
    answered = replace(
        a_question(TABLES),
        state=ApprovalState.APPROVED,
        decided_by=PersonId("slack:T1/U2"),
        answers={"Which table?": "rates"},
    )
    card = approval_card(answered, names={PersonId("slack:T1/U2"): "bob"})
    assert (card.status, card.actions, any(offered(answered))) == ("Answered by bob", (), False)
    assert Text(text="Which table?: rates") in card.sections


@pytest.mark.parametrize(
    ("tool", "label", "told"),
    [
        ("Bash", "Always for this task", "For the rest of the task exactly this is not asked about again."),
        ("Edit", "Always for this file", "For the rest of the task this file is not asked about again."),
    ],
)
def test_what_may_be_done_again_is_said_before_and_after(tool: str, label: str, told: str) -> None:
    asked = replace(a_tool_call(), tool=tool)
    assert approval_card(asked).actions[1].label == label
    permitted = replace(asked, state=ApprovalState.APPROVED, always=True)
    assert Text(text=told) in approval_card(permitted).sections
    assert Text(text=told) not in approval_card(replace(permitted, always=False)).sections


def test_what_nothing_can_be_compared_with_is_permitted_only_once() -> None:
    assert commands(replace(a_tool_call(), what="")) == ["approve A17", "deny A17"]


def test_who_decided_without_a_known_name_is_shown_by_the_bare_id() -> None:
    decided = replace(a_tool_call(), state=ApprovalState.APPROVED, decided_by=PersonId("slack:T1/U2"))
    assert approval_card(decided).status == "Approved by U2"


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        (NOW, "09:31 UTC"),
        (NOW + timedelta(days=1), "2 Mar 09:31 UTC"),
        (NOW + timedelta(days=400), "2 Mar 2026 09:31 UTC"),
        (None, "2 Mar 2026 09:31 UTC"),
    ],
)
def test_when_it_was_decided_is_said_with_the_date_on_another_day(now: datetime | None, shown: str) -> None:
    at = STARTED_AT + timedelta(seconds=70)
    card = approval_card(replace(a_tool_call(), state=ApprovalState.APPROVED, decided_at=at), now=now)
    facts = card.sections[-1]
    assert isinstance(facts, Fields)
    assert facts.fields[-1] == Field(label="Decided at", value=shown, at=at)


def test_away_from_its_tasks_card_an_approval_names_the_task() -> None:
    [facts] = [s for s in approval_card(a_tool_call(), task_title="Fix it").sections if isinstance(s, Fields)]
    assert facts.fields[0] == Field(label="Task", value="T142 · Fix it")


def test_a_detail_without_end_is_cut_and_says_by_how_much() -> None:
    card = approval_card(replace(a_tool_call(), detail="x" * (DETAIL + 1_500)))
    [code] = [section for section in card.sections if isinstance(section, Code)]
    kept = code.text.count("x")
    assert code.text.endswith(f"\n… and {DETAIL + 1_500 - kept:,} more characters: View log")


def test_a_command_cannot_hide_part_of_itself() -> None:
    card = approval_card(replace(a_tool_call(), detail="ls \x1b[8m; rm -rf ~\x1b[0m\u202e"))
    assert Code(text="ls ; rm -rf ~", language="bash") in card.sections


@pytest.mark.parametrize("kind", list(ApprovalKind))
def test_every_kind_of_approval_has_words_and_only_plans_and_results_can_be_sent_back(kind: ApprovalKind) -> None:
    card = approval_card(an_approval(17, kind=kind))
    commands = [action.typed for action in card.actions]

    assert card.title.startswith("A17 · ")
    assert ('revise A17 "…"' in commands) is (kind in {ApprovalKind.PLAN, ApprovalKind.RESULT})


def test_one_that_was_sent_back_says_by_whom_and_why() -> None:
    card = approval_card(
        an_approval(
            17, kind=ApprovalKind.PLAN, state=ApprovalState.CHANGED, decided_by="console:bob", decision_reason="x"
        )
    )

    assert card.status == "Sent back by bob"
    assert card.actions == ()
