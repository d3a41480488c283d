"""Commands by which a person stays in charge: approve, deny, cancel."""

from typing import Annotated

import typer

from bot.answers import answers_of
from bot.cli import parse
from bot.cli.session import invocation, me, perform, print_json
from bot.documents import approval_document
from core.domain.approval import Approval
from core.orchestrator import Decision

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def approve(
    context: typer.Context,
    approval: Annotated[str, typer.Argument(metavar="ID", help="Approval, such as A17.")],
    answer: Annotated[
        list[str] | None, typer.Option("--answer", help="Answer of a question; once per question, in their order.")
    ] = None,
    comment: Annotated[str, typer.Option("--comment", help="Something the agents should know.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say yes to what is asked, or answer a question."""

    async def work() -> int:
        async with invocation(context).program() as program:
            known = await program.orchestrator.approval(parse.approval_id(approval))
            decision = Decision(approved=True, reason=comment, answers=answers_of(known, answer or []))
            decided = await program.orchestrator.decide(known.id, decision, by=me())
            _tell(decided, as_json=as_json, worker=await program.worker_running())
            return 0

    perform(work)


def deny(
    context: typer.Context,
    approval: Annotated[str, typer.Argument(metavar="ID", help="Approval, such as A17.")],
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why; the agent reads it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say no to what is asked."""

    async def work() -> int:
        async with invocation(context).program() as program:
            decision = Decision(approved=False, reason=reason)
            decided = await program.orchestrator.decide(parse.approval_id(approval), decision, by=me())
            _tell(decided, as_json=as_json, worker=await program.worker_running())
            return 0

    perform(work)


def cancel(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="N", help="Task number, such as 142 or T142.")],
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why.")] = "",
    as_json: AsJson = False,
) -> None:
    """Stop a task now; what is on its branch is kept."""

    async def work() -> int:
        async with invocation(context).program() as program:
            task = await program.orchestrator.cancel(parse.task_id(number), by=me(), reason=reason)
            if as_json:
                print_json({"id": task.id, "state": task.state.value})
            else:
                kept = f" Its branch {task.branch} is kept." if task.branch else ""
                typer.echo(f"{task.id} is cancelled.{kept}")
            return 0

    perform(work)


def _tell(approval: Approval, *, as_json: bool, worker: bool) -> None:
    if as_json:
        print_json(approval_document(approval))
        return
    after = "" if worker else " No worker is running: start one with `orchestrator worker`."
    typer.echo(f"{approval.id} is {approval.state.value}; {approval.task} goes on.{after}")
