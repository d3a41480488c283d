"""The card of an approval: what is asked, and what became of it."""

from dataclasses import replace

import pytest

from adapters.chat.card import Choices, Code, Fields, Option, Text, Tone
from bot.cards.approval import DETAIL_CHARACTERS, approval_card
from bot.sample_task import sample_view
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


def test_an_open_approval_can_be_approved_and_denied() -> None:
    card = approval_card(a_tool_call())
    assert [action.command for action in card.actions] == ["approve A17", "deny A17"]
    assert all(len(action.token.encode()) <= 40 for action in card.actions)


def test_a_decided_approval_says_by_whom_and_offers_nothing() -> None:
    decided = replace(
        a_tool_call(), state=ApprovalState.DENIED, decided_by=PersonId("slack:bob"), decision_reason="use git"
    )
    card = approval_card(decided)
    assert (card.status, card.tone, card.actions) == ("Denied by bob", Tone.BAD, ())
    assert Text(text="Reason: use git") in card.sections


def test_an_approval_that_ended_with_its_task_names_nobody() -> None:
    assert approval_card(replace(a_tool_call(), state=ApprovalState.CANCELLED)).status == "No longer needed"


def test_a_plan_is_prose() -> None:
    plan = replace(a_tool_call(), kind=ApprovalKind.PLAN, title="Start on the plan", detail="1. Read\n2. Fix", tool="")
    card = approval_card(plan)
    assert card.title == "A17 · Approve the plan?"
    assert Text(text="1. Read\n2. Fix") in card.sections


def test_a_question_offers_its_choices_in_the_agents_own_words() -> None:
    question = Question(
        text="Which  table?", choices=(Choice(label="prices", description="the main one"),), multiple=True
    )
    card = approval_card(replace(a_tool_call(), kind=ApprovalKind.QUESTION, questions=(question,)))
    assert card.sections[0] == Choices(
        text="Which  table?", options=(Option(label="prices", description="the main one"),), multiple=True
    )


def test_a_detail_without_end_is_cut_and_says_by_how_much() -> None:
    card = approval_card(replace(a_tool_call(), detail="x" * (DETAIL_CHARACTERS + 1_500)))
    [code] = [section for section in card.sections if isinstance(section, Code)]
    assert code.text.endswith("… and 1,500 more characters")


def test_a_command_cannot_hide_part_of_itself() -> None:
    card = approval_card(replace(a_tool_call(), detail="ls \x1b[8m; rm -rf ~\x1b[0m\u202e"))
    assert Code(text="ls ; rm -rf ~", language="bash") in card.sections


@pytest.mark.parametrize("kind", list(ApprovalKind))
def test_every_kind_of_approval_has_words_and_only_plans_and_results_can_be_sent_back(kind: ApprovalKind) -> None:
    card = approval_card(an_approval(17, kind=kind))
    commands = [action.command for action in card.actions]

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
