"""What tests of every room share: a clock to turn by hand, both databases, and the watch for leftovers."""

import asyncio
import gc
import logging
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import structlog
from hypothesis import settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

from core.store import Store
from tests.support.clock import FakeClock
from tests.support.postgres_server import started_server

pytest_plugins = ["tests.leftovers", "tests.support.chat_fixtures"]

# No deadlines: a busy machine is no defect. The same examples in every run, so that a red run is red again;
# HYPOTHESIS_PROFILE=search looks for new ones.
_PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "same")
settings.register_profile("same", deadline=None, derandomize=True, max_examples=30)
settings.register_profile("search", deadline=None, max_examples=500)
settings.load_profile(_PROFILE)
if _PROFILE == "same":
    # By itself it also tries words and numbers that it reads in our modules, in those that are loaded by then: other
    # ones in each worker, and after each change of a line anywhere.
    providers._get_local_constants = Constants

OpenStore = Callable[..., Awaitable[Store]]

# whoever starts the tests may ignore a closed terminal (nohup does) or Ctrl-C (a shell does, for what it starts in the
# background); what is tested must not inherit that
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What the collection loads stays to the end: nobody looks through it for garbage, now or in any test."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def _log_plainly() -> None:
    """As structlog logs by itself, without its drawings of tracebacks: each takes as long as a short test."""
    structlog.reset_defaults()
    shown = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], shown])


_log_plainly()


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """A test that sets up the program's log leaves none of it: its stream is closed when the test is over."""
    root = logging.getLogger()
    level, levels = root.level, _levels()
    yield
    _log_plainly()
    if root.level != level:
        root.setLevel(level)
    for handler in [each for each in root.handlers if type(each) is logging.StreamHandler]:
        root.removeHandler(handler)
    # only those that changed: each call makes every logger of the process forget what it knows, which costs a second
    # of every hundred tests
    for name, level_now in _levels().items():
        if level_now != (before := levels.get(name, logging.NOTSET)):
            logging.getLogger(name).setLevel(before)


def _levels() -> dict[str, int]:
    known = logging.getLogger().manager.loggerDict
    return {name: logger.level for name, logger in known.items() if isinstance(logger, logging.Logger)}


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still until it is told otherwise."""
    return FakeClock()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a real Postgres server's own database, started for this run only."""
    # not below pytest's folder: the path of a Unix socket must be short
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    server = started_server(folder / "data")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            # nobody waits for disks, and nobody but the tests is connected when a database is copied or dropped
            for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """Name of a migrated, empty database to copy."""
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE migrated")
    _migrate(_renamed(postgres_server, "migrated"))
    return "migrated"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.sqlite3"
    _migrate(f"sqlite:///{path}")
    return path


BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'home' / 'orchestrator.sqlite3'}"
        return
    server: str = request.getfixturevalue("postgres_server")
    yield from _postgres_database(server, template="template0")


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database of each kind, without rows."""
    if request.param == "sqlite":
        path = tmp_path / "home" / "orchestrator.sqlite3"
        path.parent.mkdir()
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    template: str = request.getfixturevalue("postgres_template")
    server: str = request.getfixturevalue("postgres_server")
    yield from _postgres_database(server, template=template)


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """A migrated Postgres database, without rows."""
    yield from _postgres_database(postgres_server, template=postgres_template)


@pytest.fixture
async def open_store(clock: FakeClock) -> AsyncIterator[OpenStore]:
    """Opens stores that are closed after the test."""
    opened: list[Store] = []

    async def open_one(url: str, **options: float) -> Store:
        store = await Store.open(url, clock=clock, **options)
        opened.append(store)
        return store

    yield open_one
    for store in opened:
        await store.close()


@pytest.fixture
async def store(database_url: str, open_store: OpenStore) -> Store:
    """A store on each kind of database."""
    return await open_store(database_url)


_numbers = count(1)


def _postgres_database(server: str, *, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
    try:
        yield _renamed(server, name)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _renamed(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _migrate(url: str) -> None:
    # loaded here, because most tests of a room need no durable engine
    from core.engine.client import EngineClient

    async def open_and_close() -> None:
        await (await Store.open(url, clock=FakeClock())).close()
        # its own tables too: making them takes ten times as long as all else of opening a program
        await (await EngineClient.open(url)).close()

    # in a thread of its own, because the test's event loop belongs to pytest
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, open_and_close()).result()
