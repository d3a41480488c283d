"""Every command that only looks, or is about the asker and the channel: the tables a registry is made of."""

from collections.abc import Mapping

from bot.commands import audit, files, guide, looking, money, people, projects, schedules, templates
from bot.commands.grammar import Verb
from bot.commands.registry import Handler

LOOKING: tuple[Mapping[Verb, Handler], ...] = (
    looking.HANDLERS,
    files.HANDLERS,
    money.HANDLERS,
    projects.HANDLERS,
    templates.HANDLERS,
    schedules.HANDLERS,
    people.HANDLERS,
    audit.HANDLERS,
    guide.HANDLERS,
)
