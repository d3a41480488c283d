"""Who is at the terminal, and which project they mean."""

import getpass
import os
from typing import TYPE_CHECKING

from core.domain.errors import NotFoundError
from core.domain.identity import Person, PersonId, ProjectName

if TYPE_CHECKING:
    from config.settings import Settings


def me() -> PersonId:
    """The person at this terminal."""
    return PersonId(f"console:{_login()}")


def myself() -> Person:
    """The same with a name."""
    return Person(id=me(), name=_login())


def chosen_project(settings: "Settings", name: str) -> ProjectName:
    """The project called `name`; without a name the only one there is, else NotFoundError that lists them."""
    if name:
        return settings.project(name).name
    if len(settings.projects) == 1:
        return ProjectName(next(iter(settings.projects)))
    known = ", ".join(sorted(settings.projects))
    hint = f"Say which with --project: {known}." if known else _UNBOUND
    raise NotFoundError("project", "chosen" if known else "configured", hint=hint)


_UNBOUND = 'Write an orchestrator.toml with [projects.NAME] and path = "…" in it, or try `orchestrator demo` first.'


def _login() -> str:
    """The login name; `uid10001` for a user that has none, as in containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return f"uid{os.getuid()}"
