"""Commands about oneself: what one may do here, and what one is told when."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.chat.card import Card, Column, Field, Fields, Section, Table, Text, Weight
from bot.access import channel_name, is_own
from bot.cards.words import line
from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb
from bot.commands.notes import NOTE
from bot.commands.registry import Handler
from bot.commands.reply import Private, Reply
from bot.commands.spelling import SLASH
from core.domain.errors import InvalidInputError
from core.domain.identity import Access
from core.domain.notification import Happening

_MAY = {
    Access.VIEWER: "see tasks, costs, logs and diffs",
    Access.DEVELOPER: "hand over work, steer it, stop it and decide",
    Access.ADMIN: "everything, also bind channels and archive the project",
}
_EVENTS = ", ".join(happening.value for happening in Happening)


async def whoami(_command: Command, asker: Asker, context: Context) -> Reply:
    """Who the asker is to us, and what they may do in which project."""
    rows = tuple((name, access.value, _MAY[access]) for name, access in sorted(asker.access.items()))
    columns = (Column(label="Project"), Column(label="You are"), Column(label="You may"))
    about = f"This channel is about {asker.bound}." if asker.bound in asker.access else ""
    ids = [Field(label="Your id", value=asker.person.id)]
    if not is_own(asker.place):
        ids.append(Field(label="This channel", value=channel_name(asker.place)))
    sections: list[Section] = [Fields(fields=tuple(ids))]
    if rows:
        sections.append(Table(columns=columns, rows=rows))
    elif not context.gate.sees_all(asker.person.id):
        sections.append(Text(text="You have not been given access to any project.", weight=Weight.PROBLEM))
    if about:
        sections.append(Text(text=about, weight=Weight.MUTED))
    title = f"You are {line(asker.person.name or asker.person.id, 60)}"
    status = "Admin of everything" if context.gate.sees_all(asker.person.id) else ""
    return Private(card=Card(key=NOTE, title=title, status=status, sections=tuple(sections)))


async def notify(command: Command, asker: Asker, context: Context) -> Reply:
    """What the asker is told in direct messages, and when not; wishes are kept as the delivery reads them."""
    person = asker.person.id
    async with context.seen.store.reading() as uow:
        known = await uow.people.get(person)
    wishes = dict(known.wishes) if known is not None else {}
    if not command.part:
        return Private(card=_wishes(wishes))
    wishes = _changed(wishes, command.part, command.text.split())
    async with context.seen.store.transaction() as uow:
        await uow.people.set_wishes(person, wishes)
        await context.record(uow, asker, "notify", detail=f"{command.part} {command.text}")
    return Private(card=_wishes(wishes, changed=True), done=True)


def _changed(wishes: dict[str, object], part: str, words: Sequence[str]) -> dict[str, object]:
    """The wishes after `notify PART WORDS`."""
    match part:
        case "default":
            return {}
        case "off":
            return {**wishes, "direct": []}
        case "direct":
            return {**wishes, "direct": _events(words)}
        case _:
            return {**wishes, "quiet": _quiet(words, before=wishes.get("quiet"))}


def _events(words: Sequence[str]) -> list[str]:
    named = [word.strip(",.").lower() for word in words]
    named = [name for name in named if name and name != "and"]
    unknown = [name for name in named if name not in set(Happening)]
    if unknown or not named:
        what = f"There is no event {unknown[0][:40]!r}." if unknown else "Which events?"
        raise InvalidInputError(what, hint=f"Events are {_EVENTS}. For example: notify direct approval failed")
    return list(dict.fromkeys(named))


def _quiet(words: Sequence[str], *, before: object) -> dict[str, str] | None:
    """`22:00-07:00 Europe/Berlin`, or `off`; without a zone the one known before, else UTC."""
    if [word.lower() for word in words] == ["off"]:
        return None
    zone = cast("dict[str, str]", before).get("time_zone", "UTC") if isinstance(before, dict) else "UTC"
    hours, *rest = words or [""]
    begin, _, end = hours.replace("–", "-").partition("-")  # phones write a longer dash
    zone = rest[0] if rest else zone
    try:
        times = [time.fromisoformat(each.zfill(5)).strftime("%H:%M") for each in (begin, end)]
        ZoneInfo(zone)
    except (ValueError, ZoneInfoNotFoundError, OSError) as error:
        raise InvalidInputError(
            f"{' '.join(words)[:60]!r} are no hours.",
            hint="For example: notify quiet 22:00-07:00 Europe/Berlin, or notify quiet off",
        ) from error
    if len(rest) > 1:
        raise InvalidInputError("One time zone is enough.", hint="For example: notify quiet 22:00-07:00 Europe/Berlin")
    return {"begin": times[0], "end": times[1], "time_zone": zone}


def _wishes(wishes: Mapping[str, object], *, changed: bool = False) -> Card:
    direct = wishes.get("direct")
    told = ", ".join(cast("list[str]", direct)) or "nothing" if isinstance(direct, list) else "as the project says"
    quiet = cast("Mapping[str, str] | None", wishes.get("quiet"))
    hours = f"{quiet['begin']} to {quiet['end']} ({quiet['time_zone']})" if quiet else "none"
    if "quiet" not in wishes:
        hours = "as the project says"
    sections = (
        Fields(fields=(Field(label="Told about", value=told), Field(label="Quiet hours", value=hours))),
        Text(text=f"Events are {_EVENTS}. Change it with: {SLASH} notify direct approval failed", weight=Weight.MUTED),
    )
    return Card(key=NOTE, title="Direct messages to you", status="Kept" if changed else "", sections=sections)


HANDLERS: Mapping[Verb, Handler] = {Verb.WHOAMI: whoami, Verb.NOTIFY: notify}
