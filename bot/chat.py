"""The terminal chat on a real project: requests and commands are typed, cards and questions come back."""

import asyncio
from dataclasses import dataclass, field
from uuid import uuid4

from adapters.chat.card import Card
from adapters.chat.inbound import CommandReceived
from adapters.console.adapter import Console
from adapters.console.parse import parse_line
from bot.answers import answers_of
from bot.cards.approval import approval_card
from bot.cards.bill import bill_card
from bot.cards.task import task_card
from bot.cli.exits import told
from bot.commands.grammar import Verb, read
from bot.compose import Program
from core.domain.errors import OrchestratorError
from core.domain.identity import ApprovalId, Person, ProjectName, TaskId
from core.domain.task import FINAL_TASK_STATES, TaskState
from core.orchestrator import Decision
from core.views import TaskView

HELP = """\
Type what you want done, for example: fix issue #123
  /approve A1 [comment or answer]   say yes, or answer a question
  /deny A1 [reason]                 say no; the agent reads the reason
  /cancel T1 [reason]               stop a task
  /status [T1]                      what is running, or one task
  /quit                             leave; work goes on when a worker runs"""
_OPEN = frozenset(TaskState) - FINAL_TASK_STATES


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
            self.console.say(told(error))
            return True

    async def _act(self, inbound: CommandReceived) -> bool:
        command, orchestrator = read(inbound.verb, inbound.text), self.program.orchestrator
        match command.verb:
            case Verb.SUBMIT:
                await self.program.workspaces.check(self.program.settings.project(self.project))
                task = await orchestrator.submit(
                    command.text, project=self.project, by=self.person.id, place=inbound.place
                )
                self._follow(task.id)
            case Verb.APPROVE:
                await self._approve(ApprovalId(command.target), command.text)
            case Verb.DENY:
                decision = Decision(approved=False, reason=command.text)
                await orchestrator.decide(ApprovalId(command.target), decision, by=self.person.id)
            case Verb.CANCEL:
                await orchestrator.cancel(TaskId(command.target), by=self.person.id, reason=command.text)
            case Verb.STATUS:
                await self._status(command.target)
            case Verb.HELP:
                for text in HELP.splitlines():
                    self.console.say(text)
            case Verb.QUIT:
                return False
            case _:
                self.console.say(f"Not in this chat yet. In another terminal: orchestrator {command.verb}")
        return True

    async def _approve(self, approval: ApprovalId, text: str) -> None:
        known = await self.program.orchestrator.approval(approval)
        given = [text] if len(known.questions) == 1 else [part for part in text.split(";") if part.strip()]
        answers = answers_of(known, given) if known.questions else {}
        decision = Decision(approved=True, reason="" if known.questions else text, answers=answers)
        await self.program.orchestrator.decide(approval, decision, by=self.person.id)

    async def _status(self, target: str) -> None:
        orchestrator, now = self.program.orchestrator, self.program.clock()
        views = [await orchestrator.task(TaskId(target))] if target else await orchestrator.tasks(states=_OPEN)
        for view in views:
            self.console.show(task_card(view, now=now))
        if not views:
            self.console.say("Nothing is running.")

    def _follow(self, task: TaskId) -> None:
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
