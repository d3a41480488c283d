"""`orchestrator template …`: requests with gaps to fill: look at them, write your own, check them, run one."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import complete
from bot.cli.invocation import invocation
from bot.cli.perform import perform, print_json
from core.domain.errors import NotFoundError

if TYPE_CHECKING:
    from bot.wish import Wish
    from config.settings import Settings
    from config.template_loader import LoadedTemplate, Templates
    from config.validation import Finding

app = typer.Typer(help="Requests with gaps to fill, for work that comes up again and again.", no_args_is_help=True)

Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="Template, such as fix-issue or fix-issue@1.0.", autocompletion=complete.templates
    ),
]
Project = Annotated[
    str,
    typer.Option("--project", "-p", help="With this project's own files too.", autocompletion=complete.projects),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_templates(context: typer.Context, project: Project = "", as_json: AsJson = False) -> None:
    """List every template with its parameters; those in brackets may be left out.

    Example: orchestrator template list
    """

    async def work() -> int:
        from bot.cards.template import template_document

        settings = invocation(context).settings()
        templates = _templates(settings, project)
        if as_json:
            print_json([template_document(each) for each in templates.usable()])
        else:
            _print_list(templates, settings)
        return 0

    perform(context, work)


@app.command()
def show(context: typer.Context, name: Name, project: Project = "", as_json: AsJson = False) -> None:
    """Show a template: its parameters, its request, and how to run it.

    Example: orchestrator template show fix-issue
    """

    async def work() -> int:
        from bot.cards.template import template_document

        settings = invocation(context).settings()
        found = _templates(settings, project).find(name)
        if as_json:
            print_json(template_document(found))
        else:
            _print_one(found, settings)
        return 0

    perform(context, work)


@app.command()
def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the new template, such as weekly-cleanup.")],
    extends: Annotated[
        str,
        typer.Option("--extends", help="Begin with what this template says.", autocompletion=complete.templates),
    ] = "",
    project: Annotated[
        str,
        typer.Option("--project", "-p", help="Only for this project.", autocompletion=complete.projects),
    ] = "",
) -> None:
    """Write a commented template file to fill in; nothing is ever overwritten.

    Examples: orchestrator template new weekly-cleanup   ·   orchestrator template new fix-ours --extends fix-issue
    """

    async def work() -> int:
        from bot.cli.data_files import say
        from config.template_draft import write_draft

        settings = invocation(context).settings()
        own = settings.project(project).name if project else ""
        parent = _templates(settings, own).find(extends) if extends else None
        path = write_draft(settings.home, name, project=own, parent=parent.template if parent else None)
        say(f"Written: {path}")
        say(f"Edit it, then check it: orchestrator template validate {name}")
        return 0

    perform(context, work)


@app.command()
def validate(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            metavar="[NAME|FILE]", help="One template; all when left out.", autocompletion=complete.templates
        ),
    ] = "",
    project: Project = "",
    as_json: AsJson = False,
) -> None:
    """Check templates, and tell everything that is wrong with them; exit code 3 when something is.

    Examples: orchestrator template validate   ·   orchestrator template validate drafts/release.yaml
    """

    async def work() -> int:
        from bot.cli.data_files import report

        settings = invocation(context).settings()
        return report(_findings(settings, name, project), what="templates", as_json=as_json)

    perform(context, work)


@app.command()
def run(
    context: typer.Context,
    name: Name,
    values: Annotated[
        list[str] | None,
        typer.Option("--set", "-s", metavar="KEY=VALUE", help="Value of a parameter; once for each."),
    ] = None,
    project: Annotated[
        str,
        typer.Option(
            "--project", "-p", help="Which project; may be left out with one.", autocompletion=complete.projects
        ),
    ] = "",
    budget: Annotated[
        str, typer.Option("--budget", metavar="USD", help="The most it may cost, such as 5; asks when it is used up.")
    ] = "",
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Follow it to its end, or only hand it over.")] = True,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Answer every approval with yes.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would happen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document at the end.")] = False,
) -> None:
    """Fill a template and hand it over, as `orchestrator run` does with a request.

    Example: orchestrator template run fix-issue --set issue=123
    """

    async def work() -> int:
        from bot.cli.run import done, shown
        from bot.wish import given
        from core.domain.budget import usd_of

        called = invocation(context)
        # whatever is wrong with the values is told before anything is opened
        wish = _wish(called.settings(), name, given(values or []), project=project)
        wish = replace(wish, budget_usd=usd_of(budget) if budget else None)
        async with called.program() as program:
            if dry_run:
                return await shown(program, wish, as_json=as_json)
            return await done(program, wish, wait=wait, yes=yes, as_json=as_json)

    perform(context, work)


def _wish(settings: "Settings", name: str, values: Mapping[str, object], *, project: str) -> "Wish":
    from bot.cli.persons import chosen_project
    from bot.wish import Wish
    from core.domain.task import Priority
    from core.domain.template import filled
    from core.domain.workflow import Mode

    template = filled(_templates(settings, project).find(name).template, values)
    return Wish(
        request=template.request,
        project=chosen_project(settings, project or template.project),
        workflow=template.workflow,
        model=template.model,
        priority=template.priority or Priority.NORMAL,
        mode=template.mode or Mode.AUTO,
        include_analyst=bool(template.include_analyst),
        plan_gate=template.plan_gate,
        template=template.template,
    )


def _templates(settings: "Settings", project: str) -> "Templates":
    from bot.cli.data_files import project_or_none
    from config.template_loader import load_templates

    return load_templates(settings.home, project=project_or_none(settings, project))


def _findings(settings: "Settings", name: str, project: str) -> "tuple[Finding, ...]":
    from bot.cli.data_files import is_path, project_or_none
    from config.documents import suggestion
    from config.validation import template_finding, template_findings

    if name and is_path(name):
        return (template_finding(Path(name), settings.home, project=project_or_none(settings, project)),)
    # without a project, every project's own files are looked at too
    scopes = [settings.project(project).name] if project else ["", *settings.projects]
    found = tuple(each for scope in scopes for each in template_findings(settings.home, project=scope))
    if not name:
        return found
    named = tuple(each for each in found if name in {each.path.stem, each.path.stem.partition("@")[0]})
    if not named:
        known = {each.path.stem.partition("@")[0] for each in found}
        raise NotFoundError("template", name, hint=suggestion(name, known).strip())
    return named


def _print_list(templates: "Templates", settings: "Settings") -> None:
    from bot.cards.template import parameter_names
    from bot.cli.data_files import origin, say

    for each in templates.usable():
        whose = origin(each.path, settings)
        say(f"{each.template.reference}{'' if whose == 'built in' else f' ({whose})'} · {each.template.description}")
        say(parameter_names(each.template) or "no parameters", indent=4)
    broken = templates.broken()
    if broken:
        say("", "Some files cannot be used. See why: orchestrator template validate")
    say("", "See one: orchestrator template show NAME")


def _print_one(found: "LoadedTemplate", settings: "Settings") -> None:
    from bot.cards.template import conduct, example, parameter_notes
    from bot.cli.data_files import origin, say

    template = found.template
    say(f"{template.reference} · {template.description}")
    line = f", made from {', then '.join(found.ancestors)}" if found.ancestors else ""
    say(f"Its file ({origin(found.path, settings)}{line}): {found.path}")
    for parameter in template.parameters:
        say("", parameter.name if parameter.required else f"[{parameter.name}]")
        say(*parameter_notes(parameter), indent=4)
    say("", "The request")
    say(*template.request.splitlines(), indent=4)
    say("", *conduct(template))
    say(f"Run it: {example(template)}")
