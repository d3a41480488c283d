"""One call to the simulated GitHub, what answers it, and the refusals it knows."""

from dataclasses import dataclass, field
from typing import Any

from tests.platforms.github.world import Access, Repository, World

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What was asked. `repository` is the one the path names, when it names one."""

    world: World
    web_url: str
    access: Access
    names: dict[str, str]
    query: dict[str, str]
    body: Json
    raw: bool = False
    """A file's own text was asked for."""
    in_repository: Repository | None = None

    @property
    def repository(self) -> Repository:
        assert self.in_repository is not None
        return self.in_repository

    def page(self, items: list[Any]) -> list[Any]:
        """The asked part of a list."""
        size, number = min(int(self.query.get("per_page", 30)), 100), int(self.query.get("page", 1))
        return items[(number - 1) * size : number * size]


@dataclass(slots=True, kw_only=True)
class Answer:
    """What comes back; `text` instead of JSON."""

    body: Any = None
    status: int = 200
    text: str | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])


class RefusedError(Exception):
    """An answer that is not a yes."""

    def __init__(self, status: int, words: str, *, errors: list[Any] | None = None) -> None:
        super().__init__(words)
        self.status = status
        self.body: Json = {"message": words, "documentation_url": "https://docs.github.com/rest"}
        if errors is not None:
            self.body["errors"] = errors


def invalid(resource: str, words: str) -> RefusedError:
    """GitHub's answer to what it understands and does not take."""
    return RefusedError(422, "Validation Failed", errors=[{"resource": resource, "code": "custom", "message": words}])


NOT_FOUND = "Not Found"
