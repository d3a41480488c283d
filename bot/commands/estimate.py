"""The command `estimate`, and requests that are only looked at: what work may take, and what would happen."""

from collections.abc import Mapping
from dataclasses import replace

from bot.cards.estimate import estimate_card, kind_of
from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb, written
from bot.commands.notes import NOTE
from bot.commands.registry import Handler
from bot.commands.reply import Private, Reply
from bot.commands.requests import choice_card, no_project
from bot.commands.scope import seen_project, seen_projects
from core.domain.access import Act, may
from core.domain.identity import ProjectName


async def estimate(command: Command, asker: Asker, context: Context) -> Reply:
    """What like tasks took, or what is assumed of them; buttons hand the request over, or show all of it first."""
    project = await _project(command, asker, context)
    if project is None:
        names = tuple(sorted(asker.access))
        # each press is a question of its own: the others stay
        card = choice_card(command, names, asker, question="An estimate for which project?")
        return Private(card=replace(card, key=NOTE))
    expected = await context.orchestrator.estimate(
        command.text,
        project=project,
        by=asker.person.id,
        workflow=command.option("workflow"),
        model=command.option("model"),
        others=seen_projects(asker, context),
    )
    begin = Command(verb=Verb.SUBMIT, text=command.text, options={**command.options, "project": (project,)})
    may_begin = may(asker.access.get(project), Act.SUBMIT)
    card = estimate_card(
        expected.text,
        expected.estimate,
        taken_for=kind_of(expected.judged),
        begin=written(begin) if may_begin else "",
        ahead=written(replace(begin, options={**begin.options, "dry-run": ("",)})) if may_begin else "",
    )
    return Private(card=card)


async def _project(command: Command, asker: Asker, context: Context) -> ProjectName | None:
    """The project that is meant; None when that is not clear."""
    named = command.option("project")
    if named:
        return await seen_project(named, asker, context)
    if not asker.access:
        raise no_project()
    return asker.usual_project


HANDLERS: Mapping[Verb, Handler] = {Verb.ESTIMATE: estimate}
