"""What somebody wants who did something in a chat: the errand it stands for, or an answer when there is none to run."""

import re
from dataclasses import replace
from datetime import datetime

from adapters.chat.inbound import (
    ButtonPressed,
    CommandReceived,
    FormSubmitted,
    MessagePicked,
    MessageReceived,
    StopPressed,
)
from bot.access import Refusal
from bot.cards.moment import shown_moment
from bot.cards.person import shown_person
from bot.commands.context import Asker, Context
from bot.commands.decisions import WORDS_FIRST, standing_of
from bot.commands.grammar import Command, Verb, read, read_command
from bot.commands.notes import note_card
from bot.commands.questions import goes_on, heard
from bot.commands.reply import Private
from bot.commands.requests import CHOICE
from bot.commands.scope import seen_approval, seen_task
from bot.commands.spelling import SLASH
from bot.conversation.answering import form_owner, form_place
from bot.conversation.errand import Errand
from bot.conversation.filled import completed, words_in
from bot.conversation.messages import InThread, said_in_thread, said_to_question, spoken, typed, typed_in_thread
from core.domain.access import Act, may
from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.conversation import ActionToken
from core.domain.errors import NotFoundError, OrchestratorError
from core.domain.identity import ApprovalId, Place

_APPROVAL = re.compile(r"A[0-9]+", re.ASCII)
"""The key of a card that asks something."""
Asked = CommandReceived | MessageReceived | MessagePicked | ButtonPressed | FormSubmitted | StopPressed
"""What comes in and may want something done."""


class Understanding:
    """Reads what came in. Whatever it raises is an OrchestratorError that says what to do instead."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def of(self, inbound: Asked, asker: Asker, *, attached: str = "") -> Errand | Private | None:
        """The errand, or what to answer; None for what is not our business. `attached` is what a form's files say."""
        match inbound:
            case CommandReceived():
                return await self._typed(inbound, asker)
            case MessageReceived():
                return await self._message(inbound, asker)
            case MessagePicked():
                return Errand(command=Command(verb=Verb.NEW, text=inbound.text.strip()), asker=asker)
            case ButtonPressed():
                return await self._button(inbound, asker)
            case FormSubmitted():
                return await self._form(inbound, asker, attached=attached)
            case StopPressed():
                return await self._stop(asker)

    async def is_for_us(self, inbound: MessageReceived, asker: Asker) -> bool:
        """Whether it is said to us: directly, by mention, or in a task's thread by who may talk to its agents."""
        if inbound.mentions_us or inbound.direct:
            return True
        thread = await self._thread(inbound.place)
        if thread is None:
            return await goes_on(inbound.text, asker, self._context)
        task = (await self._context.seen.reader.task(thread.task)).task
        return may(asker.access.get(task.project), Act.STEER)

    async def _asked_in(self, inbound: MessageReceived) -> Approval | None:
        """The open question on whose card `inbound` is a reply."""
        if not inbound.answers:
            return None
        async with self._context.seen.store.reading() as uow:
            card = await uow.cards.at(inbound.place, inbound.answers)
        if card is None or not _APPROVAL.fullmatch(card.key):
            return None
        try:
            approval = await self._context.seen.reader.approval(ApprovalId(card.key))
        except NotFoundError:
            return None
        return approval if approval.state is ApprovalState.PENDING else None

    async def _typed(self, inbound: CommandReceived, asker: Asker) -> Errand:
        thread = await self._thread(inbound.place)
        command = typed_in_thread(inbound.verb, inbound.text, thread) if thread is not None else None
        if command is None and not inbound.verb:
            about = thread.task if thread is not None else ""
            command = await heard(inbound.text, asker, self._context, task=about)
        if command is None and not inbound.verb and thread is None:
            meant = typed(inbound.text)
            return Errand(command=meant.command, asker=asker, sure=meant.sure)
        return Errand(command=command or read(inbound.verb, inbound.text), asker=asker)

    async def _message(self, inbound: MessageReceived, asker: Asker) -> Errand:
        addressed = inbound.mentions_us or inbound.direct
        asked = await self._asked_in(inbound)
        if asked is not None and asked.kind is ApprovalKind.QUESTION:
            answer = said_to_question(inbound.text, asked)
            if answer is not None:
                return Errand(command=answer, asker=asker)
        if asked is not None:
            # whoever replies to one question cannot mean another one, whenever that was asked
            thread = InThread(task=asked.task, waiting=(asked.id,))
        else:
            thread = await self._thread(inbound.place, before=inbound.written_at)
        about = thread.task if thread is not None else ""
        question = await heard(inbound.text, asker, self._context, task=about, addressed=addressed)
        if question is not None:
            return Errand(command=question, asker=asker)
        if thread is not None:
            return Errand(command=said_in_thread(inbound.text, thread, addressed=addressed), asker=asker)
        meant = spoken(inbound.text)
        return Errand(command=meant.command, asker=asker, sure=meant.sure)

    async def _button(self, inbound: ButtonPressed, asker: Asker) -> Errand | Private:
        row = await self._token(inbound.token)
        if row is None:
            hint = f"Look at the newest card, or type {SLASH} status."
            return Private(card=note_card("This button is not known any more.", hint=hint))
        if row.used_at is not None:
            return await self._used(row, asker)
        command = read_command(row.command)
        if command.verb is Verb.DENY and not command.text:
            command = replace(command, options={**command.options, WORDS_FIRST: ("",)})
        if row.subject.startswith(CHOICE):
            # whichever of the card's buttons is pressed, and however often: it is one request
            asker = replace(asker, event_id=row.subject)
        choice = row.subject.startswith(CHOICE)
        on_card = await self._is_kept_true(inbound)
        return Errand(command=command, asker=asker, token=row.token, choice=choice, on_card=on_card)

    async def _is_kept_true(self, inbound: ButtonPressed) -> bool:
        """Whether the card that was pressed shows by itself what comes of it; answers to commands do not."""
        if not inbound.message:
            return True
        async with self._context.seen.store.reading() as uow:
            return await uow.cards.at(inbound.place, inbound.message) is not None

    async def _form(self, inbound: FormSubmitted, asker: Asker, *, attached: str) -> Errand | Private:
        row = await self._token(inbound.token)
        words = words_in(inbound.values)
        if row is None:
            hint = f"Type it after {SLASH}." if words else f"Begin again with {SLASH} help."
            return Private(card=note_card("This form is not known any more.", hint=hint))
        if row.used_at is not None:
            return await self._used(row, asker)
        if form_owner(row) not in {None, asker.person.id}:
            return await self._context.refuse(asker, "form", Refusal(text="This form was opened by somebody else."))
        place = form_place(row)
        if place is not None and not inbound.place.channel:
            known = await self._context.asker(asker.person, place, event_id=asker.event_id)
            asker = replace(known, trigger=asker.trigger)
        command = completed(read_command(row.command), inbound.values, attached=attached)
        return Errand(command=command, asker=asker, token=row.token, words=words, on_card=True)

    async def _stop(self, asker: Asker) -> Errand | Private:
        thread = await self._thread(asker.place)
        if thread is None:
            return Private(card=note_card("No task is at work in this thread."))
        return Errand(
            command=Command(verb=Verb.CANCEL, target=thread.task, text="Stopped in its thread."),
            asker=asker,
            on_card=True,
        )

    async def _used(self, row: ActionToken, asker: Asker) -> Private:
        """What is the case now, for a button or form that was used."""
        try:
            return await self._now(row, asker)
        except OrchestratorError:
            # what it was about is gone, or is written in an older way
            return Private(card=note_card("That was done already."))

    async def _now(self, row: ActionToken, asker: Asker) -> Private:
        command = read_command(row.command)
        context, target = self._context, command.target
        if not target:
            return Private(card=note_card("That was handed over already."))
        if target.startswith("A"):
            approval, _ = await seen_approval(target, asker, context)
            return Private(card=note_card(await standing_of(approval, context)))
        task = (await seen_task(target, asker, context)).task
        state = task.state.value.replace("_", " ")
        return Private(card=note_card(f"{await self._who_used(row)} {task.id} is {state} now."))

    async def _who_used(self, row: ActionToken) -> str:
        if row.used_by is None or row.used_at is None:
            return "This was pressed already."
        async with self._context.seen.store.reading() as uow:
            names = await uow.people.names({row.used_by})
        at = shown_moment(row.used_at, now=self._context.seen.clock())
        return f"{shown_person(row.used_by, names)} pressed this at {at}."

    async def _token(self, token: str) -> ActionToken | None:
        async with self._context.seen.store.reading() as uow:
            return await uow.action_tokens.find(token)

    async def _thread(self, place: Place, *, before: datetime | None = None) -> InThread | None:
        """The task that is talked about in this thread, with what waits for an answer.

        Nothing counts as waiting once something was asked after `before`: a bare "approve" that was written for one
        question must not answer the next.
        """
        if not place.thread:
            return None
        async with self._context.seen.store.reading() as uow:
            thread = await uow.threads.at(place)
        if thread is None:
            return None
        try:
            view = await self._context.seen.reader.task(thread.task)
        except NotFoundError:
            return None
        later = before is not None and any(each.created_at > before for each in view.waiting)
        return InThread(task=thread.task, waiting=() if later else tuple(each.id for each in view.waiting))
