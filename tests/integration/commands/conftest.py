"""A house with a past, and people of one workspace who may do different things in its two projects."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
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
from core.store import Store
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


@pytest.fixture(scope="session")
def past(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file to copy: a house with a past at the hour where every test's clock begins."""
    path = tmp_path_factory.mktemp("past") / "past.sqlite3"
    shutil.copy(sqlite_template, path)

    async def happen() -> None:
        clock = FakeClock()
        async with await Store.open(f"sqlite:///{path}", clock=clock) as store:
            await make_history(store, now=clock())

    # in a thread of its own, because the test's event loop belongs to pytest
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, happen()).result()
    return path


@pytest.fixture
async def program(tmp_path: Path, past: Path, clock: FakeClock) -> AsyncIterator[Program]:
    """The whole program but its worker."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(past, home / "orchestrator.sqlite3")
    file = tmp_path / "orchestrator.toml"
    file.write_text(SETTINGS.format(repository=make_repository(tmp_path / "repository")))
    environ = {"ORCHESTRATOR_HOME": str(home), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    settings = load_settings(config=file, cwd=tmp_path, environ=environ)
    async with opened(settings, environ=environ, clock=clock) as program:
        yield program


@pytest.fixture
def talk(program: Program) -> Talk:
    """People talking to it."""
    context = Context(
        seen=program, orchestrator=program.orchestrator, gate=Gate.of(program.settings), data=program.data
    )
    return Talk(context=context, registry=Registry(*LOOKING))
