"""One finding of a checkup: a mark, a sentence, and what to do."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.domain.errors import ConfigurationError, OrchestratorError


class Mark(StrEnum):
    """How good it is."""

    FINE = "fine"
    NOTE = "note"
    """Worth knowing; nothing has to be done."""
    WARNING = "warning"
    """Work goes on, but not as well as it could."""
    BROKEN = "broken"
    """Something cannot work like this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one look found."""

    about: str
    mark: Mark
    text: str
    todo: str = ""
    """What to do; '' for nothing."""
    is_configuration: bool = False
    """Whether a file that people edit has to be corrected."""


Check = Callable[[], Awaitable[Sequence[Finding]]]


async def looked(about: str, check: Check) -> Sequence[Finding]:
    """What `check` finds; a refusal of the core becomes a finding with its own words."""
    try:
        return await check()
    except OrchestratorError as error:
        return [
            Finding(
                about=about,
                mark=Mark.BROKEN,
                text=error.message,
                todo=error.hint,
                is_configuration=isinstance(error, ConfigurationError),
            )
        ]


def finding_document(finding: Finding) -> dict[str, Any]:
    """One finding as JSON."""
    return {"about": finding.about, "mark": finding.mark.value, "text": finding.text, "todo": finding.todo or None}


def fine(about: str, text: str) -> Finding:
    """All is well."""
    return Finding(about=about, mark=Mark.FINE, text=text)


def note(about: str, text: str, *, todo: str = "") -> Finding:
    """Worth knowing."""
    return Finding(about=about, mark=Mark.NOTE, text=text, todo=todo)


def warning(about: str, text: str, *, todo: str) -> Finding:
    """It should be better."""
    return Finding(about=about, mark=Mark.WARNING, text=text, todo=todo)


def broken(about: str, text: str, *, todo: str) -> Finding:
    """It cannot work."""
    return Finding(about=about, mark=Mark.BROKEN, text=text, todo=todo)
