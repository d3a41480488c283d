"""Looks at the chats that are set up; of those that are not nothing is said, unless there is none at all."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime

from bot.checks import house
from bot.checks.bound import BoundChannel, channels_of, people_of
from bot.checks.finding import Finding, looked, note
from bot.onlooker import looking
from config.settings import Settings
from core.domain.errors import OrchestratorError
from core.store.database import sqlite_path

CHATS = ("Slack", "Telegram", "Discord")
Look = Callable[[Sequence[BoundChannel]], Awaitable[Sequence[Finding]]]


async def chat(title: str, settings: Settings, *, clock: Callable[[], datetime], offline: bool) -> Sequence[Finding]:
    """All about one of CHATS."""
    begun = [each for each in CHATS if _is_begun(each.lower(), settings)]
    if title not in begun:
        todo = "To work from a chat: orchestrator init slack (or telegram, discord)"
        return [note("Chat", "None is set up.", todo=todo)] if not begun and title == CHATS[0] else []
    look = _look(title, settings, clock=clock, offline=offline)

    async def check() -> Sequence[Finding]:
        return await look(await _bound(settings, clock=clock))

    return await looked(title, check)


def _look(title: str, settings: Settings, *, clock: Callable[[], datetime], offline: bool) -> Look:
    # the libraries of a platform are loaded for those who use it
    match title:
        case "Slack":
            from bot.checks.slack import slack

            return lambda bound: slack(settings, channels=bound, offline=offline)
        case "Telegram":
            from bot.checks.telegram import telegram

            return lambda bound: telegram(settings, channels=bound, offline=offline, now=clock())
        case _:
            from bot.checks.discord import discord

            return lambda bound: discord(settings, channels=bound, offline=offline)


def _is_begun(platform: str, settings: Settings) -> bool:
    """Whether anything in the settings is about the platform; an empty table is nothing."""
    sections = {"slack": settings.slack, "telegram": settings.telegram, "discord": settings.discord}
    said = sections[platform].model_fields_set - {"api_url"}
    return bool(said or people_of(platform, settings) or channels_of(platform, settings, bound=()))


async def _bound(settings: Settings, *, clock: Callable[[], datetime]) -> Sequence[BoundChannel]:
    """The channels that people bound in a chat."""
    path = sqlite_path(settings.database_url)
    if path is not None and not path.exists():
        return ()
    with suppress(OrchestratorError):  # told about with the database
        async with looking(settings, clock=clock) as seen:
            return [BoundChannel(name=name, why=f"project {of}") for name, of in await house.bindings(seen)]
    return ()
