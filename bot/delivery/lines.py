"""Short cards that only point at something: news for a channel, reminders, calls, how a life of a task ended."""

from collections.abc import Sequence
from datetime import datetime

from adapters.chat.card import Card, Section, Text, Tone, Weight
from bot.cards.moment import shown_moment
from bot.cards.task import standing, task_title
from bot.cards.words import PARAGRAPH, SENTENCE, block, line
from bot.delivery.notices import EndedNotice, NewsNotice
from core.domain.approval import Approval
from core.domain.identity import PersonId
from core.domain.notification import Happening
from core.domain.task import Task, TaskState
from core.views import TaskView

_NEWS = {
    Happening.STARTED: ("Started", Tone.WORKING),
    Happening.APPROVAL: ("Needs an answer", Tone.WAITING),
    Happening.FINISHED: ("Done", Tone.GOOD),
    Happening.FAILED: ("Failed", Tone.BAD),
    Happening.CANCELLED: ("Cancelled", Tone.NEUTRAL),
    Happening.BUDGET: ("Asks for more money", Tone.WAITING),
}
_ENDS = {
    TaskState.COMPLETED: ("Done", Tone.GOOD),
    TaskState.FAILED: ("Failed", Tone.BAD),
    TaskState.CANCELLED: ("Cancelled", Tone.NEUTRAL),
}


def news_card(notice: NewsNotice, task: Task, *, approval: Approval | None, url: str) -> Card:
    """One line about a task; `url` leads to its thread."""
    status, tone = _NEWS[notice.happening]
    asked = f"{approval.id}: {approval.title}" if approval else notice.reason
    return Card(
        key=f"{task.id}.news",
        title=task_title(task),
        status=status,
        tone=tone,
        url=url,
        sections=_paragraph(line(asked, SENTENCE)),
    )


def reminder_card(approval: Approval, *, call: Sequence[PersonId], now: datetime) -> Card:
    """That an approval still waits; it is answered on the approval's own card, or by the command."""
    asked = line(approval.title, SENTENCE)
    since = f"Asked at {shown_moment(approval.created_at, now=now)}. The work waits for the answer."
    return Card(
        key=f"{approval.id}.reminder",
        title=f"{approval.id} still needs an answer",
        status="Waiting",
        tone=Tone.WAITING,
        sections=(Text(text=asked, weight=Weight.NEXT), Text(text=since, weight=Weight.MUTED)),
        mentions=tuple(call),
    )


def call_card(about: Card, *, person: PersonId, hint: str = "") -> Card:
    """Calls a person who could not be written to alone to what stands in the thread; `hint` is how they could be."""
    alone = f"To be told alone: {hint[:1].lower()}{hint[1:]}" if hint else ""
    return Card(
        key=f"{about.key}.call",
        title=about.title,
        status=about.status,
        tone=about.tone,
        sections=_paragraph(
            f"A direct message did not get through, so this is said here. {alone}".rstrip(), weight=Weight.MUTED
        ),
        mentions=(person,),
    )


def closed_card(place: str, *, reason: str, hint: str) -> Card:
    """Tells somebody that we may not write in `place` ('': unknown by name), and what they can do about it."""
    todo = hint or f"Ask whoever looks after me here, and tell them: {line(reason, SENTENCE)}"
    told = Text(text="Until then you are told here, alone, what belongs there.", weight=Weight.MUTED)
    return Card(
        key="closed",
        title=f"I may not write {f'in {place}' if place else 'where you asked'}",
        tone=Tone.WAITING,
        sections=(Text(text=todo, weight=Weight.NEXT), told),
    )


def past_life_card(notice: EndedNotice, view: TaskView) -> Card:
    """How a life of a task ended that was begun again since: in a few words, and without buttons."""
    status, tone = _ENDS[notice.state]
    now, _ = standing(view)
    again = Text(text=f"It was begun again since: {now.lower()}.", weight=Weight.MUTED)
    return Card(
        key=f"{view.task.id}:ended:{notice.life}",
        title=task_title(view.task),
        status=status,
        tone=tone,
        sections=(*_paragraph(block(notice.reason, PARAGRAPH)), again),
    )


def _paragraph(text: str, *, weight: Weight = Weight.NORMAL) -> tuple[Section, ...]:
    return (Text(text=text, weight=weight),) if text else ()
