"""Forms, asked field by field in the chat: one question at a time, its answer, the next question, and all answers."""

from collections.abc import Callable
from dataclasses import replace

from adapters.chat.form import Form
from adapters.chat.inbound import FormSubmitted
from adapters.chat.keyvalue import KeyValueStore
from adapters.chat.port import Heard
from adapters.chat.turns import Turns
from adapters.telegram.asked import answer_shown, forced_reply, question
from adapters.telegram.asking import CANCEL, Asking, Wrong, answered, asking_of, cancels, is_answered, kept, pressed
from adapters.telegram.chats import Chats
from adapters.telegram.ids import channel_of, person_id, place, thread_id, user_of
from adapters.telegram.page import Page
from adapters.telegram.patience import patiently
from adapters.telegram.sending import Sending
from adapters.telegram.threads import Threads
from adapters.telegram.triggers import Triggers
from core.domain.identity import Person, Place

ANSWER_WITHIN_S = 900.0
_KEPT_S = 86_400.0
"""A form that is over is remembered for so long: a late answer to it must not become something else."""


class Forms:
    """The forms in front of people: one for each person and chat. `now_s` counts seconds since 1970.

    Answers are kept while the others are asked for, so `mask` hides secrets in them at once.
    """

    def __init__(
        self,
        *,
        sending: Sending,
        chats: Chats,
        threads: Threads,
        triggers: Triggers,
        values: KeyValueStore,
        mask: Callable[[str], str],
        now_s: Callable[[], float],
    ) -> None:
        self._sending = sending
        self._chats = chats
        self._threads = threads
        self._triggers = triggers
        self._values = values
        self._mask = mask
        self._now_s = now_s
        self._turns = Turns()

    async def ask(self, trigger: str, form: Form) -> None:
        """Put the first question in front of whoever made `trigger`; a form that was open there is left."""
        made = self._triggers.use(trigger)
        user = user_of(made.person.id)
        at = made.place if made.place.channel else place(channel_of(user))
        # who is quick answers before Telegram has told us where the question stands: their answer waits for that
        async with self._turns.turn(_key(at.channel, user)):
            if (before := await self._of(at.channel, user)) is not None:
                await self._leave(before, "Another question took its place.")
            asking = Asking(
                form=form,
                channel=at.channel,
                thread=at.thread,
                user=user,
                name=made.person.name,
                until=self._now_s() + ANSWER_WITHIN_S,
            )
            await self._put(asking)

    async def takes_message(
        self, person: Person, at: Place, *, text: str, answers: int, event_id: str, heard: Heard
    ) -> bool:
        """Whether what a person wrote was an answer to a form, or to one that is over; then nobody else hears it.

        In a group only an answer to the question itself counts; alone with us whatever is no command does.
        """
        asking = await self._asked(at.channel, user_of(person.id))
        if asking is None:
            return False
        if event_id in asking.taken:
            await self._ask_unless_asked(asking)
            return True
        to_question = bool(answers) and answers == asking.question
        if asking.over or self._now_s() >= asking.until:
            if to_question:
                await self._say(asking, "That came too late. Please begin again.")
            return to_question
        alone = chat_is_private(at) and not answers and at.thread in {"", asking.thread}
        if cancels(text) and (to_question or alone):
            await self._leave(asking, "Cancelled.")
            return True
        if not to_question and (not alone or text.startswith("/")):
            return False
        await self._answer(asking, answered(asking, self._mask(text)), event_id=event_id, heard=heard)
        return True

    async def takes_press(self, person: Person, at: Place, *, data: str, event_id: str, heard: Heard) -> str:
        """Take a press on a button of a form; what to tell who pressed, '' for nothing."""
        asking = await self._asked(at.channel, user_of(person.id))
        if asking is None or asking.over or self._now_s() >= asking.until:
            return "This question is over, or was asked of somebody else."
        if event_id in asking.taken:
            await self._ask_unless_asked(asking)
            return ""
        if data == CANCEL:
            await self._leave(asking, "Cancelled.")
            return ""
        following = pressed(asking, data)
        if following is None:
            return "That question is answered already."
        await self._answer(asking, following, event_id=event_id, heard=heard)
        return ""

    async def _answer(self, asking: Asking, found: Asking | Wrong, *, event_id: str, heard: Heard) -> None:
        if isinstance(found, Wrong):
            await self._patiently_put(replace(asking, question=0, taken=(*asking.taken, event_id)), wrong=found.says)
            return
        found = replace(found, taken=(*found.taken, event_id))
        if is_answered(found):
            await heard(_submitted(found, event_id))
            await self._keep(replace(found, index=asking.index, question=asking.question, over=True))
            await self._show(asking, answer_shown(asking, found.values[asking.field.name]))
            return
        await self._keep(found)
        await self._show(asking, answer_shown(asking, found.values[asking.field.name]))
        await self._patiently_put(found)

    async def _ask_unless_asked(self, asking: Asking) -> None:
        """An answer came again: when the next question was never sent, it is sent now."""
        if not asking.question and not asking.over:
            await self._patiently_put(asking)

    async def _patiently_put(self, asking: Asking, *, wrong: str = "") -> None:
        """Ask, again after pauses while Telegram does not take it: the person waits, and nobody else tries."""
        await self._keep(asking)
        await patiently(lambda: self._put(asking, wrong=wrong), what="a question was not asked")

    async def _put(self, asking: Asking, *, wrong: str = "") -> None:
        at = place(asking.channel, asking.thread)
        message = await self._sending.page(at, question(asking, wrong=wrong), markup=forced_reply(asking))
        await self._threads.note(await self._chats.chat(at.channel), message, thread_id(at.thread))
        await self._keep(replace(asking, question=message))

    async def _leave(self, asking: Asking, words: str) -> None:
        await self._keep(replace(asking, over=True))
        await self._show(asking, Page(text=f"{asking.form.title}: {words}"))

    async def _show(self, asking: Asking, page: Page) -> None:
        """Put `page` in the place of the question; one that opened its answer by itself cannot be changed."""
        if not asking.question:
            return
        if forced_reply(asking) is None:
            at, question = place(asking.channel), asking.question
            await patiently(lambda: self._sending.rewrite(at, question, page), what="a question was not put away")
        elif asking.over:
            await self._say(asking, page.text)

    async def _say(self, asking: Asking, words: str) -> None:
        at = place(asking.channel, asking.thread)
        await patiently(lambda: self._sending.page(at, Page(text=words)), what="not said")

    async def _of(self, channel: str, user: int) -> Asking | None:
        """The form that is open now."""
        asking = await self._kept(channel, user)
        return None if asking is None or asking.over or self._now_s() >= asking.until else asking

    async def _asked(self, channel: str, user: int) -> Asking | None:
        """What the person was asked last, once it is known where that stands."""
        async with self._turns.turn(_key(channel, user)):
            return await self._kept(channel, user)

    async def _kept(self, channel: str, user: int) -> Asking | None:
        text = await self._values.get(_key(channel, user))
        return asking_of(text) if text else None

    async def _keep(self, asking: Asking) -> None:
        await self._values.set(_key(asking.channel, asking.user), kept(asking), for_s=_KEPT_S)


def chat_is_private(at: Place) -> bool:
    """Whether nobody else reads in `at`."""
    return at.channel.startswith("D")


def _submitted(asking: Asking, event_id: str) -> FormSubmitted:
    person = Person(id=person_id(asking.user), name=asking.name)
    where = place(asking.channel, asking.thread)
    return FormSubmitted(
        event_id=event_id, person=person, place=where, token=asking.form.token, values=dict(asking.values)
    )


def _key(channel: str, user: int) -> str:
    return f"form/{channel}/{user}"
