"""What names mean something to an asker, and what they asked last in a place: the world their questions are read in."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

from pydantic import ValidationError

from bot.asked_before import MEMORY, REMEMBERED_S, memory_key
from bot.commands.context import Asker, Context
from bot.stored_values import StoredValues
from core.costs.asking import Asking
from core.costs.query import Query
from core.costs.words.known import Known
from core.domain.identity import PersonId, ProjectName
from core.store import codec


def visible(asker: Asker, context: Context) -> frozenset[str] | None:
    """The projects a question may be about; None for all, also those that are not bound any more."""
    return None if context.gate.sees_all(asker.person.id) else frozenset(asker.access)


async def known_to(asker: Asker, context: Context, *, task: str = "") -> Known:
    """The world of `asker`; `task` is the one that is talked about here."""
    projects = visible(asker, context)
    bound = context.gate.projects
    names = tuple(bound) if projects is None else tuple(name for name in bound if name in projects)
    roles = {each.name: each for name in names for each in context.data.roles(ProjectName(name)).values()}
    models = {each.model for each in roles.values()} | {bound[name].model for name in names}
    people = await Asking(context.seen.store, clock=context.seen.clock).people(projects)
    return Known(
        now=context.seen.clock(),
        zone=context.seen.settings.time_zone,
        zones={name: bound[name].time_zone for name in names},
        projects=names,
        roles=tuple(roles),
        models=tuple(sorted(each for each in models if each)),
        people=called(people),
        me=asker.person.id,
        task=task,
    )


def called(people: Mapping[PersonId, str]) -> dict[str, str]:
    """Names people go by: whole, the first of several words, and the platform's own id; none that two share."""
    found: dict[str, set[PersonId]] = {}
    for person, name in people.items():
        native = person.rpartition(":")[2].rpartition("/")[2]
        for each in {name.lower(), name.lower().partition(" ")[0], native.lower(), person.lower()}:
            if each:
                found.setdefault(each, set()).add(person)
    return {name: next(iter(meant)) for name, meant in found.items() if len(meant) == 1}


async def last_query(asker: Asker, context: Context) -> Query | None:
    """What the asker asked last in this place; None for nothing, or too long ago."""
    kept = await StoredValues(context.seen.store, MEMORY).get(memory_key(asker.person.id, asker.place))
    if kept is None:
        return None
    # one of an older version of the program is as good as none
    with suppress(ValidationError, ValueError):
        return codec.decode(Query, kept)
    return None


async def remember(query: Query, asker: Asker, context: Context) -> None:
    """Keep it for what is asked next in this place."""
    values = StoredValues(context.seen.store, MEMORY)
    await values.set(memory_key(asker.person.id, asker.place), codec.encode(Query, query), for_s=REMEMBERED_S)


def any_of(words: Iterable[str]) -> str:
    """`a, b or c`."""
    known = list(words)
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} or {known[-1]}" if known else ""
