"""The command that reads the audit trail: for admins, and to them alone."""

from collections.abc import Mapping
from datetime import datetime

from adapters.chat.card import Card, Column, Section, Table, Text, Tone, Weight
from bot.access import Refusal
from bot.audit_trail import BROKEN_TODO, COLUMNS, Trail, shown_row, subjects_of, trail_of
from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb
from bot.commands.notes import NOTE
from bot.commands.registry import Handler
from bot.commands.reply import Private, Reply
from bot.commands.scope import counted_option, seen_task
from bot.commands.targets import take_target
from bot.commands.vocabulary import Target
from core.domain.access import Act
from core.domain.errors import InvalidInputError
from core.domain.identity import PersonId

_ROWS = 15


async def audit(command: Command, asker: Asker, context: Context) -> Reply:
    """Who did what, or was refused it: all of it for admins of everything, about a task for those of its project."""
    limit = counted_option(command, "limit", default=_ROWS)
    about: tuple[str, ...] = ()
    if command.has("task"):
        names, rest = take_target(Target.TASK, command.option("task"))
        if not names or rest:
            raise InvalidInputError(
                f"{command.option('task')[:40]!r} is not a task.", hint="For example: audit --task T142"
            )
        view = await seen_task(names[0], asker, context, act="audit")
        refusal = context.gate.refused(asker.person.id, Act.MANAGE, view.task.project)
        about = subjects_of(view)
    else:
        refusal = _only_of_a_task(asker, context)
    if refusal is not None:
        return await context.refuse(asker, "audit", refusal, subject=about[0] if about else "")
    trail = await trail_of(context.seen.store, person=command.option("person"), about=about, limit=limit)
    return Private(card=trail_card(trail, now=context.seen.clock()))


def trail_card(trail: Trail, *, now: datetime) -> Card:
    """The rows as a table; a broken chain is the first thing that is said."""
    broken = trail.broken_at is not None
    sections: list[Section] = []
    if broken:
        sections.append(Text(text=BROKEN_TODO, weight=Weight.PROBLEM))
    if trail.entries:
        columns = tuple(Column(label=name) for name in COLUMNS)
        rows = tuple(shown_row(each, trail.names, now=now) for each in trail.entries)
        sections.append(Table(columns=columns, rows=rows))
    else:
        sections.append(Text(text="No row fits what you asked for."))
    if not broken:
        sections.append(Text(text=trail.verdict, weight=Weight.MUTED))
    title = trail.verdict if broken else "Who did what"
    return Card(key=NOTE, title=title, tone=Tone.BAD if broken else Tone.NEUTRAL, sections=tuple(sections))


def _only_of_a_task(asker: Asker, context: Context) -> Refusal | None:
    if context.gate.sees_all(asker.person.id):
        return None
    ask = tuple(PersonId(each) for each in context.gate.admins if "*" not in each)[:3]
    return Refusal(text="The whole trail is for admins of everything. Of one task: audit --task T142", ask=ask)


HANDLERS: Mapping[Verb, Handler] = {Verb.AUDIT: audit}
