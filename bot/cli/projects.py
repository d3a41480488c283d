"""`orchestrator project`: the projects there are, how work goes in them, and putting one away for a while."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import complete, parse
from bot.cli.exits import told
from bot.cli.invocation import invocation
from bot.cli.perform import perform, print_json
from bot.cli.persons import me
from core.domain.errors import WorkspaceError
from core.domain.identity import ProjectName

if TYPE_CHECKING:
    from bot.onlooker import Onlooker
    from core.domain.project import Project
    from core.queries import ProjectFigures

app = typer.Typer(help="The projects there are, and how work goes in them.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Project.", autocompletion=complete.projects)]


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the projects: repository, open tasks, cost."""

    async def work() -> int:
        async with invocation(context).onlooker() as seen:
            figures, archived = await seen.queries.figures(), await seen.queries.archived()
            projects = list(seen.settings.projects.values())
        if as_json:
            print_json([_document(each, figures.get(each.name), archived=each.name in archived) for each in projects])
        else:
            from bot.cli.tables import print_projects

            print_projects(projects, figures, archived)
        return 0

    perform(context, work)


@app.command()
def show(context: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Show one project: how it is set up, whether its repository is usable, and its figures."""

    async def work() -> int:
        async with invocation(context).onlooker() as seen:
            project = seen.settings.project(name)
            figures = (await seen.queries.figures()).get(project.name)
            archived = project.name in await seen.queries.archived()
            problem = await _problem(seen, project)
        if as_json:
            print_json({**_document(project, figures, archived=archived), "problem": problem or None})
        else:
            from bot.cards.project import project_card
            from bot.cli.tables import print_card

            print_card(project_card(project, figures, archived=archived, problem=problem))
        return 0

    perform(context, work)


@app.command()
def archive(context: typer.Context, name: Name) -> None:
    """Take no more work for a project; its history and branches stay."""

    async def work() -> int:
        async with invocation(context).program() as program:
            await program.orchestrator.archive_project(ProjectName(name), by=me())
        typer.echo(f"{name} is archived. Bring it back with: orchestrator project restore {name}")
        return 0

    perform(context, work)


@app.command()
def restore(context: typer.Context, name: Name) -> None:
    """Take work for an archived project again."""

    async def work() -> int:
        async with invocation(context).program() as program:
            await program.orchestrator.restore_project(ProjectName(name), by=me())
        typer.echo(f'{name} takes work again. Start with: orchestrator run "…" --project {name}')
        return 0

    perform(context, work)


@app.command()
def compare(
    context: typer.Context,
    since: Annotated[str, typer.Option("--since", help="From then on: 30d, 12h, or 2026-01-31.")] = "",
    as_json: AsJson = False,
) -> None:
    """Compare the projects: tasks, success, time and cost."""

    async def work() -> int:
        async with invocation(context).onlooker() as seen:
            begin = parse.moment(since, now=seen.clock()) if since else None
            figures = await seen.queries.figures(since=begin)
            now = seen.clock()
        if as_json:
            print_json([_figures(each) for each in figures.values()])
        else:
            from bot.cli.tables import print_figures

            print_figures(list(figures.values()), now=now)
        return 0

    perform(context, work)


async def _problem(seen: "Onlooker", project: "Project") -> str:
    """What is wrong with the repository; '' for nothing."""
    try:
        await seen.workspaces.check(project)
    except WorkspaceError as error:
        return told(error)
    return ""


def _document(project: "Project", figures: "ProjectFigures | None", *, archived: bool) -> dict[str, Any]:
    from config.urls import without_password

    return {
        "name": project.name,
        "repository": without_password(project.repository),
        "archived": archived,
        "base_branch": project.base_branch or None,
        "workflow": project.workflow or None,
        "model": project.model or None,
        "plan_gate": project.plan_gate.value,
        "verify": project.verify or None,
        "figures": _figures(figures) if figures else None,
    }


def _figures(figures: "ProjectFigures") -> dict[str, Any]:
    return {
        "project": figures.project,
        "tasks": figures.tasks,
        "open": figures.open,
        "by_state": {state.value: count for state, count in figures.by_state.items()},
        "success": figures.success,
        "median_s": figures.median_s,
        "cost_usd": float(figures.cost_usd),
        "cost_per_task_usd": float(figures.cost_usd) / figures.tasks if figures.tasks else None,
        "last_at": figures.last_at.isoformat() if figures.last_at else None,
    }
