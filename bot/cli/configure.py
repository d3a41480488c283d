"""`orchestrator config show`: the effective settings, secrets masked, each with where it came from."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.exits import Exit
from bot.cli.invocation import invocation
from bot.cli.perform import perform, print_json

if TYPE_CHECKING:
    from config.settings import Settings

app = typer.Typer(help="Look at the settings.", no_args_is_help=True)


@app.command()
def show(context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Print every effective setting and where it came from, secrets masked."""

    async def work() -> int:
        settings = invocation(context).settings()
        if as_json:
            shown = settings.shown().items()
            print_json({key: {"value": each.value, "source": each.source} for key, each in shown})
        else:
            _print(settings)
        return Exit.DONE

    perform(context, work)


def _print(settings: "Settings") -> None:
    from rich.text import Text

    from bot.cli.tables import listing, page

    console = page()
    console.print(f"Settings file: {settings.config_file or 'none found'}", soft_wrap=True)
    table = listing()
    table.add_column("setting", no_wrap=True)
    table.add_column("value", overflow="fold")
    table.add_column("from", overflow="fold", style="dim")
    for key, each in settings.shown().items():
        value = ", ".join(each.value) if isinstance(each.value, list) else each.value
        # the file's whole path stands above
        source = (
            settings.config_file.name
            if settings.config_file and each.source == str(settings.config_file)
            else each.source
        )
        table.add_row(key, Text("" if value is None else str(value)), Text(source))
    console.print(table)
