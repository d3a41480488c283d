"""`orchestrator init slack`: the app's manifest, the steps to install it, and the settings it takes."""

import json
import re
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.chat_tables import may_add, project_of, settings_step, text_of
from bot.cli.exits import Exit
from bot.cli.invocation import invocation
from bot.cli.perform import perform
from core.domain.errors import ConflictError, InvalidInputError

_IDS = {
    "--workspace": re.compile(r"T[A-Z0-9]+", re.ASCII),
    "--admin": re.compile(r"[UW][A-Z0-9]+", re.ASCII),
    "--channel": re.compile(r"[CG][A-Z0-9]+", re.ASCII),
}


def slack(
    context: typer.Context,
    http: Annotated[
        str, typer.Option("--http", metavar="URL", help="Be called by Slack at this https address; else Socket Mode.")
    ] = "",
    project: Annotated[str, typer.Option("--project", "-p", help="Project that a channel talks about.")] = "",
    workspace: Annotated[str, typer.Option("--workspace", help="Id of the workspace, such as T0123.")] = "",
    admin: Annotated[str, typer.Option("--admin", help="Member id of who may do everything, such as U0456.")] = "",
    channel: Annotated[str, typer.Option("--channel", help="Id of the project's channel, such as C0456.")] = "",
    name: Annotated[str, typer.Option("--name", help="Name of the app.")] = "Orchestrator",
    agent: Annotated[bool, typer.Option("--agent", help="Declare it an agent, where the workspace has that.")] = False,
    manifest: Annotated[Path, typer.Option("--manifest", help="Where the manifest goes.")] = Path(
        "slack-manifest.json"
    ),
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Add the settings to orchestrator.toml.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a manifest that is there.")] = False,
) -> None:
    """Write the app's manifest, and say how to install it.

    Examples: orchestrator init slack   ·   orchestrator init slack --workspace T0123 --admin U0456 --yes
    """

    async def work() -> int:
        from bot.slack_setup import SlackIds, SlackSetup, by_hand, steps, tables

        _checked(name=name, http=http, ids={"--workspace": workspace, "--admin": admin, "--channel": channel})
        settings = invocation(context).settings()
        if yes:
            may_add(settings)
        ids = SlackIds(workspace=workspace, admin=admin, channel=channel)
        setup = SlackSetup(ids=ids, project=project_of(settings, project), http_url=http)
        _write_manifest(manifest, name=name, http=http, agent=agent, force=force)
        text = text_of(settings)
        changes = by_hand(setup, settings, text=text)
        step = settings_step(settings, tables(setup), text=text, changes=changes, add=yes)
        typer.echo(f"{manifest} holds what the app needs in Slack. From here on:\n")
        for number, text in enumerate(
            steps(manifest=str(manifest), name=name, http_url=http, settings_step=step), start=1
        ):
            typer.echo(f"{number}. {text}")
        return Exit.DONE

    perform(context, work)


def _checked(*, name: str, http: str, ids: dict[str, str]) -> None:
    """InvalidInputError for what Slack would not take."""
    from adapters.slack.manifest import NAME_LENGTH

    if not name.strip() or len(name) > NAME_LENGTH:
        raise InvalidInputError("The app needs a name of at most 35 characters.", hint='Such as --name "Orchestrator".')
    if http and not http.startswith("https://"):
        raise InvalidInputError(
            "Slack calls https addresses only.", hint="Give the public one: --http https://orchestrator.example.org"
        )
    for option, given in ids.items():
        if given and not _IDS[option].fullmatch(given):
            raise InvalidInputError(
                f"{given[:40]!r} is no id for {option}.",
                hint="Ids stand in Slack: a person's under Profile, ⋯, Copy member ID; a channel's below its details.",
            )
    if (ids["--admin"] or ids["--channel"]) and not ids["--workspace"]:
        raise InvalidInputError("Which workspace are they in?", hint="Add --workspace T0123.")


def _write_manifest(file: Path, *, name: str, http: str, agent: bool, force: bool) -> None:
    from adapters.slack.manifest import manifest
    from bot.settings_file import write_settings

    text = json.dumps(manifest(name=name, http_url=http, agent=agent), indent=2, ensure_ascii=False) + "\n"
    if file.exists() and not force and (not file.is_file() or file.read_text(encoding="utf-8") != text):
        raise ConflictError(f"{file} exists and stays as it is.", hint="Replace it with --force, or use --manifest.")
    write_settings(file, text)
