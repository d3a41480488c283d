"""What was seen last, with GitHub's mark of it: seeing it again costs nothing while it has not changed."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from adapters.github.calls import PAGE, Calls

T = TypeVar("T")
_Place = tuple[str, tuple[tuple[str, str | int], ...]]
MAX_PAGES = 10
"""Of one list: a pull request with a thousand comments is read no further."""


@dataclass(frozen=True, slots=True)
class _Sight(Generic[T]):
    value: T
    etag: str


class Sights:
    """Reads through marks. What was not looked at since the last `forget_unseen` is forgotten by it."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._sights: dict[_Place, _Sight[object]] = {}
        self._seen: set[_Place] = set()
        self.rest_s = 0.0
        """How long GitHub wants to be left alone between rounds, as far as it has said so."""

    async def see(self, shape: type[T], path: str, *, doing: str, **parameters: str | int) -> T:
        """What is at `path` now."""
        place = (path, tuple(sorted(parameters.items())))
        known = self._sights.get(place)
        found = await self._calls.look(shape, path, doing=doing, etag=known.etag if known else "", **parameters)
        self._seen.add(place)
        if found is None:
            assert known is not None
            return known.value  # type: ignore[return-value]  # the same place was read in the same shape
        self.rest_s = max(self.rest_s, found.rest_s)
        if found.etag:
            self._sights[place] = _Sight(found.value, found.etag)
        return found.value

    async def see_all(self, shape: type[T], path: str, *, doing: str, **parameters: str | int) -> list[T]:
        """The whole list at `path` now."""
        found: list[T] = []
        for page in range(1, MAX_PAGES + 1):
            part = await self.see(list[shape], path, doing=doing, per_page=PAGE, page=page, **parameters)
            found += part
            if len(part) < PAGE:
                break
        return found

    def forget_unseen(self) -> None:
        """Forget what nobody looks at any more."""
        self._sights = {place: each for place, each in self._sights.items() if place in self._seen}
        self._seen = set()
