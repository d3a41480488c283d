"""`orchestrator completion`: the script that makes a shell complete commands, tasks, agents and names."""

from enum import StrEnum
from typing import Annotated

import typer

from bot.cli.perform import perform

_INSTALL = {
    "bash": "echo 'eval \"$(orchestrator completion bash)\"' >> ~/.bashrc",
    "zsh": "echo 'eval \"$(orchestrator completion zsh)\"' >> ~/.zshrc",
    "fish": "orchestrator completion fish > ~/.config/fish/completions/orchestrator.fish",
}


class Shell(StrEnum):
    """Shells that can complete."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(
    context: typer.Context, shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")]
) -> None:
    """Print the completion script of a shell.

    Example: eval "$(orchestrator completion bash)"
    """

    async def work() -> int:
        # what its own --show-completion prints, but for the shell that is named and without asking which one runs
        from typer.completion import get_completion_script  # pyright: ignore[reportPrivateImportUsage]

        script = get_completion_script(
            prog_name="orchestrator", complete_var="_ORCHESTRATOR_COMPLETE", shell=shell.value
        )
        typer.echo(f"# For good: {_INSTALL[shell.value]}\n{script}")
        return 0

    perform(context, work)
