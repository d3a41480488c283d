"""Commands by which a person stays in charge: approve, revise, deny, cancel."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.answers import answers_of
from bot.cards.decided import ended_by
from bot.cli import complete, parse
from bot.cli.goes_on import WORKER
from bot.cli.invocation import invocation
from bot.cli.perform import perform, print_json
from bot.cli.persons import me
from bot.documents import approval_document
from core.domain.approval import ApprovalKind
from core.domain.budget import usd_of
from core.domain.cost import shown_usd

if TYPE_CHECKING:
    from core.domain.approval import Approval

_WORD = {"changed": "sent back with your words"}

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="Approval, such as A17.", autocompletion=complete.approvals)]


def approve(
    context: typer.Context,
    approval: Id,
    words: Annotated[str, typer.Argument(metavar="WORDS", help="An answer, or something the agents should know.")] = "",
    answer: Annotated[
        list[str] | None, typer.Option("--answer", help="Answer of a question; once per question, in their order.")
    ] = None,
    comment: Annotated[str, typer.Option("--comment", help="Something the agents should know.")] = "",
    always: Annotated[
        bool, typer.Option("--always", help="Its agents may do the same thing again, for the rest of the task.")
    ] = False,
    amount: Annotated[
        str, typer.Option("--amount", metavar="USD", help="Of a budget: raise it by this much, such as 5.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say yes to what is asked, or answer a question.

    Examples: orchestrator approve A17   ·   orchestrator approve A18 --answer 2   ·   orchestrator approve A19 --always
    """

    async def work() -> int:
        name = parse.approval_id(approval)
        more = usd_of(amount) if amount else None
        async with invocation(context).program() as program:
            from core.orchestrator import Decision

            known = await program.orchestrator.approval(name)
            given = [*(answer or []), *([words] if words and known.questions else [])]
            reason = comment or ("" if known.questions else words)
            decision = Decision(
                approved=True, reason=reason, answers=answers_of(known, given), always=always, amount_usd=more
            )
            decided = await program.orchestrator.decide(known.id, decision, by=me())
            _tell(decided, as_json=as_json, worker=await program.worker_running())
        return 0

    perform(context, work)


def revise(
    context: typer.Context,
    approval: Id,
    words: Annotated[str, typer.Argument(metavar="WORDS", help="What has to change.")],
    as_json: AsJson = False,
) -> None:
    """Send a plan or a result back with words.

    It is made again, and you are asked again.

    Example: orchestrator revise A17 "also update the docs"
    """

    async def work() -> int:
        name = parse.approval_id(approval)
        async with invocation(context).program() as program:
            from core.orchestrator import Decision

            decision = Decision(approved=False, reason=words, revise=True)
            decided = await program.orchestrator.decide(name, decision, by=me())
            _tell(decided, as_json=as_json, worker=await program.worker_running())
        return 0

    perform(context, work)


def deny(
    context: typer.Context,
    approval: Id,
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why; the agent reads it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say no to what is asked.

    Example: orchestrator deny A17 --reason "use the existing table"
    """

    async def work() -> int:
        name = parse.approval_id(approval)
        async with invocation(context).program() as program:
            from core.orchestrator import Decision

            decided = await program.orchestrator.decide(name, Decision(approved=False, reason=reason), by=me())
            _tell(decided, as_json=as_json, worker=await program.worker_running())
        return 0

    perform(context, work)


def cancel(
    context: typer.Context,
    number: Annotated[
        str, typer.Argument(metavar="N", help="Task number, such as 142 or T142.", autocompletion=complete.open_tasks)
    ],
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why.")] = "",
    as_json: AsJson = False,
) -> None:
    """Stop a task now; what is on its branch is kept."""

    async def work() -> int:
        name = parse.task_id(number)
        async with invocation(context).program() as program:
            task = await program.orchestrator.cancel(name, by=me(), reason=reason)
        if as_json:
            print_json({"id": task.id, "state": task.state.value, "branch": task.branch or None})
        else:
            kept = f" Its branch {task.branch} is kept." if task.branch else ""
            typer.echo(f"{task.id} is cancelled.{kept}")
        return 0

    perform(context, work)


def _tell(approval: "Approval", *, as_json: bool, worker: bool) -> None:
    if as_json:
        print_json(approval_document(approval))
    elif end := ended_by(approval):
        typer.echo(end)
    elif approval.kind is ApprovalKind.BUDGET:
        _tell_budget(approval, worker=worker)
    elif worker:
        typer.echo(f"{approval.id} is {_WORD.get(approval.state, approval.state.value)}; {approval.task} goes on.")
    else:
        word = _WORD.get(approval.state, approval.state.value)
        typer.echo(f"{approval.id} is {word}. {approval.task} goes on when a worker runs: {WORKER}")


def _tell_budget(approval: "Approval", *, worker: bool) -> None:
    task = approval.task
    more = f" by {shown_usd(approval.raise_usd)}" if approval.raise_usd is not None else ""
    goes_on = "it goes on" if worker else f"it goes on when a worker runs: {WORKER}"
    typer.echo(f"The budget of {task} is raised{more}; {goes_on}.")
