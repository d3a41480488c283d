"""`orchestrator workflow …`: which workflows there are, a picture of one, and what is wrong with their files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import complete
from bot.cli.invocation import invocation
from bot.cli.perform import perform, print_json
from core.domain.errors import NotFoundError

if TYPE_CHECKING:
    from config.settings import Settings
    from config.validation import Finding
    from core.domain.workflow import StepDefinition, Workflow

app = typer.Typer(help="Look at workflows: the steps of a task, who does them, in which order.", no_args_is_help=True)

Project = Annotated[
    str,
    typer.Option("--project", "-p", help="With this project's own files too.", autocompletion=complete.projects),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_workflows(context: typer.Context, project: Project = "", as_json: AsJson = False) -> None:
    """List every workflow with its steps; steps in brackets are worked on at the same time.

    Example: orchestrator workflow list
    """

    async def work() -> int:
        settings = invocation(context).settings()
        found = _loaded(settings, project)
        if as_json:
            print_json([_document(workflow, path) for workflow, path in found.values()])
        else:
            _print_list(found, settings)
        return 0

    perform(context, work)


@app.command()
def show(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Workflow, such as bug_fix.", autocompletion=complete.workflows)
    ],
    project: Project = "",
    as_json: AsJson = False,
) -> None:
    """Draw a workflow: its steps from first to last, those that need nothing from each other side by side.

    Example: orchestrator workflow show code_review
    """

    async def work() -> int:
        settings = invocation(context).settings()
        workflow, path = _found(_loaded(settings, project), name)
        if as_json:
            print_json(_document(workflow, path))
        else:
            _print_one(workflow, path, settings)
        return 0

    perform(context, work)


@app.command()
def validate(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            metavar="[NAME|FILE]", help="One workflow; all when left out.", autocompletion=complete.workflows
        ),
    ] = "",
    project: Project = "",
    as_json: AsJson = False,
) -> None:
    """Check workflows and roles, and tell everything that is wrong with them; exit code 3 when something is.

    Examples: orchestrator workflow validate   ·   orchestrator workflow validate drafts/release.yaml
    """

    async def work() -> int:
        from bot.cli.data_files import report

        settings = invocation(context).settings()
        return report(_findings(settings, name, project), what="workflows and roles", as_json=as_json)

    perform(context, work)


def _loaded(settings: "Settings", project: str) -> "dict[str, tuple[Workflow, Path]]":
    from bot.cli.data_files import project_or_none
    from config.role_loader import load_roles
    from config.user_files import data_files
    from config.workflow_loader import load_workflows

    own = project_or_none(settings, project)
    paths = data_files(settings.home, kind="workflows", suffix=".yaml", project=own)
    workflows = load_workflows(settings.home, load_roles(settings.home, project=own), project=own)
    return {name: (workflow, paths[name]) for name, workflow in sorted(workflows.items())}


def _found(found: "dict[str, tuple[Workflow, Path]]", name: str) -> "tuple[Workflow, Path]":
    from config.documents import suggestion

    if name not in found:
        raise NotFoundError("workflow", name, hint=suggestion(name, found).strip())
    return found[name]


def _findings(settings: "Settings", name: str, project: str) -> "tuple[Finding, ...]":
    from bot.cli.data_files import is_path, project_or_none
    from config.documents import suggestion
    from config.validation import roles_found, workflow_finding, workflow_findings

    home = settings.home
    if name and is_path(name):
        roles, about_roles = roles_found(home, project=project_or_none(settings, project))
        broken = tuple(finding for finding in about_roles if finding.problems)
        return (workflow_finding(Path(name), roles=roles), *broken)
    # without a project, every project's own files are looked at too
    scopes = [settings.project(project).name] if project else ["", *settings.projects]
    found = tuple(each for scope in scopes for each in workflow_findings(home, project=scope))
    if not name:
        return found
    named = tuple(each for each in found if each.path.stem == name and each.path.suffix == ".yaml")
    if not named:
        known = {each.path.stem for each in found if each.path.suffix == ".yaml"}
        raise NotFoundError("workflow", name, hint=suggestion(name, known).strip())
    return named


def _print_list(found: "dict[str, tuple[Workflow, Path]]", settings: "Settings") -> None:
    from bot.cards.workflow import workflow_line
    from bot.cli.data_files import origin, say

    for name, (workflow, path) in found.items():
        whose = origin(path, settings)
        say(f"{name}{'' if whose == 'built in' else f' ({whose})'} · {workflow.description}")
        say(workflow_line(workflow), indent=4)
    say("", "See one as a picture: orchestrator workflow show NAME")


def _print_one(workflow: "Workflow", path: Path, settings: "Settings") -> None:
    from bot.cards.workflow import workflow_nodes
    from bot.cli.data_files import draw, origin, say

    say(f"{workflow.name} · {workflow.description}", "")
    draw(workflow_nodes(workflow))
    whose = origin(path, settings)
    say("", f'Use it: orchestrator run "…" --workflow {workflow.name}')
    if whose == "built in":
        say(f"Make it your own: copy {path} into {settings.home / 'workflows'}")
    else:
        say(f"Its file ({whose}): {path}")


def _document(workflow: "Workflow", path: Path) -> dict[str, Any]:
    return {
        "name": workflow.name,
        "description": workflow.description,
        "file": str(path),
        "steps": [_step(step) for step in workflow.steps],
    }


def _step(step: "StepDefinition") -> dict[str, Any]:
    return {
        "name": step.name,
        "role": step.role,
        "needs": list(step.needs),
        "when": step.when,
        "gate": step.gate.value,
        "retries": step.retries,
        "loop": {"back_to": step.loop.back_to, "max_rounds": step.loop.max_rounds} if step.loop else None,
        "instruction": step.instruction,
    }
