"""`orchestrator deliveries`: what never arrived in a chat, sending it again, and letting it go."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cards.words import counted
from bot.cli.exits import Exit
from bot.cli.invocation import invocation
from bot.cli.perform import perform, print_json
from bot.cli.persons import me
from core.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from core.domain.conversation import Delivery
    from core.store.store import Store

app = typer.Typer(help="What never arrived in a chat: look, send again, let go.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Keys = Annotated[list[str] | None, typer.Argument(metavar="KEY…", help="As the list shows it, such as T1:card.")]
All = Annotated[bool, typer.Option("--all", help="Everything in the list.")]


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List what never arrived: to whom, why, and its key."""

    async def work() -> int:
        from bot.cli.undelivered import undelivered_document, undelivered_list
        from bot.delivery.dead_letters import MOST
        from bot.delivery.standing import delivery_standing

        async with invocation(context).onlooker() as seen:
            standing = await delivery_standing(seen.store, limit=MOST)
        if as_json:
            print_json(undelivered_document(standing))
        else:
            typer.echo("\n".join(undelivered_list(standing)))
        return Exit.DONE

    perform(context, work)


@app.command()
def resend(context: typer.Context, keys: Keys = None, everything: All = False) -> None:
    """Send it again, once what stood in its way is mended.

    Example: orchestrator deliveries resend T1:card:there
    """

    async def send(store: "Store", chosen: Sequence[str]) -> "list[Delivery]":
        from bot.delivery.dead_letters import resend as again

        return await again(store, chosen, by=me())

    _change(
        context, keys or [], everything=everything, change=send, told="{} will be sent again by orchestrator serve."
    )


@app.command()
def drop(context: typer.Context, keys: Keys = None, everything: All = False) -> None:
    """Let it go: nobody is told of it any more.

    Example: orchestrator deliveries drop --all
    """

    async def let_go(store: "Store", chosen: Sequence[str]) -> "list[Delivery]":
        from bot.delivery.dead_letters import drop as letting_go

        return await letting_go(store, chosen, by=me())

    _change(context, keys or [], everything=everything, change=let_go, told="{} let go.")


def _change(
    context: typer.Context,
    keys: Sequence[str],
    *,
    everything: bool,
    change: "Callable[[Store, Sequence[str]], Awaitable[list[Delivery]]]",
    told: str,
) -> None:
    async def work() -> int:
        from bot.delivery.dead_letters import all_keys

        if bool(keys) == everything:
            raise InvalidInputError(
                "Say which: keys, or --all.", hint="See what never arrived: orchestrator deliveries list"
            )
        async with invocation(context).onlooker() as seen:
            chosen = await all_keys(seen.store) if everything else keys
            letters = await change(seen.store, chosen)
        typer.echo(told.format(counted(len(letters), "message")) if letters else "Everything arrived.")
        return Exit.DONE

    perform(context, work)
