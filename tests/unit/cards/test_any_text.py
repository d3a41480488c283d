"""Whatever agents, issues and people write: every card keeps to the stated sizes, and no code fence is left open."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from adapters.chat.text import printable
from bot.cards.approval import approval_card
from bot.cards.ended import ended_card
from bot.cards.home import Asked, home_cards
from bot.cards.task import task_card
from bot.cards.words import block, line, prose
from bot.sample_task import NOW, sample_view
from core.domain.approval import Approval, ApprovalKind, ApprovalState, Choice, Question
from core.domain.event import WorkVerified
from core.domain.identity import PersonId, StepName
from core.domain.task import StepState, TaskState
from core.views import TaskView
from tests.unit.cards.sizes import assert_fits

TEXTS = st.one_of(
    st.text(max_size=400),
    st.text(alphabet=st.characters(categories=["Cs", "Cc", "Cf", "Mn", "So", "Lo"]), max_size=400),
    st.sampled_from(
        [
            "x" * 30_000,
            "word " * 9_000,
            "line\n" * 9_000,
            "```python\n" + "x = 1\n" * 9_000,
            "before\n" * 300 + "```\n" + "inside\n" * 300 + "```\nafter",
            "````\n```\n" * 700,
            "~~~\n" * 3_001,
            "日本語のテキスト" * 2_000,
            "👩‍💻" * 3_000,
            "e" + "\u0301" * 6_000,
            "\x1b[31mred\u202e\ud800",
            "\n\n \n",
            "",
        ]
    ),
)

FENCED = [
    "- a list\n" + "- ```python\n" + "  x = 1\n" * 900 + "  ```\n- end",
    "1. ~~~\n" + "   x\n" * 900 + "   ~~~\n",
    "> ```\n" + "> x\n" * 900,
    "`````\n" + "```\nx\n```\n" * 900,
    "``` x ```\n" * 900,
    "```\nx\n```\n" * 900,
]


def shown(text: str, *, state: TaskState, kind: ApprovalKind, decided: ApprovalState) -> tuple[TaskView, Approval]:
    """The sample task with `text` everywhere somebody else writes."""
    view = sample_view()
    approval = replace(
        view.approvals[0],
        kind=kind,
        title=text,
        detail=text,
        reason=text,
        questions=(Question(text="Which?", choices=(Choice(label=text, description=text),)),),
        state=decided,
        decided_by=PersonId(f"slack:{text[:300]}"),
        decision_reason=text,
        answers={"Which?": text},
    )
    states = [StepState.COMPLETED, StepState.FAILED, StepState.WAITING, StepState.RUNNING, StepState.SKIPPED]
    steps = tuple(
        replace(
            part,
            step=replace(
                part.step,
                state=now,
                role=text,
                summary=text,
                result={"summary": text, "files": [text], "passed": True},
                base_commit="abc",
            ),
            runs=tuple(replace(each, run=replace(each.run, activity=text, error=text)) for each in part.runs),
        )
        for part, now in zip(view.steps, states, strict=True)
    )
    task = replace(view.task, state=state, title=text, failure=text, branch=text, pull_request=text, commit="abc")
    view = replace(view, task=task, steps=steps, approvals=(approval,) * 9, files=(text,) * 9, notices=(text,) * 9)
    return view, approval


@settings(deadline=None, max_examples=40)
@given(TEXTS, st.sampled_from(TaskState), st.sampled_from(ApprovalKind), st.sampled_from(ApprovalState))
def test_every_card_fits_whatever_is_written(
    text: str, state: TaskState, kind: ApprovalKind, decided: ApprovalState
) -> None:
    view, approval = shown(text, state=state, kind=kind, decided=decided)
    names = {PersonId("console:alice"): text}
    assert_fits(task_card(view, now=NOW, names=names))
    assert_fits(approval_card(approval, role=text, task_title=text, names=names, now=NOW, note=text))
    asked = [Asked(approval=approval, task_title=text, role=text)] * 10
    for card in home_cards(
        asked=asked, running=[view] * 14, week_usd={text: view.bill.cost_usd}, may_submit=True, now=NOW
    ):
        assert_fits(card)
    if state in {TaskState.COMPLETED, TaskState.FAILED, TaskState.CANCELLED}:
        verified = WorkVerified(step=StepName("test"), round=1, command=text, passed=True, output=text)
        assert_fits(ended_card(view, now=NOW, verified=[verified], by=approval.decided_by, reason=text, names=names))


@settings(deadline=None)
@given(TEXTS, st.integers(min_value=200, max_value=3_000))
def test_what_fits_is_unchanged_and_what_does_not_says_how_much_more_there_is(text: str, most: int) -> None:
    for cut in (block, prose):
        short = cut(text, most, see="View log")
        whole = printable(text[: most * 4]).strip("\n").rstrip()
        assert len(short) <= most
        if len(text) <= most * 4 and len(whole) <= most:
            assert short == whole
        else:
            kept, _, note = short.rpartition("\n… and ")
            assert note.endswith(": View log")
            assert whole.startswith(kept) or cut is prose


@settings(deadline=None)
@given(TEXTS | st.sampled_from(FENCED), st.integers(min_value=200, max_value=3_000))
def test_no_code_fence_is_open_after_a_cut(text: str, most: int) -> None:
    assert MarkdownIt().parse(f"{prose(text, most)}\n\nAFTER")[-2].content == "AFTER"


@given(TEXTS, st.integers(min_value=1, max_value=300))
def test_a_line_is_one_line_within_its_size(text: str, most: int) -> None:
    assert len(line(text, most)) <= most
    assert "\n" not in line(text, most)


LISTING = "Look:\n```python\n" + "\n".join(f"x{n} = {n}" for n in range(60)) + "\n```\nThat is all."


def test_a_fence_that_begins_near_the_cut_is_left_out_whole() -> None:
    before = "All is well.\n" * 40
    short = prose(before + LISTING, 800)
    assert short.startswith(before.rstrip())
    assert "```" not in short
    assert short.endswith("Look:\n… and 63 more lines")


def test_a_fence_that_is_most_of_the_text_is_closed_where_it_is_cut() -> None:
    short = prose(LISTING, 500, see="View log")
    lines = short.splitlines()
    assert lines[:3] == ["Look:", "```python", "x0 = 0"]
    assert lines[-2] == "```"
    shown_lines = len(lines) - 4
    assert lines[-1] == f"… and {60 - shown_lines + 2} more lines: View log"


@pytest.mark.parametrize("text", ["````\n```\ninside\n````", "~~~\n```\n~~~", "no fence at all", "``` x ```"])
def test_what_is_whole_stays_as_it_is(text: str) -> None:
    assert prose(text) == text
