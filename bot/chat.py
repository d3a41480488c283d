"""The terminal chat on a real project: requests and commands are typed, cards and questions come back."""

import asyncio
from dataclasses import dataclass, field, replace
from uuid import uuid4

from adapters.chat.card import Card, Text
from adapters.chat.inbound import CommandReceived
from adapters.console.adapter import Console
from adapters.console.parse import parse_line
from bot.cards.approval import approval_card
from bot.cards.bill import bill_card
from bot.cards.task import task_card
from bot.chat_context import context_of
from bot.commands.acting import key_of
from bot.commands.chat import chat_commands
from bot.commands.context import Context
from bot.commands.grammar import Verb, read
from bot.commands.notes import NOTE, error_note
from bot.commands.questions import heard
from bot.commands.reply import AskForm, Followed, Handed, Nothing, Private, Public, Reply
from bot.compose import Program
from core.domain.errors import OrchestratorError
from core.domain.identity import ApprovalId, Person, ProjectName, TaskId
from core.views import TaskView

_AGAIN = frozenset({Verb.RETRY, Verb.REWIND, Verb.RESUME, Verb.ADDRESS, Verb.PUBLISH})
"""What sets a task going that may not be shown here yet."""


@dataclass(slots=True, kw_only=True)
class TerminalChat:
    """One person at one terminal, talking about one project. It owns a follower for each task begun here."""

    program: Program
    console: Console
    project: ProjectName
    person: Person
    open_tasks: tuple[TaskId, ...] = ()
    """Once the person has left: what was begun here and has not ended."""
    _following: dict[TaskId, asyncio.Task[None]] = field(default_factory=dict[TaskId, "asyncio.Task[None]"])

    async def run(self) -> None:
        """Read lines until the person leaves or the input ends; then wait for nothing."""
        self.console.say(f"Project {self.project}. Type a request, or /help.")
        try:
            while (line := await self.console.read_line("›")) is not None:
                if not await self._heard(line):
                    return
        finally:
            await self._leave()

    async def _leave(self) -> None:
        self.open_tasks = tuple(self._following)
        for each in self._following.values():
            each.cancel()
        await asyncio.gather(*self._following.values(), return_exceptions=True)

    async def _heard(self, line: str) -> bool:
        """Act on one line; False when the person leaves. What was wrong with it is said, and the chat goes on."""
        try:
            inbound = parse_line(line, event_id=str(uuid4()), person=self.person)
            return inbound is None or await self._act(inbound)
        except OrchestratorError as error:
            self._tell(Private(card=error_note(error)))
            return True

    async def _act(self, inbound: CommandReceived) -> bool:
        context = self._context()
        known = await context.asker(self.person, inbound.place, event_id=inbound.event_id)
        asker = replace(known, bound=self.project)
        question = None if inbound.verb else await heard(inbound.text, asker, context)
        command = question or read(inbound.verb, inbound.text)
        if command.verb is Verb.QUIT:
            return False
        reply = await chat_commands().run(command, asker, context)
        self._tell(reply)
        async with self.program.store.reading() as uow:
            begun = await uow.tasks.find_request(key_of(asker))
        if begun is not None:
            self._follow(begun.id)
        elif command.verb in _AGAIN and isinstance(reply, Private) and reply.done:
            self._follow(TaskId(command.target))
        return True

    def _context(self) -> Context:
        return context_of(self.program)

    def _tell(self, reply: Reply) -> None:
        """Show what came back: a short note as a line, everything else as a card."""
        match reply:
            case Nothing():
                return
            case Private() | Public():
                card = reply.card
            case AskForm() | Handed() | Followed():
                card = reply.instead
        if card.key != NOTE or card.actions or not all(isinstance(part, Text) for part in card.sections):
            self.console.show(card)
            return
        said = [card.title, *(part.text for part in card.sections if isinstance(part, Text))]
        self.console.say(" ".join(said))

    def _follow(self, task: TaskId) -> None:
        if task in self._following:
            return
        following = asyncio.create_task(self._show(task), name=f"follow-{task}")
        self._following[task] = following
        following.add_done_callback(lambda _: self._following.pop(task, None))

    async def _show(self, task: TaskId) -> None:
        """Keep the task's card live and print each question once; answers are typed as commands."""
        orchestrator = self.program.orchestrator
        view = await orchestrator.task(task)
        asked: set[ApprovalId] = set()

        def card() -> Card:
            return task_card(view, now=self.program.clock())

        with self.console.progress(task) as progress:
            progress.update(card)
            self._print_new(view, asked)
            async for _ in orchestrator.events(task, after=view.seq):
                view = await orchestrator.task(task)
                progress.update(card)
                self._print_new(view, asked)
        self.console.show(bill_card(view))

    def _print_new(self, view: TaskView, asked: set[ApprovalId]) -> None:
        for approval in view.waiting:
            if approval.id not in asked:
                asked.add(approval.id)
                self.console.show(approval_card(approval))
