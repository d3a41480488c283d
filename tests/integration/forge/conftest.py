"""A chat room whose program also hears from a forge."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.access import Gate
from bot.forge.hearing import Hearing
from bot.forge.labelled import LabelledIssues
from core.domain.forge_news import ForgeReport, IssueLabelled
from core.domain.identity import Access, ProjectName
from tests.support.conversations import Room, open_room

SHOP = ProjectName("shop")


@pytest.fixture
async def room(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Room]:
    """Everything but the agents: what is handed over waits."""
    async with open_room(tmp_path, sqlite_template) as room:
        yield room


@pytest.fixture
async def at_work(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Room]:
    """The same with agents."""
    async with open_room(tmp_path, sqlite_template, works=True) as room:
        yield room


async def _no_pause(_seconds: float) -> None:
    """Nobody waits in tests."""


def hearing_of(room: Room, *, label: str = "orchestrate", **github: Access) -> Hearing:
    """What a watch tells its news to; `github` people (by login) are in the project's settings."""
    program = room.program
    gate = Gate.of(program.settings)
    if github:
        named = {f"github:{login.replace('_', '-')}": access for login, access in github.items()}
        shop = replace(gate.projects[SHOP], access={**gate.projects[SHOP].access, **named})
        gate = replace(gate, projects={**gate.projects, SHOP: shop})
    labelled = LabelledIssues(
        orchestrator=program.orchestrator, store=program.store, gate=gate, label=label, mask=program.mask
    )
    return Hearing(program.orchestrator, labelled, pause=_no_pause)


def labelled(
    *, key: str = "shop:labelled:1", by: str = "octocat", trusted: bool = True, label: str = "orchestrate"
) -> ForgeReport:
    """Issue 123 was labelled."""
    news = IssueLabelled(issue="123", label=label, by=by, trusted=trusted, title="It breaks")
    return ForgeReport(key=key, project=SHOP, news=news)
