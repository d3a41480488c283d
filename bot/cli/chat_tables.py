"""What `init slack`, `init telegram` and `init discord` share: tables of settings, shown or added."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from core.domain.errors import ConflictError

if TYPE_CHECKING:
    from bot.settings_tables import Path
    from config.settings import Settings


def may_add(settings: "Settings") -> None:
    """ConflictError when there is no file to add to."""
    if settings.config_file is None:
        raise ConflictError("There is no orchestrator.toml to add to.", hint="Write one first: orchestrator init")


def project_of(settings: "Settings", name: str) -> str:
    """The project whose channel it is; '' when it is not clear, or there is none yet. NotFoundError for another one."""
    if name:
        return settings.project(name).name
    return next(iter(settings.projects)) if len(settings.projects) == 1 else ""


def text_of(settings: "Settings") -> str:
    """The settings file as it is; '' when there is none."""
    return settings.config_file.read_text(encoding="utf-8") if settings.config_file else ""


def settings_step(
    settings: "Settings", wanted: "Mapping[Path, str]", *, text: str, changes: Sequence[str], add: bool
) -> str:
    """The step about the settings file, in which `text` stands; what it lacks is added with `add`, else told.

    `changes` are lines for tables that are there already.
    """
    step = _added(settings, wanted, text=text) if add else _shown(settings, wanted, text=text)
    return step + "".join(f"\n   Change: {line}" for line in changes)


def _shown(settings: "Settings", wanted: "Mapping[Path, str]", *, text: str) -> str:
    """The step that tells what to add by hand."""
    from bot.settings_tables import missing

    lines = missing(wanted, text=text)
    if not lines:
        return "orchestrator.toml has the tables it needs."
    where = settings.config_file or "orchestrator.toml"
    told = "\n".join(f"   {line}".rstrip() for line in "\n".join(lines.values()).splitlines())
    return f"Add this to {where}, or let it be added with --yes:\n\n{told}\n"


def _added(settings: "Settings", wanted: "Mapping[Path, str]", *, text: str) -> str:
    """Add what is missing to the settings file; the step that says so."""
    from bot.settings_file import write_settings
    from bot.settings_tables import extended, missing

    file = settings.config_file
    assert file is not None
    lines = missing(wanted, text=text)
    if not lines:
        return f"{file} had the tables it needs, and stays as it is."
    write_settings(file, extended(text, lines))
    named = ", ".join(f"[{'.'.join(where)}]" for where in lines)
    empty = " Fill in what is still empty." if any("= []" in each for each in lines.values()) else ""
    return f"{file} has new tables: {named}.{empty}"
