"""Draws what happened to a task's pull request as it looks now: from the journal, and from what the forge said then."""

from collections.abc import Sequence
from dataclasses import replace

from adapters.chat.card import Card
from bot.cards.forge import Since, Told, forge_card
from bot.cards.person import shown_person
from bot.delivery.forge_rules import forge_key
from bot.delivery.notices import ForgeNotice
from core.domain.event import JournalEntry, TaskReopened
from core.domain.forge_event import ChecksReported, ReviewReported, WorkspaceCleaned
from core.domain.forge_news import ChecksEnded, ReviewGiven
from core.domain.identity import PersonId
from core.store.unit_of_work import UnitOfWork


async def drawn_forge(uow: UnitOfWork, notice: ForgeNotice) -> Card | None:
    """The card of `notice`; None for an entry that nobody knows how to tell."""
    told = await uow.events.of(notice.task)
    event = next((each.event for each in told if each.seq == notice.seq), None)
    if not isinstance(event, Told):
        return None
    task = await uow.tasks.get(notice.task)
    after = [each for each in told if each.seq > notice.seq]
    asker = _taken_up(event, after)
    names = await uow.people.names({asker} if asker else ())
    since = Since(
        newer_checks=isinstance(event, ChecksReported)
        and any(isinstance(each.event, ChecksReported) for each in after),
        taken_up_by=shown_person(asker, names),
        cleaned=_cleaned(after),
    )
    key = forge_key(notice.task, notice.seq)
    card = forge_card(task, event, key=key, since=since, news=await _news(uow, event))
    return replace(card, mentions=notice.call) if card.actions else card


def _cleaned(after: Sequence[JournalEntry]) -> str:
    """What is gone here; a branch that somebody has checked out stays."""
    found = next((each.event for each in after if isinstance(each.event, WorkspaceCleaned)), None)
    return "" if found is None else "worktree and branch" if found.branch else "worktree"


def _taken_up(event: Told, after: Sequence[JournalEntry]) -> PersonId | None:
    """Who asked for the work to go on because of it; None when nobody did."""
    if not isinstance(event, ChecksReported | ReviewReported):
        return None
    again = [each.event for each in after if isinstance(each.event, TaskReopened)]
    return next((each.by for each in again if each.by is not None), None)


async def _news(uow: UnitOfWork, event: Told) -> ChecksEnded | ReviewGiven | None:
    if not isinstance(event, ChecksReported | ReviewReported) or not event.news:
        return None
    heard = await uow.forge_news.find(event.news)
    return heard.news if heard is not None and isinstance(heard.news, ChecksEnded | ReviewGiven) else None
