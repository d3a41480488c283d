"""Work whose model calls cost what a test wants, however long their prompts are: an agent that writes many notes."""

import re
from collections.abc import Iterable
from decimal import Decimal

from core.domain.budget_event import BudgetLimitChanged
from core.domain.event import AgentRunStateChanged
from core.domain.task import AgentRunState
from tests.support.cast import write
from tests.support.studio import Studio

CALL_USD = Decimal("0.55")
"""What one of its model calls costs."""
NOTES = 60
"""More than any story pays for."""
_PRICES = """\
[models.claude-sonnet-5-5]
input_usd = 0
output_usd = 10_000
cache_read_usd = 0
cache_write_usd = 0
"""
_NOTE = "One more note, as long as all the others are. " * 2
_TOLD = re.compile(r"(\d+) % is spent|(Used up)")


def writes_dear_notes(studio: Studio, *steps: str, notes: int = NOTES) -> None:
    """The agent of each step (`build` when none is named) writes one note with each call, mostly without an end.

    Only what the model answers costs anything, and that so much that the agent program's own count plays no part.
    """
    studio.write_data("prices.toml", _PRICES)
    studio.write_builder(turns=2 * NOTES)
    for step in steps or ("build",):
        studio.cast.plays(step, *(write(f"note-{number:02}.md", _NOTE) for number in range(notes)))


def thresholds(messages: Iterable[str]) -> list[int]:
    """Per cent that the alerts among `messages` tell of, in their order; 100 stands for all of it."""
    found = [_TOLD.search(each) for each in messages if "The monthly budget of shop" in each]
    return [int(each[1] or 100) for each in found if each is not None]


def assert_asked_at_the_end(first: list[int], both: list[int]) -> None:
    """Who is asked to raise it was told of each threshold once, before a raise and after it, but not of its end.

    The question tells of that. Only where the machine took a minute to ask it, they are told all the same, once.
    """
    assert first in ([50, 75, 90], [50, 75, 90, 100])
    assert both[: len(first)] == first
    assert both[len(first) :] in ([90], [90, 100])


async def went_on_after_s(studio: Studio) -> float:
    """How long after the last raise the agent of T1 was at work again, in seconds."""
    async with studio.onlooker() as seen:
        entries = await seen.store.journal.read(limit=100_000)
    raised = next(each.at for each in reversed(entries) if isinstance(each.event, BudgetLimitChanged))
    began = next(each.at for each in entries if each.at >= raised and _begins(each.event))
    return (began - raised).total_seconds()


def _begins(event: object) -> bool:
    return isinstance(event, AgentRunStateChanged) and event.target == AgentRunState.RUNNING


__all__ = ["CALL_USD", "NOTES", "assert_asked_at_the_end", "thresholds", "went_on_after_s", "writes_dear_notes"]
