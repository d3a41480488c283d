"""Following tasks at a terminal: live cards, and approvals answered at the keyboard."""

import asyncio
import contextlib
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from adapters.chat.card import Card
from adapters.console.adapter import Console
from adapters.console.dialogue import Unanswered
from bot.cards.approval import approval_card
from bot.cards.task import task_card
from core.domain.approval import Approval, ApprovalKind
from core.domain.errors import ConflictError
from core.domain.identity import ApprovalId, PersonId, TaskId
from core.domain.task import FINAL_TASK_STATES
from core.views import TaskView

if TYPE_CHECKING:  # who only looks needs no engine
    from bot.compose import Program
    from core.orchestrator import Decision


def terminal(*, as_json: bool = False, prefix: str = "orchestrator ") -> Console:
    """The person's terminal; with `as_json` stdout is kept for the document. `prefix` stands before shown commands."""
    return Console(output=sys.stderr if as_json else sys.stdout, keyboard=sys.stdin, prefix=prefix)


def somebody_types() -> bool:
    """Whether stdin is a terminal, so that a person could answer."""
    return sys.stdin.isatty()


async def follow(
    program: "Program", task: TaskId, *, console: Console, by: PersonId, yes: bool = False, alone: bool = False
) -> TaskView:
    """Show `task` until it ends, asking for each approval (or answering yes), and return its last state.

    `alone` says that no other command reaches the task: none is offered, and nobody else could answer.
    """
    orchestrator = program.orchestrator
    view = await orchestrator.task(task)
    questions = Questions(program=program, console=console, by=by, yes=yes, alone=alone)

    def card() -> Card:
        shown = task_card(view, now=program.clock())
        # what is asked below the card need not be offered on it as well
        asked = {approval.id for approval in view.waiting} if console.can_ask else set[ApprovalId]()
        actions = tuple(action for action in shown.actions if asked.isdisjoint(action.command.split()))
        return replace(shown, actions=() if alone else actions)

    try:
        with console.progress(task) as progress:
            progress.update(card)
            await questions.see(view)
            if view.task.state not in FINAL_TASK_STATES:
                async with contextlib.aclosing(orchestrator.events(task, after=view.seq)) as entries:
                    async for _ in entries:
                        view = await orchestrator.task(task)
                        progress.update(card)
                        await questions.see(view)
    finally:
        await questions.close()
    return view


@dataclass(slots=True, kw_only=True)
class Questions:
    """The approvals being asked at this terminal; owns a task for each and ends it when somebody else decided."""

    program: "Program"
    console: Console
    by: PersonId
    yes: bool
    alone: bool
    _asking: dict[ApprovalId, asyncio.Task[None]] = field(default_factory=dict[ApprovalId, "asyncio.Task[None]"])

    async def see(self, view: TaskView) -> None:
        """Ask what is new, and take back what is decided."""
        waiting = {approval.id: approval for approval in view.waiting}
        for known, asking in list(self._asking.items()):
            if known not in waiting:
                del self._asking[known]
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)
        for approval in waiting.values():
            if approval.id not in self._asking:
                role = _role(view, approval)
                self._asking[approval.id] = asyncio.create_task(self._ask(approval, role), name=f"ask-{approval.id}")

    async def close(self) -> None:
        """Ask nothing any more."""
        asking = list(self._asking.values())
        for each in asking:
            each.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    async def _ask(self, approval: Approval, role: str) -> None:
        decision = self._yes(approval) if self.yes else await self._answer(approval, role)
        if decision is None:
            return
        # somebody elsewhere may have been faster; their decision stands and shows on the card
        with contextlib.suppress(ConflictError):
            await self.program.orchestrator.decide(approval.id, decision, by=self.by)

    async def _answer(self, approval: Approval, role: str) -> "Decision | None":
        answer = await self.console.ask_approval(approval_card(approval, role=role))
        if isinstance(answer, Unanswered) and self.alone:
            self.console.say("No answers come from this terminal any more, and nobody else can give them.")
            return self._yes(approval)
        if isinstance(answer, Unanswered):
            self.console.say(answer.hint)
            return None
        from core.orchestrator import Decision

        return Decision(approved=answer.approved, reason=answer.reason, answers=answer.answers, revise=answer.revise)

    def _yes(self, approval: Approval) -> "Decision":
        """Yes to all; of offered answers the first, which is the one an agent recommends."""
        from core.orchestrator import Decision

        if approval.kind == ApprovalKind.BUDGET:
            # yes to all is no leave to spend without an end
            self.console.say(f"{approval.id} answered with no, for nobody is asked: {approval.title}")
            return Decision(approved=False, reason="nobody was there to raise it")
        self.console.say(f"{approval.id} answered with yes: {approval.title}")
        if approval.kind != ApprovalKind.QUESTION:
            return Decision(approved=True)
        answers = {q.text: q.choices[0].label if q.choices else "Yes" for q in approval.questions}
        return Decision(approved=True, answers=answers)


def _role(view: TaskView, approval: Approval) -> str:
    runs = (each.run for step in view.steps for each in step.runs)
    return next((run.role for run in runs if run.id == approval.agent_run), "")
