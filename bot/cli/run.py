"""`orchestrator run`: hand over one request, and follow it to its end."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import complete
from bot.cli.exits import Exit
from bot.cli.invocation import invocation
from bot.cli.left_behind import left_behind
from bot.cli.perform import perform, print_json
from bot.cli.persons import chosen_project, me
from bot.cli.signals import whisper
from bot.documents import task_document, task_summary
from bot.wish import Wish
from core.domain.budget import usd_of
from core.domain.project import PlanGate
from core.domain.task import Priority, TaskState
from core.domain.workflow import Mode

if TYPE_CHECKING:
    from bot.compose import Program
    from core.domain.task import Task
    from core.views import TaskView


_BEGIN = "Start it with the same command without --dry-run."
Request = Annotated[str, typer.Argument(help='What is wanted, such as "fix issue #123".')]
InProject = Annotated[
    str,
    typer.Option("--project", "-p", help="Which project; may be left out with one.", autocompletion=complete.projects),
]
ByWorkflow = Annotated[
    str,
    typer.Option("--workflow", "-w", help="Another workflow than the fitting one.", autocompletion=complete.workflows),
]
InMode = Annotated[Mode, typer.Option("--mode", help="Independent steps at the same time, or one after the other.")]
ByModel = Annotated[str, typer.Option("--model", "-m", help="Model of all its agents.")]
WithPriority = Annotated[Priority, typer.Option("--priority", help="Who starts first when not all can.")]
WithAnalyst = Annotated[bool, typer.Option("--include-analyst", help="Let the analyst look first in any case.")]
WithPlanGate = Annotated[
    PlanGate | None,
    typer.Option("--plan-gate", help="When the plan is shown first."),
]
WithBudget = Annotated[str, typer.Option("--budget", metavar="USD", help="It asks when this is spent.")]
Waits = Annotated[bool, typer.Option("--wait/--no-wait", help="Follow it to its end, or only hand it over.")]
SaysYes = Annotated[bool, typer.Option("--yes", "-y", help="Answer every approval with yes.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would happen.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document at the end.")]


def run(
    context: typer.Context,
    request: Request,
    project: InProject = "",
    workflow: ByWorkflow = "",
    mode: InMode = Mode.AUTO,
    model: ByModel = "",
    priority: WithPriority = Priority.NORMAL,
    include_analyst: WithAnalyst = False,
    plan_gate: WithPlanGate = None,
    budget: WithBudget = "",
    wait: Waits = True,
    yes: SaysYes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Hand over a request, and follow it to its end.

    Examples: orchestrator run "fix issue #123"   ·   orchestrator run "add a --quiet option" -p shop --no-wait
    """

    async def work() -> int:
        limit = usd_of(budget) if budget else None
        async with invocation(context).program() as program:
            wish = Wish(
                request=request,
                project=chosen_project(program.settings, project),
                workflow=workflow,
                model=model,
                priority=priority,
                mode=mode,
                include_analyst=include_analyst,
                plan_gate=plan_gate,
                budget_usd=limit,
            )
            if dry_run:
                return await shown(program, wish, as_json=as_json)
            return await done(program, wish, wait=wait, yes=yes, as_json=as_json)

    perform(context, work)


async def shown(program: "Program", wish: Wish, *, as_json: bool) -> Exit:
    """Show all that would come of `wish`; nothing is begun."""
    preview = await wish.previewed(program.orchestrator, by=me(), others=None)
    if as_json:
        from bot.preview_documents import preview_document

        print_json(preview_document(preview))
    else:
        from bot.cards.preview import preview_card
        from bot.terminal import terminal

        terminal().show(preview_card(preview, hint=_BEGIN))
    return Exit.DONE


async def done(program: "Program", wish: Wish, *, wait: bool, yes: bool, as_json: bool) -> Exit:
    """Hand `wish` over and follow it to its end, or only hand it over; what came of it is told."""
    await program.workspaces.check(program.settings.project(wish.project))
    errand = _Errand(program, wish=wish, as_json=as_json)
    return await errand.follow(yes=yes) if wait else await errand.hand_over()


class _Errand:
    """One request on its way."""

    def __init__(self, program: "Program", *, wish: Wish, as_json: bool) -> None:
        self._program = program
        self._wish = wish
        self._as_json = as_json

    async def hand_over(self) -> Exit:
        """Submit it, and say who will do it."""
        task = await self._submit()
        if self._as_json:
            view = await self._program.orchestrator.task(task.id)
            print_json(task_summary(view, now=self._program.clock()))
        elif await self._program.worker_running():
            typer.echo(f"{task.id} is queued. Follow it with: orchestrator task {task.number}")
        else:
            typer.echo(f"{task.id} is queued. It begins when a worker runs: orchestrator worker")
        return Exit.DONE

    async def follow(self, *, yes: bool) -> Exit:
        """Submit it, do the work unless another process does, and show it until it ends."""
        from bot.terminal import follow, terminal

        task: Task | None = None
        console = terminal(as_json=self._as_json)
        try:
            async with self._program.worker_if_free(tell=console.say):
                task = await self._submit()
                view = await follow(self._program, task.id, console=console, by=me(), yes=yes)
        except asyncio.CancelledError:
            whisper(await left_behind([task.id] if task else [], seen=self._program))
            raise
        return await self._told(view)

    async def _told(self, view: "TaskView") -> Exit:
        program = self._program
        if self._as_json:
            print_json(task_document(view, now=program.clock(), diff=await program.diff(view.task)))
        else:
            from bot.cards.bill import bill_card
            from bot.terminal import terminal

            terminal().show(bill_card(view))
            if view.task.commit:
                typer.echo(f"See the changes with: orchestrator task {view.task.number} --diff")
        return Exit.DONE if view.task.state == TaskState.COMPLETED else Exit.NOT_COMPLETED

    async def _submit(self) -> "Task":
        return await self._wish.submitted(self._program.orchestrator, by=me(), others=None)
