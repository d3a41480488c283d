"""The card of an approval: what exactly is asked, by whom, why, how risky, how to answer, and what became of it."""

from datetime import datetime

from adapters.chat.card import Card, Code, Field, Fields, Markdown, Section, Text, Tone, Weight
from bot.cards.approval_actions import approval_actions, choices, is_offer
from bot.cards.moment import moment_field
from bot.cards.person import NOBODY, Names, shown_person
from bot.cards.result import result_text
from bot.cards.words import SENTENCE, STATUS, TITLE, block, facts, line, prose
from core.agents.same_thing import FILE_KEYS
from core.domain.approval import NEW_BUDGET, Approval, ApprovalKind, ApprovalState, Risk

DETAIL = 20_000
"""Characters of what is asked: who decides must see all of it, so it is more than platforms show in one piece."""
ASKS = {
    ApprovalKind.PLAN: "Approve the plan?",
    ApprovalKind.TOOL: "May the agent do this?",
    ApprovalKind.BUDGET: "Spend more?",
    ApprovalKind.PUBLISH: "Publish the work?",
    ApprovalKind.QUESTION: "The agent has a question",
    ApprovalKind.RESULT: "Approve the result?",
    ApprovalKind.CONFLICT: "Settle the conflict by hand?",
}
_DECIDED = {
    ApprovalState.APPROVED: ("Approved", Tone.GOOD),
    ApprovalState.DENIED: ("Denied", Tone.BAD),
    ApprovalState.CHANGED: ("Sent back", Tone.NEUTRAL),
    ApprovalState.CANCELLED: ("No longer needed", Tone.NEUTRAL),
}
_OF_MONEY = {ApprovalState.APPROVED: "Raised", ApprovalState.DENIED: "Stopped"}
_RISK = {
    Risk.LOW: "low",
    Risk.MEDIUM: "medium",
    Risk.HIGH: "high: look closely",
}
_PROSE = frozenset({ApprovalKind.PLAN, ApprovalKind.BUDGET})
_LANGUAGE = {"Bash": "bash", "Edit": "diff", "MultiEdit": "diff", "NotebookEdit": "diff", "Write": "diff"}


def approval_card(
    approval: Approval,
    *,
    role: str = "",
    task_title: str = "",
    names: Names = NOBODY,
    now: datetime | None = None,
    note: str = "",
) -> Card:
    """The card of `approval`; `role` is the role of the agent that asks, '' when no agent does.

    `task_title` is for places where the task's own card does not stand beside it; `now` only shortens times. `note`
    says first why this reader is told, such as that nobody else has answered.
    """
    pending = approval.state is ApprovalState.PENDING
    status, tone = ("Needs your answer", Tone.WAITING) if pending else decided(approval, names)
    title = line(f"{approval.id} · {ASKS[approval.kind]}", TITLE)
    return Card(
        key=approval.id,
        title=title,
        status=status,
        tone=tone,
        sections=(
            *((Text(text=line(note, SENTENCE), weight=Weight.MUTED),) if note else ()),
            *_asked(approval),
            *_said(approval),
            Fields(fields=(*_circumstances(approval, role=role, task_title=task_title), *_decided_at(approval, now))),
        ),
        actions=approval_actions(approval) if pending else (),
        about=line(f"{title} {approval.title}" if pending else f"{title} {status}", SENTENCE),
    )


def decided(approval: Approval, names: Names = NOBODY) -> tuple[str, Tone]:
    """What became of it, in a few words: `Approved by bob`."""
    word, tone = _DECIDED[approval.state]
    if approval.kind is ApprovalKind.QUESTION and approval.state is ApprovalState.APPROVED:
        word = "Answered"
    elif approval.kind is ApprovalKind.BUDGET:
        word = _OF_MONEY.get(approval.state, word)
    name = shown_person(approval.decided_by, names)
    to = f" to {approval.answers[NEW_BUDGET]}" if _tells_limit(approval) else ""
    return line(f"{word} by {name}{to}" if name else word, STATUS), tone


def _tells_limit(approval: Approval) -> bool:
    """Whether the status says what a budget that others share was raised to, so that no line has to."""
    return bool(approval.budget) and approval.raise_usd is not None and NEW_BUDGET in approval.answers


def _asked(approval: Approval) -> tuple[Section, ...]:
    """What it is about: the exact command, change or plan, or the questions with their offered answers."""
    if approval.kind is ApprovalKind.QUESTION and approval.questions:
        pending = approval.state is ApprovalState.PENDING
        return tuple(choices(approval, question, pending=pending) for question in approval.questions)
    title = Text(text=line(approval.title, SENTENCE), weight=Weight.NEXT)
    detail = approval.detail.strip()
    return (title, _detail(approval)) if detail and detail != approval.title.strip() else (title,)


def _circumstances(approval: Approval, *, role: str, task_title: str) -> tuple[Field, ...]:
    """By whom it is asked, why, and how risky it is."""
    task = f"{approval.task} · {task_title}" if task_title else approval.task
    where = f"step {approval.step}" if task_title else f"step {approval.step} of {approval.task}"
    by = f"{line(role, 40)}, {where}" if role else ""
    return facts(
        (
            ("Asked by", by),
            ("Task", task if task_title or not role else ""),
            ("Why", approval.reason),
            ("Risk", "" if approval.kind in (ApprovalKind.QUESTION, ApprovalKind.BUDGET) else _RISK[approval.risk]),
        )
    )


def _detail(approval: Approval) -> Section:
    """A plan is prose, a result is read like one; everything else is shown to the letter."""
    see = "View log" if approval.agent_run else ""
    if approval.kind in _PROSE or is_offer(approval):
        return Markdown(text=prose(approval.detail, DETAIL, see=see))
    if approval.kind is ApprovalKind.RESULT:
        return Markdown(text=prose(result_text(approval.detail), DETAIL, see=see))
    return Code(text=block(approval.detail, DETAIL, see=see), language=_LANGUAGE.get(approval.tool, ""))


def _said(approval: Approval) -> tuple[Text, ...]:
    """What was said when it was decided."""
    reason = (f"Reason: {approval.decision_reason}",) if approval.decision_reason else ()
    told = {NEW_BUDGET} if _tells_limit(approval) else set[str]()
    answers = (f"{question}: {answer}" for question, answer in approval.answers.items() if question not in told)
    same = "this file" if approval.tool in FILE_KEYS else "exactly this"
    always = approval.always and approval.state is ApprovalState.APPROVED
    kept = (f"For the rest of the task {same} is not asked about again.",) if always else ()
    return tuple(Text(text=line(each, SENTENCE)) for each in (*reason, *answers, *kept))


def _decided_at(approval: Approval, now: datetime | None) -> tuple[Field, ...]:
    at = approval.decided_at
    return () if at is None else (moment_field("Decided at", at, now=now),)
