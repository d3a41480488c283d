"""Commands that decide: approve, deny, send back, answer an agent's question."""

from collections.abc import Awaitable, Callable, Mapping

from bot.access import Refusal
from bot.answers import answers_of
from bot.cards.approval_actions import ALWAYS
from bot.cards.decided import ended_by
from bot.cards.moment import shown_moment
from bot.cards.person import shown_person
from bot.commands.acting import audited, done
from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb, written
from bot.commands.notes import note_card
from bot.commands.registry import Handler
from bot.commands.reply import AskForm, Private, Reply
from bot.commands.scope import seen_approval
from bot.commands.shared_budgets import refused_to_raise
from bot.commands.spelling import SLASH
from bot.forms.decisions import answer_form, answers_in, change_form, deny_form
from core.domain.access import Act
from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.budget import usd_of
from core.domain.cost import shown_usd
from core.domain.errors import ConflictError, InvalidInputError
from core.domain.task import Task
from core.orchestrator import Decision

WORDS_FIRST = "words"
"""An option no person types: the button asks for words before it acts."""
FIRST_ANSWER = "answer1"
"""The first field of the form that asks an agent's questions."""

_WAS = {
    ApprovalState.APPROVED: "approved",
    ApprovalState.DENIED: "denied",
    ApprovalState.CHANGED: "sent back",
}
_IS = {
    ApprovalState.APPROVED: "is approved",
    ApprovalState.DENIED: "is denied",
    ApprovalState.CHANGED: "is sent back with your words",
}
ApprovalHandler = Callable[[Command, Asker, Context, Approval], Awaitable[Reply]]


def _on_approval(handler: ApprovalHandler) -> Handler:
    """Make a handler of one that is given the open approval its command names, once the asker may decide it."""

    async def run(command: Command, asker: Asker, context: Context) -> Reply:
        approval, view = await seen_approval(command.target, asker, context, act=command.verb.value)
        if approval.state is not ApprovalState.PENDING:
            return await _decided_already(approval, command, asker, context)
        refusal = _refused(command.verb, asker, context, approval=approval, task=view.task)
        if refusal is not None:
            return await context.refuse(asker, command.verb.value, refusal, subject=approval.id)
        if approval.budget and command.verb is Verb.APPROVE:
            refusal = await refused_to_raise(approval.budget, asker, context)
            if refusal is not None:
                return await context.refuse(asker, command.verb.value, refusal, subject=approval.id)
        return await handler(command, asker, context, approval)

    return run


def _refused(verb: Verb, asker: Asker, context: Context, *, approval: Approval, task: Task) -> Refusal | None:
    """Why the asker may not say this about `approval`; None when they may."""
    if approval.kind is ApprovalKind.BUDGET and verb is Verb.DENY:
        # to stop costs nothing: whoever may cancel the task may also have what is there offered
        return context.gate.refused(asker.person.id, Act.CONTROL, task.project)
    return context.gate.refused_to_decide(asker.person.id, approval, project=task.project, requester=task.requested_by)


@_on_approval
async def approve(command: Command, asker: Asker, context: Context, approval: Approval) -> Reply:
    """Say yes; of a question the words are its answer."""
    if approval.kind is ApprovalKind.QUESTION:
        return await _answered(command, asker, context, approval)
    reason = command.option("comment") or command.text
    amount = usd_of(command.option("amount")) if command.has("amount") else None
    always = command.has(ALWAYS.removeprefix("--"))
    decision = Decision(approved=True, reason=reason, always=always, amount_usd=amount)
    return await _decide(decision, command, asker, context, approval)


@_on_approval
async def answer(command: Command, asker: Asker, context: Context, approval: Approval) -> Reply:
    """Answer a question."""
    if approval.kind is not ApprovalKind.QUESTION:
        raise InvalidInputError(
            f"{approval.id} asks nothing that words could answer.", hint=f"Say approve {approval.id}, or deny it."
        )
    return await _answered(command, asker, context, approval)


@_on_approval
async def deny(command: Command, asker: Asker, context: Context, approval: Approval) -> Reply:
    """Say no; the agent reads the reason."""
    reason = command.option("reason") or command.text
    # money is refused to a task, not to an agent that could read why
    if command.has(WORDS_FIRST) and not reason and approval.kind is not ApprovalKind.BUDGET:
        return AskForm(
            command=written(Command(verb=Verb.DENY, target=approval.id)),
            make=lambda token: deny_form(approval, token=token),
            instead=note_card(f"Why not {approval.id}?", hint=f"Type: {SLASH} deny {approval.id} and the reason."),
        )
    return await _decide(Decision(approved=False, reason=reason), command, asker, context, approval)


@_on_approval
async def revise(command: Command, asker: Asker, context: Context, approval: Approval) -> Reply:
    """Send a plan or a result back with what has to change."""
    if not command.text:
        return AskForm(
            command=written(Command(verb=Verb.REVISE, target=approval.id)),
            make=lambda token: change_form(approval, token=token),
            instead=note_card(
                f"What should be changed about {approval.id}?",
                hint=f"Type: {SLASH} revise {approval.id} and what has to change.",
            ),
        )
    decision = Decision(approved=False, reason=command.text, revise=True)
    return await _decide(decision, command, asker, context, approval)


async def _answered(command: Command, asker: Asker, context: Context, approval: Approval) -> Reply:
    filled = {name: values[-1] for name, values in command.options.items()}
    given = [*command.every("answer"), *command.every("choice"), *([command.text] if command.text else [])]
    if FIRST_ANSWER in filled:
        answers = answers_in(approval, filled)
    elif given:
        answers = answers_of(approval, given)
    else:
        return AskForm(
            command=written(Command(verb=Verb.ANSWER, target=approval.id)),
            make=lambda token: answer_form(approval, token=token),
            instead=note_card(
                f"{approval.id} asks: {approval.questions[0].text}" if approval.questions else approval.title,
                hint=f"Type: {SLASH} answer {approval.id} and your answer.",
            ),
        )
    decision = Decision(approved=True, reason=command.option("comment"), answers=answers)
    return await _decide(decision, command, asker, context, approval)


async def _decide(decision: Decision, command: Command, asker: Asker, context: Context, approval: Approval) -> Reply:
    said = "; ".join([*(decision.answers or {}).values(), decision.reason]).strip("; ")
    try:
        async with audited(command.verb.value, asker, context, subject=approval.id, detail=said):
            decided = await context.orchestrator.decide(approval.id, decision, by=asker.person.id)
    except ConflictError:
        # somebody was faster between the look and the call
        known = await context.seen.reader.approval(approval.id)
        if known.state is ApprovalState.PENDING:
            raise
        return await _decided_already(known, command, asker, context)
    what = "is answered" if approval.kind is ApprovalKind.QUESTION and decision.approved else _IS[decided.state]
    if end := ended_by(decided):
        return done(end, hint=_after_the_end(decided))
    if approval.kind is ApprovalKind.BUDGET:
        return done(_about_money(decided))
    kept = " From now on this is not asked again in this task." if decision.always else ""
    return done(f"{approval.id} {what}; {approval.task} goes on.{kept}")


def _after_the_end(decided: Approval) -> str:
    """What can be done about a task that a refusal has ended."""
    again = f"{SLASH} retry {decided.task}"
    match decided.kind:
        case ApprovalKind.BUDGET if decided.budget:
            return f"To go on after all, raise the budget, then begin again: {SLASH} budget, {again}"
        case ApprovalKind.BUDGET:
            return (
                f"To go on after all, say what it may cost, then begin again: {SLASH} budget {decided.task} 10, {again}"
            )
        case ApprovalKind.PUBLISH:
            return ""
        case _:
            return f"Try it again with: {again}"


def _about_money(decided: Approval) -> str:
    more = f" by {shown_usd(decided.raise_usd)}" if decided.raise_usd is not None else ""
    if decided.budget:
        return f"The budget is raised{more} until its period ends; everything that waited for it goes on."
    return f"The budget of {decided.task} is raised{more}; it goes on."


async def _decided_already(approval: Approval, command: Command, asker: Asker, context: Context) -> Private:
    """What is the case now; it counts as done when this very person has decided so."""
    own = approval.decided_by == asker.person.id and approval.state in _wanted(command)
    return Private(card=note_card(await standing_of(approval, context)), done=own)


def _wanted(command: Command) -> frozenset[ApprovalState]:
    match command.verb:
        case Verb.DENY:
            return frozenset({ApprovalState.DENIED})
        case Verb.REVISE:
            return frozenset({ApprovalState.CHANGED})
        case _:
            return frozenset({ApprovalState.APPROVED})


async def standing_of(approval: Approval, context: Context) -> str:
    """`A17 was approved by bob at 14:02 UTC.`"""
    if approval.state is ApprovalState.PENDING:
        return f"{approval.id} still waits for an answer."
    if approval.state is ApprovalState.CANCELLED or approval.decided_by is None or approval.decided_at is None:
        return f"{approval.id} is no longer needed."
    async with context.seen.store.reading() as uow:
        names = await uow.people.names({approval.decided_by})
    by, at = shown_person(approval.decided_by, names), shown_moment(approval.decided_at, now=context.seen.clock())
    return f"{approval.id} was {_WAS[approval.state]} by {by} at {at}."


HANDLERS: Mapping[Verb, Handler] = {
    Verb.APPROVE: approve,
    Verb.ANSWER: answer,
    Verb.DENY: deny,
    Verb.REVISE: revise,
}
