"""Engines for the tests: one for a whole file where tests only use it, one for each test that starts or stops it."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio

from core.engine import run_agent as run_agent_module
from tests.support.engine import PATIENCE_S, Workshop, at_work, copied_database, open_workshop
from tests.support.engine_processes import EngineProcesses, engine_processes


@pytest.fixture(autouse=True)
def _patient_stop(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction] # pytest uses it
    """An agent that is stopped goes back into the queue, however long the machine takes for that."""
    monkeypatch.setattr(run_agent_module, "PUT_BACK_WITHIN_S", PATIENCE_S)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def busy(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Workshop]:
    """A workshop on SQLite whose engine runs for all tests of the file; each brings a project of its own."""
    home = tmp_path_factory.mktemp("home")
    async with open_workshop(home, copied_database(sqlite_template, home)) as workshop, at_work(workshop):
        yield workshop


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def processes() -> AsyncIterator[EngineProcesses]:
    """The program that starts engine processes."""
    async with engine_processes() as processes:
        yield processes


@pytest.fixture
async def workshop(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Workshop]:
    """A workshop on SQLite without an engine."""
    home = tmp_path / "home"
    async with open_workshop(home, copied_database(sqlite_template, home)) as workshop:
        yield workshop


@pytest.fixture
async def workshop_on_both(tmp_path: Path, database_url: str) -> AsyncIterator[Workshop]:
    """A workshop without an engine on each kind of database."""
    async with open_workshop(tmp_path / "home", database_url) as workshop:
        yield workshop


@pytest.fixture
def new_postgres(postgres_server: str, postgres_template: str) -> Iterator[Callable[[], str]]:
    """Makes migrated, empty Postgres databases; URLs."""
    names: list[str] = []

    def run(statement: str) -> None:
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute(statement.encode())

    def make() -> str:
        name = f"engine_{uuid4().hex}"
        run(f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
        names.append(name)
        return urlunsplit(urlsplit(postgres_server)._replace(path=f"/{name}"))

    yield make
    for name in names:
        run(f"DROP DATABASE {name} WITH (FORCE)")
