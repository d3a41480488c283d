"""How an approval is answered: its buttons, on its own card and on the card of its task."""

from adapters.chat.card import Action, ActionStyle, Choices, Option
from bot.cards.words import FACT, line
from bot.commands.command import Command, written
from bot.commands.verbs import Verb
from core.agents.same_thing import FILE_KEYS
from core.domain.approval import Approval, ApprovalKind, Question
from core.domain.cost import shown_usd

REVISABLE = frozenset({ApprovalKind.PLAN, ApprovalKind.RESULT})
"""What can be sent back with words."""
ALWAYS = "--always"
STOP_HERE = "Stop here and publish what is there"
"""Instead of more money."""
_APPROVE = {
    ApprovalKind.PLAN: "Approve plan",
    ApprovalKind.TOOL: "Approve",
    ApprovalKind.PUBLISH: "Keep this one",
    ApprovalKind.RESULT: "Approve result",
    ApprovalKind.CONFLICT: "It is settled",
}


def is_offer(approval: Approval) -> bool:
    """Whether it asks if work may leave this machine: a branch with its pull request, or a review; not which fork."""
    return approval.kind is ApprovalKind.PUBLISH and approval.key.endswith(":offer")


def approval_actions(approval: Approval) -> tuple[Action, ...]:
    """Every way to answer `approval`, the usual one first; of a question's choices each has its own button besides."""
    deny = Action(label="Deny…", style=ActionStyle.DANGER, command=f"deny {approval.id}")
    logs = f"logs {approval.agent_run}"
    look = (Action(label="View log", command=logs, minor=True),) if approval.agent_run else ()
    if approval.kind is ApprovalKind.QUESTION:
        return (_answer(approval), deny, *look)
    if approval.kind is ApprovalKind.BUDGET:
        return _more_money(approval)
    label = "Publish it" if is_offer(approval) else _APPROVE[approval.kind]
    approve = Action(label=label, style=ActionStyle.PRIMARY, command=f"approve {approval.id}")
    scope = "file" if approval.tool in FILE_KEYS else "task"
    always = Action(label=f"Always for this {scope}", command=f"approve {approval.id} {ALWAYS}")
    revise = f"revise {approval.id}"
    change = Action(label="Change…", command=revise, typed=f'{revise} "…"')
    return (
        approve,
        *((always,) if approval.kind is ApprovalKind.TOOL and approval.what else ()),
        *((change,) if approval.kind in REVISABLE else ()),
        deny,
        *look,
    )


def _more_money(approval: Approval) -> tuple[Action, ...]:
    more = f"Raise by {shown_usd(approval.raise_usd)}" if approval.raise_usd is not None else "Spend more"
    change = Command(verb=Verb.BUDGET, part="raise", options={"of": (approval.budget,)})
    raises = written(change) if approval.budget else f"budget {approval.task} raise"
    return (
        Action(label=more, style=ActionStyle.PRIMARY, command=f"approve {approval.id}"),
        Action(label="Raise…", command=raises, typed=f"approve {approval.id} --amount 5"),
        Action(label=STOP_HERE, style=ActionStyle.DANGER, command=f"deny {approval.id}"),
    )


def _one_press_answers(approval: Approval) -> bool:
    """Whether pressing one offered choice answers all that is asked."""
    return len(approval.questions) == 1 and bool(approval.questions[0].choices) and not approval.questions[0].multiple


def choices(approval: Approval, question: Question, *, pending: bool = True) -> Choices:
    """One question with its offered answers, each with its button where one press is enough.

    The question's own words stay as they are: they are the key of the answer.
    """
    pressed = pending and _one_press_answers(approval)
    return Choices(
        text=question.text,
        options=tuple(
            Option(
                label=line(choice.label, FACT),
                description=line(choice.description, FACT),
                command=f"answer {approval.id} --choice {number}" if pressed else "",
            )
            for number, choice in enumerate(question.choices, 1)
        ),
        multiple=question.multiple,
    )


def _answer(approval: Approval) -> Action:
    """Free words, beside or instead of choices."""
    other = _one_press_answers(approval)
    answers = "".join(
        " --answer 1" if question.choices and not other else ' --answer "…"' for question in approval.questions
    )
    return Action(
        label="Other…" if other else "Answer…",
        command=f"answer {approval.id}",
        typed=f"approve {approval.id}{answers}",
    )
