"""Looks at the agent program and at what it needs: a key that the provider accepts, asked without spending money."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp

from bot.checks.finding import Finding, broken, fine, note, warning
from config.settings import Settings

ANSWER_WITHIN_S = 5.0
CLOCK_MAY_DIFFER = timedelta(seconds=90)
DEFAULT_API_URL = "https://api.anthropic.com"
_MODELS = "/v1/models?limit=100"
"""Listing models is free of charge, and needs a valid key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAnswer:
    """What the provider said: `status` 0 when it could not be reached, `at` its own time (UTC) when it told one."""

    status: int
    reason: str = ""
    at: datetime | None = None


async def program(settings: Settings) -> Sequence[Finding]:
    """The agent program starts; AgentUnavailableError with what to do otherwise."""
    from adapters.claude.cli import check_cli, find_cli
    from adapters.claude.settings import ClaudeSettings

    adapter = ClaudeSettings(
        api_url=settings.claude.api_url,
        api_key="",
        cli_path=settings.claude.cli_path,
        run_folder=settings.home / "run",
    )
    path = await asyncio.to_thread(find_cli, adapter)
    return [fine("Agent program", f"{await check_cli(path)}")]


async def ask(settings: Settings) -> ProviderAnswer:
    """Ask the provider which models there are."""
    url = (settings.claude.api_url or DEFAULT_API_URL).rstrip("/") + _MODELS
    headers = {"x-api-key": settings.claude.api_key.get_secret_value(), "anthropic-version": "2023-06-01"}
    timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
            session.get(url, headers=headers) as answer,
        ):
            return ProviderAnswer(
                status=answer.status, reason=answer.reason or "", at=_time(answer.headers.get("Date"))
            )
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        return ProviderAnswer(status=0, reason=str(error) or type(error).__name__)


def key(settings: Settings, answer: ProviderAnswer | None) -> Sequence[Finding]:
    """Whether there is a key, and what the provider thinks of it; `answer` None when it was not asked."""
    from config.urls import without_password

    where = without_password(settings.claude.api_url or DEFAULT_API_URL)
    if not settings.claude.api_key.get_secret_value():
        return [broken("Key", "There is no API key.", todo="Set ANTHROPIC_API_KEY; without one: orchestrator demo")]
    if answer is None:
        return [note("Key", f"There is a key; {where} was not asked about it.")]
    match answer.status:
        case 200:
            return [fine("Key", f"{where} accepts the key.")]
        case 401 | 403:
            return [broken("Key", f"{where} does not accept the key.", todo="Set a valid ANTHROPIC_API_KEY.")]
        case 0:
            todo = "Check the network, a proxy (HTTPS_PROXY), or claude.api_url."
            return [warning("Key", f"{where} could not be asked: {answer.reason}.", todo=todo)]
        case status:
            return [note("Key", f"There is a key; {where} answered {status} when asked about it.")]


def clock(answer: ProviderAnswer | None, *, now: datetime, newest: datetime | None) -> Sequence[Finding]:
    """Whether the clock fits the provider's, and what this house wrote down before."""
    todo = "Set the clock, or let NTP do it: budgets, back-offs and schedules follow it."
    if newest is not None and now < newest - CLOCK_MAY_DIFFER:
        return [broken("Clock", f"It is before the newest event, which is of {newest:%Y-%m-%d %H:%M} UTC.", todo=todo)]
    if answer is not None and answer.at is not None and abs(answer.at - now) > CLOCK_MAY_DIFFER:
        apart_s = abs((answer.at - now).total_seconds())
        return [warning("Clock", f"It is {apart_s:.0f} s away from the provider's.", todo=todo)]
    return [fine("Clock", f"{now:%Y-%m-%d %H:%M} UTC")]


def _time(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except ValueError:
        return None
