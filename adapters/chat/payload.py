"""Looking into a platform's payload: each look gives a value of the expected kind, or an empty one; none raises."""

from collections.abc import Mapping
from typing import cast

Payload = Mapping[str, object]

_NOTHING: Payload = {}


def text_at(payload: Payload, *path: str) -> str:
    """The text at `path`, '' when there is none."""
    found = _walk(payload, path)
    return found if isinstance(found, str) else ""


def map_at(payload: Payload, *path: str) -> Payload:
    """The object at `path`, empty when there is none."""
    found = _walk(payload, path)
    return cast("Payload", found) if isinstance(found, dict) else _NOTHING


def maps_at(payload: Payload, *path: str) -> tuple[Payload, ...]:
    """The objects in the list at `path`."""
    found = _walk(payload, path)
    if not isinstance(found, list):
        return ()
    return tuple(cast("Payload", each) for each in cast("list[object]", found) if isinstance(each, dict))


def texts_at(payload: Payload, *path: str) -> tuple[str, ...]:
    """The texts in the list at `path`."""
    found = _walk(payload, path)
    if not isinstance(found, list):
        return ()
    return tuple(each for each in cast("list[object]", found) if isinstance(each, str))


def truth_at(payload: Payload, *path: str) -> bool:
    """Whether there is a plain true at `path`; some platforms say it as text."""
    return _walk(payload, path) in (True, "true")


def _walk(payload: Payload, path: tuple[str, ...]) -> object:
    found: object = payload
    for step in path:
        if not isinstance(found, dict):
            return None
        found = cast("Payload", found).get(step)
    return found
