"""A task's pull request in a few words, and where it can be opened; pure."""

from datetime import datetime

from adapters.chat.text import printable
from bot.cards.moment import shown_moment
from bot.cards.words import line, listed
from core.domain.forge_event import ChecksReported
from core.domain.task import Task


def web_url(reference: str) -> str:
    """`reference` when it is an address to open in a browser, else ''."""
    return reference if reference.startswith(("https://", "http://")) and printable(reference) == reference else ""


def pull_request_url(task: Task) -> str:
    """Where the task's pull request can be opened; '' where it cannot, or there is none."""
    return web_url(task.pull_request_url) or web_url(task.pull_request)


def pull_request_name(reference: str) -> str:
    """`#45`; what has no number stays as it is."""
    return f"#{reference}" if reference.isdigit() else line(reference, 80)


def pull_request_standing(task: Task, checks: ChecksReported | None) -> str:
    """`#45, open, checks red: lint`; '' when there is none."""
    if not task.pull_request:
        return ""
    state = f", {task.pull_request_state}" if task.pull_request_state else ""
    ended = f", checks {checks_words(checks)}" if checks is not None and task.pull_request_state == "open" else ""
    return f"{pull_request_name(task.pull_request)}{state}{ended}"


def checks_words(checks: ChecksReported) -> str:
    """`green`, or `red: lint, tests`."""
    return f"red: {listed(checks.failed, most=3)}" if checks.failed else "green"


def forge_wait_words(task: Task, *, now: datetime) -> str:
    """Until when the forge is left alone, and why; '' when it answers."""
    wait = task.forge_wait
    if wait is None:
        return ""
    return line(f"Goes on at {shown_moment(wait.until, now=now)}: {wait.reason}", 300)
