"""The whole checkup: every look in its order, each told as it is done."""

from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import datetime

from bot.checks import agent, data, house, machine
from bot.checks.agent import ProviderAnswer
from bot.checks.chats import CHATS, chat
from bot.checks.finding import Check, Finding, fine, looked, note
from bot.checks.github import github
from bot.onlooker import looking
from config.settings import Settings
from core.domain.errors import OrchestratorError
from core.store.database import sqlite_path

STEPS = 9 + len(CHATS)
"""How many pieces `checkup` yields."""


async def checkup(
    settings: Settings, *, clock: Callable[[], datetime], offline: bool
) -> AsyncGenerator[Sequence[Finding]]:
    """Look at everything, piece by piece; nothing is changed, no money is spent, and with `offline` nobody is asked."""
    yield [_file(settings), *await machine.python()]
    yield await looked("Git", machine.git)
    yield await looked("Home", lambda: machine.home(settings))
    yield await looked("Sandbox", lambda: machine.sandbox(settings))
    yield await looked("Agent program", lambda: agent.program(settings))
    asked = settings.claude.api_key.get_secret_value() and not offline
    answer = await agent.ask(settings) if asked else None
    yield agent.key(settings, answer)
    yield [*data.files(settings), *await looked("Prices", _now(lambda: data.prices(settings)))]
    yield await _house(settings, answer, clock=clock)
    for title in CHATS:
        yield await chat(title, settings, clock=clock, offline=offline)
    yield await looked("GitHub", lambda: github(settings, clock=clock, offline=offline))


async def _house(
    settings: Settings, answer: ProviderAnswer | None, *, clock: Callable[[], datetime]
) -> Sequence[Finding]:
    """Everything that needs the database; the first of it that fails ends it."""
    path = sqlite_path(settings.database_url)
    if path is not None and not path.exists():
        return [
            note("Database", f"{path} does not exist yet: the first task makes it."),
            *agent.clock(answer, now=clock(), newest=None),
        ]
    found: list[Finding] = []
    try:
        async with looking(settings, clock=clock) as seen:
            now = clock()
            found += await house.database(seen)
            found += await house.worker(seen)
            found += await house.projects(seen)
            found += await house.models(seen, now=now)
            found += await house.approvals(seen, now=now)
            found += await house.deliveries(seen)
            found += await house.audit(seen)
            running = await machine.processes()
            left = await seen.queries.abandoned(running, worker=await seen.worker_running())
            found += machine.orphans(running, left)
            found += agent.clock(answer, now=now, newest=await seen.queries.newest_event_at())
    except OrchestratorError as error:
        found += await looked("Database", _raising(error))
    return found


def _file(settings: Settings) -> Finding:
    if settings.config_file is None:
        return note("Settings", "No orchestrator.toml was found: defaults count.", todo="Write one: orchestrator init")
    return fine("Settings", f"{settings.config_file}")


def _now(look: Callable[[], Sequence[Finding]]) -> Check:
    async def check() -> Sequence[Finding]:
        return look()

    return check


def _raising(error: OrchestratorError) -> Check:
    async def check() -> Sequence[Finding]:
        raise error

    return check
