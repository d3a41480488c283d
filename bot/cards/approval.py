"""The card of an approval: what exactly is asked, by whom, why, how risky, and how to answer."""

from adapters.chat.card import (
    Action,
    ActionStyle,
    Card,
    Choices,
    Code,
    Field,
    Fields,
    Option,
    Section,
    Text,
    Tone,
    Weight,
)
from adapters.chat.text import one_line, printable
from core.domain.approval import Approval, ApprovalKind, ApprovalState, Question, Risk

TITLE_WIDTH = 200
DETAIL_CHARACTERS = 20_000

_ASKS = {
    ApprovalKind.PLAN: "Approve the plan?",
    ApprovalKind.TOOL: "May the agent do this?",
    ApprovalKind.BUDGET: "Spend more?",
    ApprovalKind.PUBLISH: "Publish the work?",
    ApprovalKind.QUESTION: "The agent has a question",
    ApprovalKind.RESULT: "Approve the result?",
    ApprovalKind.CONFLICT: "Settle the conflict by hand?",
}
_REVISABLE = frozenset({ApprovalKind.PLAN, ApprovalKind.RESULT})
"""What can be sent back with words."""
_DECIDED = {
    ApprovalState.APPROVED: ("Approved", Tone.GOOD),
    ApprovalState.DENIED: ("Denied", Tone.BAD),
    ApprovalState.CHANGED: ("Sent back", Tone.NEUTRAL),
    ApprovalState.CANCELLED: ("No longer needed", Tone.NEUTRAL),
}
_RISK = {
    Risk.LOW: "low",
    Risk.MEDIUM: "medium",
    Risk.HIGH: "high: look closely",
}


def approval_card(approval: Approval, *, role: str = "") -> Card:
    """The card of `approval`; `role` is the role of the agent that asks, '' when no agent does."""
    pending = approval.state is ApprovalState.PENDING
    status, tone = ("Needs your answer", Tone.WAITING) if pending else _decided(approval)
    return Card(
        key=approval.id,
        title=one_line(f"{approval.id} · {_ASKS[approval.kind]}", width=TITLE_WIDTH),
        status=status,
        tone=tone,
        sections=_asked(approval, role=role, pending=pending),
        actions=_actions(approval) if pending else (),
    )


def _decided(approval: Approval) -> tuple[str, Tone]:
    word, tone = _DECIDED[approval.state]
    name = one_line((approval.decided_by or "").rpartition(":")[2], width=40)
    return f"{word} by {name}" if name else word, tone


def _asked(approval: Approval, *, role: str, pending: bool) -> tuple[Section, ...]:
    sections: list[Section] = [Text(text=one_line(approval.title, width=TITLE_WIDTH), weight=Weight.NEXT)]
    if approval.detail.strip() and approval.detail.strip() != approval.title.strip():
        sections.append(_detail(approval))
    if approval.kind is ApprovalKind.QUESTION:
        sections = [_choices(question) for question in approval.questions] or sections
    sections.append(Fields(fields=_circumstances(approval, role=role)))
    if not pending and approval.decision_reason:
        sections.append(Text(text=f"Reason: {one_line(approval.decision_reason, width=500)}"))
    sections += [Text(text=one_line(f"{asked}: {answer}", width=500)) for asked, answer in approval.answers.items()]
    return tuple(sections)


def _detail(approval: Approval) -> Text | Code:
    """A plan is prose; everything else is shown to the letter."""
    text = printable(approval.detail[:DETAIL_CHARACTERS]).strip("\n")
    if len(approval.detail) > DETAIL_CHARACTERS:
        text += f"\n… and {len(approval.detail) - DETAIL_CHARACTERS:,} more characters"
    if approval.kind in {ApprovalKind.PLAN, ApprovalKind.BUDGET, ApprovalKind.RESULT}:
        return Text(text=text)
    return Code(text=text, language="bash" if approval.tool == "Bash" else "")


def _choices(question: Question) -> Choices:
    """The question, its own words unchanged: they are the key and the value of the answer."""
    return Choices(
        text=question.text,
        options=tuple(Option(label=choice.label, description=choice.description) for choice in question.choices),
        multiple=question.multiple,
    )


def _circumstances(approval: Approval, *, role: str) -> tuple[Field, ...]:
    asked_by = f"{one_line(role, width=40)}, step {approval.step} of {approval.task}" if role else f"{approval.task}"
    facts = [("Asked by" if role else "Task", asked_by), ("Why", approval.reason)]
    if approval.kind is not ApprovalKind.QUESTION:
        facts.append(("Risk", _RISK[approval.risk]))
    return tuple(Field(label=label, value=one_line(value, width=300)) for label, value in facts if value)


def _actions(approval: Approval) -> tuple[Action, ...]:
    approve = f"approve {approval.id}"
    deny = f"deny {approval.id}"
    label = "Answer" if approval.kind is ApprovalKind.QUESTION else "Approve"
    revise = f"revise {approval.id}"
    change = Action(token=revise, label="Change…", command=f'{revise} "…"')
    return (
        Action(token=approve, label=label, style=ActionStyle.PRIMARY, command=approve),
        *((change,) if approval.kind in _REVISABLE else ()),
        Action(token=deny, label="Deny…", style=ActionStyle.DANGER, command=deny),
    )
