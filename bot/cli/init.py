"""`orchestrator init`: a few questions, and an orchestrator.toml that binds the first project."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.exits import Exit, told
from bot.cli.init_discord import discord
from bot.cli.init_github import github
from bot.cli.init_slack import slack
from bot.cli.init_telegram import telegram
from bot.cli.invocation import invocation
from bot.cli.perform import perform
from core.domain.errors import ConflictError, InvalidInputError, OrchestratorError
from core.domain.project import PlanGate

if TYPE_CHECKING:
    from adapters.console.adapter import Console
    from bot.first_settings import FirstProject
    from core.domain.project import Project

_FILE = "orchestrator.toml"


app = typer.Typer()
app.command("slack")(slack)
app.command("telegram")(telegram)
app.command("discord")(discord)
app.command("github")(github)


@app.callback(invoke_without_command=True)
def init(
    context: typer.Context,
    project: Annotated[str, typer.Option("--project", "-p", help="Folder of the repository, or a URL.")] = "",
    name: Annotated[str, typer.Option("--name", help="Name of the project.")] = "",
    verify: Annotated[
        str | None, typer.Option("--verify", help='Command that verifies the work; "" for none.', show_default=False)
    ] = None,
    plan_gate: Annotated[PlanGate | None, typer.Option("--plan-gate", help="When plans are shown first.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Take what is guessed, and ask nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a settings file that is there.")] = False,
) -> None:
    """Write an orchestrator.toml for a repository.

    A few questions, or none with --yes.

    Examples: orchestrator init   ·   orchestrator init --project . --yes   ·   orchestrator init slack
    """
    if context.invoked_subcommand is not None:
        return

    async def work() -> int:
        from bot.first_settings import settings_text
        from bot.settings_file import write_settings
        from bot.terminal import somebody_types, terminal

        console = terminal()
        file = (invocation(context).config or Path(_FILE)).absolute()
        interview = _Interview(console, file=file, asks=not yes)
        if not yes and not somebody_types() and not project:
            raise InvalidInputError(
                "There is no terminal to ask at.", hint="Say it in words: orchestrator init --project . --yes"
            )
        await interview.may_write(force=force)
        first = await interview.project(place=project, name=name, verify=verify, plan_gate=plan_gate)
        write_settings(file, settings_text(first))
        _tell(console, file, first)
        return Exit.DONE

    perform(context, work)


class _Interview:
    """The questions, each with what is guessed; with `asks` False the guesses are the answers."""

    def __init__(self, console: "Console", *, file: Path, asks: bool) -> None:
        self._console = console
        self._file = file
        self._asks = asks

    async def may_write(self, *, force: bool) -> None:
        """ConflictError when a file is there and nobody wants it replaced."""
        if force or not self._file.exists():
            return
        if self._asks and (await self._ask(f"{self._file} exists. Replace it?", "no")).lower() in {"y", "yes"}:
            return
        raise ConflictError(
            f"{self._file} exists and stays as it is.",
            hint="Add [projects.NAME] to it by hand, or replace it with --force.",
        )

    async def project(self, *, place: str, name: str, verify: str | None, plan_gate: PlanGate | None) -> "FirstProject":
        """The project that is to be bound; its repository was looked at."""
        from bot.first_settings import FirstProject
        from bot.guesses import guessed_name, guessed_verify
        from core.workspaces.source import is_url

        place = await self._place(place)
        remote = is_url(place)
        folder = _folder(place, base=self._file.parent)
        name = await self._given(name, "Name of the project", guessed_name(place if remote else str(folder)))
        guess = "" if remote else guessed_verify(folder)
        if verify is None:
            verify = await self._ask("Command that verifies the work (- for none)", guess)
        gate = plan_gate or PlanGate(await self._one_of("Show the plan before work starts", tuple(PlanGate)))
        return FirstProject(
            name=_checked_name(name),
            place=place if remote else _relative(folder, to=self._file.parent),
            is_url=remote,
            verify="" if verify == "-" else verify,
            plan_gate=gate,
        )

    async def _place(self, given: str) -> str:
        """A repository that can be used; asked again until it is, where somebody can be asked."""
        while True:
            place = await self._given(given, "Folder of the repository, or its URL", ".")
            try:
                await _look(place, base=self._file.parent)
            except OrchestratorError as error:
                if given or not self._asks:
                    raise
                self._console.say(told(error))
            else:
                return place

    async def _one_of(self, question: str, options: tuple[PlanGate, ...]) -> str:
        """One of the options; the first is the default."""
        named = ", ".join(options)
        while True:
            answer = (await self._ask(f"{question}: {named}", options[0])).lower()
            found = [option for option in options if option.startswith(answer)]
            if len(found) == 1:
                return found[0]
            self._console.say(f"Please answer with one of {named}.")

    async def _given(self, given: str, question: str, guess: str) -> str:
        return given or await self._ask(question, guess)

    async def _ask(self, question: str, guess: str) -> str:
        """What is typed, or the guess for nothing; InvalidInputError at the end of input."""
        if not self._asks:
            return guess
        answer = await self._console.read_line(f"{question} [{guess}]:" if guess else f"{question}:")
        if answer is None:
            raise InvalidInputError("Stopped before anything was written.", hint="Begin again: orchestrator init")
        if not answer.strip() and self._console.is_live:
            # an empty line leaves nothing on the screen
            self._console.say(f"{question}: {guess}")
        return answer.strip() or guess


async def _look(place: str, *, base: Path) -> None:
    """WorkspaceError, with what to do, when no work could be done in that repository; a URL is not asked."""
    from core.workspaces.workspace import CommitIdentity
    from core.workspaces.workspaces import Workspaces

    identity = CommitIdentity(name="init", email="init@localhost")
    await Workspaces(folder=base / ".orchestrator-init", identity=identity).check(_as_project(place, base=base))


def _as_project(place: str, *, base: Path) -> "Project":
    from core.domain.identity import ProjectName
    from core.domain.project import Project
    from core.workspaces.source import is_url

    repository = place if is_url(place) else str(_folder(place, base=base))
    return Project(name=ProjectName("new"), repository=repository)


def _folder(place: str, *, base: Path) -> Path:
    return (base / Path(place).expanduser()).resolve()


def _checked_name(name: str) -> str:
    from config.sections import PROJECT_NAME

    if PROJECT_NAME.fullmatch(name):
        return name
    raise InvalidInputError(
        f"{name[:40]!r} cannot be the name of a project.", hint="Use letters, digits, dots, dashes and underscores."
    )


def _relative(folder: Path, *, to: Path) -> str:
    """As seen from the settings file when it is below it, else absolute."""
    to = to.resolve()
    return str(folder.relative_to(to)) if folder.is_relative_to(to) else str(folder)


def _tell(console: "Console", file: Path, first: "FirstProject") -> None:
    console.say(f"{file} binds project {first.name}.")
    if not first.verify and not first.is_url:
        console.say("Nothing verifies the work yet: set verify in it to the command that runs the tests.")
    if os.environ.get("ANTHROPIC_API_KEY") or os.environ.get("ORCHESTRATOR_CLAUDE__API_KEY"):
        console.say('Next: orchestrator run "fix issue #123"')
    else:
        console.say("There is no key yet. Next: export ANTHROPIC_API_KEY=…, then: orchestrator doctor")
