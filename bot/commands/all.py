"""Every command that only looks, or is about the asker and the channel: the tables a registry is made of."""

from collections.abc import Mapping

from bot.commands import (
    audit,
    costs,
    estimate,
    files,
    guide,
    looking,
    money,
    people,
    projects,
    questions,
    schedules,
    templates,
)
from bot.commands.grammar import Verb
from bot.commands.registry import Handler

LOOKING: tuple[Mapping[Verb, Handler], ...] = (
    looking.HANDLERS,
    files.HANDLERS,
    costs.HANDLERS,
    questions.HANDLERS,
    money.HANDLERS,
    estimate.HANDLERS,
    projects.HANDLERS,
    templates.HANDLERS,
    schedules.HANDLERS,
    people.HANDLERS,
    audit.HANDLERS,
    guide.HANDLERS,
)
