"""A house with a past, and people of one workspace who may do different things in its two projects."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.access import Gate
from bot.commands.all import LOOKING
from bot.commands.context import Context
from bot.commands.grammar import read_command
from bot.commands.registry import Registry
from bot.commands.reply import Reply
from bot.compose import Program, opened
from config.settings import load_settings
from core.domain.audit import AuditEntry
from core.domain.identity import Person, PersonId, Place
from tests.support.clock import FakeClock
from tests.support.engine import make_repository
from tests.support.history import make_history

SETTINGS = """\
[slack]
workspaces = ["T1"]
channels = ["COPEN"]

[access]
admins = ["slack:T1/UROOT"]

[projects.shop]
path = "{repository}"

[projects.shop.access]
admins = ["slack:T1/UADA"]
developers = ["slack:T1/UDEV"]
viewers = ["slack:T1/*"]

[projects.docs]
path = "{repository}"

[projects.docs.access]
admins = ["slack:T1/UDEV"]

[projects.docs.chat]
channels = ["slack:T1/CDOCS"]
"""
OPEN = Place(platform="slack", space="T1", channel="COPEN")


def person(name: str) -> Person:
    """Somebody of workspace T1."""
    return Person(id=PersonId(f"slack:T1/U{name.upper()}"), name=name)


@dataclass(slots=True, kw_only=True)
class Talk:
    """Commands said by people, one after the other."""

    context: Context
    registry: Registry

    async def says(self, name: str, text: str, *, place: Place = OPEN) -> Reply:
        """What comes back when this person types that."""
        asker = await self.context.asker(person(name), place, event_id=f"{name} {text}")
        return await self.registry.run(read_command(text), asker, self.context)

    async def audit(self) -> list[AuditEntry]:
        """The newest rows of the trail."""
        async with self.context.seen.store.reading() as uow:
            return await uow.audit.entries(50)


@pytest.fixture
async def program(tmp_path: Path, sqlite_template: Path, clock: FakeClock) -> AsyncIterator[Program]:
    """The whole program but its worker."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "orchestrator.sqlite3").write_bytes(sqlite_template.read_bytes())
    file = tmp_path / "orchestrator.toml"
    file.write_text(SETTINGS.format(repository=make_repository(tmp_path / "repository")))
    environ = {"ORCHESTRATOR_HOME": str(home), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    settings = load_settings(config=file, cwd=tmp_path, environ=environ)
    async with opened(settings, environ=environ, clock=clock) as program:
        await make_history(program.store, now=clock())
        yield program


@pytest.fixture
def talk(program: Program) -> Talk:
    """People talking to it."""
    context = Context(
        seen=program, orchestrator=program.orchestrator, gate=Gate.of(program.settings), data=program.data
    )
    return Talk(context=context, registry=Registry(*LOOKING))
