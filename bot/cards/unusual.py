"""Unusual spending, as a message to somebody alone and as the list of what was seen; pure."""

from collections.abc import Sequence
from datetime import date, datetime
from math import ceil
from zoneinfo import ZoneInfo

from adapters.chat.card import Action, Card, Section, Text, Tone, Weight
from bot.cards.answer import ANSWER
from bot.cards.forecast import shown_day
from bot.cards.words import counted, line
from core.domain.cost import shown_usd
from core.domain.unusual import OF_TASKS, Oddity, Unusual
from core.unusual.words import notice, shown_share

_ROWS = 10
_TITLES = {
    Oddity.TASK: "{about} costs more than usual",
    Oddity.AGENT: "The {role} of {task} costs more than usual",
    Oddity.HOUR: "{project} spent more than usual in an hour",
    Oddity.DAY: "{project} spends more than usual",
    Oddity.CACHE: "{project} reads little from the cache",
}
_NEXT = {
    Oddity.TASK: "Work goes on. To hold it: pause {task}. To bound it: budget {task} {bound}",
    Oddity.AGENT: "Work goes on. To hold it: pause {task}",
    Oddity.HOUR: "Work goes on. To bound it: budget set --project {project} --daily AMOUNT",
    Oddity.DAY: "Work goes on. To bound it: budget set --project {project} --daily {bound}",
    Oddity.CACHE: "What is not read from the cache costs up to ten times as much. Long pauses empty it, and so do "
    "prompts that change at their beginning.",
}


def unusual_card(seq: int, seen: Unusual) -> Card:
    """The message to one person; `seq` names the sight."""
    title = _title(seen).format(about=seen.about, role=seen.role, task=seen.task, project=seen.project)
    said = notice(seen)
    return Card(
        key=f"unusual.{seq}",
        title=line(title, 120),
        status=_status(seen),
        tone=Tone.WAITING,
        sections=(
            Text(text=line(said, 400)),
            Text(text=_next(seen), weight=Weight.MUTED),
        ),
        actions=_actions(seen),
        about=line(f"{title}: {said}", 200),
    )


def unusual_list(found: Sequence[Unusual], *, title: str, zone: str, note: str) -> Card:
    """What was seen in some time, the newest first; `note` says how the question was read."""
    sections: list[Section] = [
        Text(text=line(f"{_when(each.at, zone)} · {_named(each)}{notice(each)}", 300)) for each in found[:_ROWS]
    ]
    if len(found) > _ROWS:
        sections.append(Text(text=f"And {len(found) - _ROWS} more.", weight=Weight.MUTED))
    if not found:
        sections.append(Text(text="Nothing unusual was seen."))
    sections.append(Text(text=note, weight=Weight.MUTED))
    tasks = list(dict.fromkeys(each.task for each in found if each.kind in OF_TASKS))[:3]
    return Card(
        key=ANSWER,
        title=line(f"Unusual spending · {title}", 100),
        status=counted(len(found), "thing") if found else "nothing",
        sections=tuple(sections),
        actions=tuple(Action(label=f"Open {task}", command=f"task {task}", minor=True) for task in tasks),
    )


def _title(seen: Unusual) -> str:
    if seen.kind is Oddity.CACHE and seen.role:
        return "The {role} of {project} reads little from the cache"
    return _TITLES[seen.kind]


def _next(seen: Unusual) -> str:
    """What to do about it; the bound that is offered is a round amount above what there is."""
    return _NEXT[seen.kind].format(task=seen.task, project=seen.project, bound=ceil(seen.found * 2))


def _named(seen: Unusual) -> str:
    return f"{seen.task}: " if seen.kind is Oddity.TASK else ""


def _status(seen: Unusual) -> str:
    """It may be read the next morning, so days have a date."""
    found = shown_share(seen.found) if seen.kind is Oddity.CACHE else shown_usd(seen.found)
    return f"{found} so far" if seen.kind in OF_TASKS else f"{found} on {shown_day(date.fromisoformat(seen.about))}"


def _actions(seen: Unusual) -> tuple[Action, ...]:
    if seen.kind in OF_TASKS:
        why = f"ask what did {seen.task} cost and why?"
        return (Action(label=f"Open {seen.task}", command=f"task {seen.task}"), Action(label="See why", command=why))
    by = "role" if seen.kind is Oddity.CACHE and not seen.role else "task"
    of = f" --role {seen.role}" if seen.role else ""
    return (Action(label=f"By {by}", command=f"costs --by {by} --project {seen.project}{of} --from {seen.about}"),)


def _when(at: datetime, zone: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b} {local:%H:%M}"
