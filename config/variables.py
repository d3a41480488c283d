"""Environment variables as settings: `ORCHESTRATOR_CLAUDE__API_KEY` sets `claude.api_key`."""

import re
from collections.abc import Iterable, Mapping
from typing import get_origin

from config.documents import Location, annotation_at
from config.sections import SettingsDocument

PREFIX = "ORCHESTRATOR_"
NESTING = "__"
STANDARD = {"ANTHROPIC_API_KEY": ("claude", "api_key"), "ANTHROPIC_BASE_URL": ("claude", "api_url")}
"""Variables of the agent program that are understood as they are; ours with the same meaning are stronger."""
NOT_SETTINGS = frozenset({"ORCHESTRATOR_AGENT_RUN"})
"""Variables with our prefix that mark processes instead of setting anything."""
SECRET_NAME = re.compile(
    r"(?:(?:^|_)(?:KEY|TOKEN|SECRET|CREDENTIAL|COOKIE|DSN)S?(?:_|$)|APIKEY|PASSW|PASSPHRASE)(?!.*_(?:FILE|PATH|DIR|URL)$)",
    re.IGNORECASE,
)


def settings_in(environ: Mapping[str, str], *, projects: Iterable[str]) -> list[tuple[Location, object, str]]:
    """Every setting in `environ` as (where, value, variable), weaker first; an empty variable counts as not set."""
    named = {folded(name): name for name in projects}
    ours = sorted(name for name in environ if name.startswith(PREFIX) and name not in NOT_SETTINGS)
    found: list[tuple[Location, object, str]] = [
        (location, environ[name], name) for name, location in STANDARD.items() if environ.get(name)
    ]
    for name in ours:
        if environ[name]:
            location = location_of(name, projects=named)
            found.append((location, value_at(location, environ[name]), name))
    return found


def location_of(variable: str, *, projects: Mapping[str, str]) -> Location:
    """Where `variable` points; `projects` maps folded names to names, since variables cannot spell every name."""
    parts = variable.removeprefix(PREFIX).split(NESTING)
    keys = [part.lower() for part in parts]
    if keys[0] == "projects" and len(keys) > 1:
        keys[1] = projects.get(folded(parts[1]), keys[1])
        if len(keys) > 3 and keys[2] == "environment":
            # The rest is itself the name of a variable, whose case matters.
            keys[3:] = [NESTING.join(parts[3:])]
    return tuple(keys)


def folded(name: str) -> str:
    """A project's name as a variable can spell it: `my-shop` and `MY_SHOP` are the same."""
    return re.sub(r"[^a-z0-9]", "_", name.lower())


def value_at(location: Location, text: str) -> object:
    """`text` as the setting at `location` wants it: lists are separated by commas."""
    if get_origin(annotation_at(SettingsDocument, location)) is tuple:
        return [item.strip() for item in text.split(",") if item.strip()]
    return text


def secret_values(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Values of variables whose names say that they are secret."""
    return tuple(value for name, value in sorted(environ.items()) if value and SECRET_NAME.search(name))
