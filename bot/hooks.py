"""Hooks of others: what packages offer under the entry point group `orchestrator.hooks`, made and named."""

from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points

from core.domain.errors import ConfigurationError
from core.engine.hooks import Hook, Hooks

GROUP = "orchestrator.hooks"


def load_hooks(*, first: Sequence[tuple[str, Hook]] = ()) -> Hooks:
    """`first`, then every hook that is installed, by name; ConfigurationError when one cannot be made.

    An entry point names a callable without arguments (a class, mostly) that returns the hook.
    """
    found = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return Hooks(hooks=(*first, *((point.name, _made(point)) for point in found)))


def _made(point: EntryPoint) -> Hook:
    try:
        return point.load()()
    except Exception as error:  # code of others may raise anything; without it, work would go on unchecked
        raise ConfigurationError(
            f"The hook {point.name} ({point.value}) cannot be used: {type(error).__name__}: {error}",
            source=point.value,
            hint="Mend or uninstall the package that brings it.",
        ) from error
