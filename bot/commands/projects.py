"""Commands about projects: list, show, which one a channel is about, and putting one away for a while."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from bot.access import is_own
from bot.cards.project import project_card
from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb
from bot.commands.listings import projects_card
from bot.commands.notes import note_card
from bot.commands.registry import Handler
from bot.commands.reply import Private, Public, Reply
from bot.commands.scope import for_access, seen_project, shown_repository
from core.domain.access import Act
from core.domain.conversation import Binding
from core.domain.errors import InvalidInputError, OrchestratorError, WorkspaceError
from core.domain.identity import Place


async def project(command: Command, asker: Asker, context: Context) -> Reply:
    """`project list|show|use|archive|restore`."""
    match command.part:
        case "show":
            return await _show(command.text, asker, context)
        case "use":
            return await _use(command.text, asker, context)
        case "archive":
            return await _put(command.text, asker, context, act="archive", told="{} is archived and takes no new work.")
        case "restore":
            return await _put(command.text, asker, context, act="restore", told="{} takes work again.")
        case _:
            return await _list(asker, context)


async def _list(asker: Asker, context: Context) -> Reply:
    figures, archived = await context.seen.queries.figures(), await context.seen.queries.archived()
    known = context.seen.settings.projects
    shown = [known[name] for name in sorted(known) if name in asker.access]
    return Private(card=projects_card(shown, figures, archived=archived, bound=asker.bound))


async def _show(name: str, asker: Asker, context: Context) -> Reply:
    found = context.gate.projects[await seen_project(name, asker, context)]
    try:
        await context.seen.workspaces.check(found)
        problem = ""
    except WorkspaceError as error:
        problem = f"{error.message} {error.hint}".strip()
    figures = (await context.seen.queries.figures()).get(found.name)
    archived = found.name in await context.seen.queries.archived()
    where = replace(found, repository=shown_repository(found.repository))
    problem = problem.replace(found.repository, where.repository)
    card = project_card(where, figures, archived=archived, problem=problem)
    return Private(card=for_access(card, context.gate.access(asker.person.id, found.name)))


async def _use(name: str, asker: Asker, context: Context) -> Reply:
    """Bind this channel to a project. One that is bound already needs an admin of both."""
    found = context.gate.projects[await seen_project(name, asker, context, act="project use")]
    here = asker.place
    if is_own(here):
        hint = "Type it in the channel that should be about the project."
        raise InvalidInputError("Only a channel can be bound to a project.", hint=hint)
    before = await context.bound(here)
    for each in dict.fromkeys((found.name, before or found.name)):
        refusal = context.gate.refused(asker.person.id, Act.MANAGE, each)
        if refusal is not None:
            return await context.refuse(asker, "project use", refusal, subject=each)
    if before == found.name:
        return Private(card=note_card(f"This channel is about {found.name} already."))
    channel = Place(platform=here.platform, space=here.space, channel=here.channel)
    async with context.seen.store.transaction() as uow:
        await uow.bindings.set(Binding(place=channel, project=found.name, by=asker.person.id, at=uow.now))
        await context.record(uow, asker, "project use", subject=found.name, detail=f"before: {before or 'none'}")
    return Public(card=note_card(f"This channel is about {found.name} now.", hint=_BEGIN))


async def _put(name: str, asker: Asker, context: Context, *, act: str, told: str) -> Reply:
    """Archive or restore a project."""
    found = await seen_project(name, asker, context, act=f"project {act}")
    refusal = context.gate.refused(asker.person.id, Act.MANAGE, found)
    if refusal is not None:
        return await context.refuse(asker, f"project {act}", refusal, subject=found)
    core = context.orchestrator
    change: Callable[..., Awaitable[None]] = core.archive_project if act == "archive" else core.restore_project
    # the row first: nothing is done without one
    await context.note(asker, f"project {act}", subject=found)
    try:
        await change(found, by=asker.person.id)
    except OrchestratorError as error:
        await context.note(asker, f"project {act}", subject=found, detail=f"Not done: {error.message}")
        raise
    return Public(card=note_card(told.format(found)))


_BEGIN = "Hand work over with: /orchestrate fix issue #123"
HANDLERS: Mapping[Verb, Handler] = {Verb.PROJECT: project}
