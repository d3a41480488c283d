"""What we write below issues and pull requests: comments, each once, and labels."""

from collections.abc import Collection
from urllib.parse import quote

from adapters.github.calls import PAGE, Calls
from adapters.github.errors import GoneError
from adapters.github.harmless import harmless
from adapters.github.limits import bounded_body
from adapters.github.markers import mark
from adapters.github.reference import subject_name
from adapters.github.repositories import Repositories
from adapters.github.settings import GitHubSettings
from adapters.github.wire import CommentWire, IssueWire, LabelWire
from core.domain.errors import NotFoundError
from core.domain.project import Project
from core.forge import ForgeUnavailableError

_MAX_PAGES = 10
"""How many pages of comments are searched for ours, the newest ones."""


class Comments:
    """Comments and labels of issues and pull requests."""

    def __init__(self, settings: GitHubSettings, *, calls: Calls, repositories: Repositories) -> None:
        self._settings = settings
        self._calls = calls
        self._repositories = repositories

    async def say(self, project: Project, reference: str, text: str, *, key: str) -> str:
        """Comment once per `key`; the comment's address. NotFoundError, ForgeError."""
        path = await self._path(project, reference, doing=f"comment on {reference}")
        doing, ours = f"comment on #{path.rpartition('/')[2]}", mark("comment", key)
        found = await self._find(path, ours, doing=doing)
        if found is not None:
            return found.html_url
        body = {"body": bounded_body(harmless(text), closing=ours)}
        try:
            made = await self._calls.send(CommentWire, "POST", f"{path}/comments", doing=doing, body=body)
        except ForgeUnavailableError:  # no answer may mean that it was done
            found = await self._find(path, ours, doing=doing)
            if found is None:
                raise
            return found.html_url
        return made.html_url

    async def label(self, project: Project, reference: str, *, add: Collection[str], remove: Collection[str]) -> None:
        """Put labels on and take others off; GitHub makes those that the repository has not. NotFoundError, ForgeError.

        Nothing is sent for what is so already.
        """
        doing = f"label {reference}"
        path = await self._path(project, reference, doing=doing)
        there = {name.lower() for name in labels_of(await self._issue(path, doing=doing))}
        missing = [each for each in dict.fromkeys(add) if each.lower() not in there]
        if missing:
            await self._calls.send(object, "POST", f"{path}/labels", doing=doing, body={"labels": missing})
        for name in dict.fromkeys(remove):
            if name.lower() in there:
                await self._take_off(path, name, doing=doing)

    async def _take_off(self, path: str, name: str, *, doing: str) -> None:
        try:
            await self._calls.send(object, "DELETE", f"{path}/labels/{quote(name, safe='')}", doing=doing)
        except GoneError:  # somebody was quicker
            return

    async def _path(self, project: Project, reference: str, *, doing: str) -> str:
        """Where it is, in a repository that takes changes; NotFoundError for what names nothing."""
        name = subject_name(reference, host=self._settings.host)
        if name is None:
            raise _missing(reference)
        repository = await self._repositories.writable(project, name=name.repository, doing=doing)
        return f"/repos/{repository.full_name}/issues/{name.number}"

    async def _issue(self, path: str, *, doing: str) -> IssueWire:
        try:
            return await self._calls.get(IssueWire, path, doing=doing)
        except GoneError as error:
            raise _missing(path.rpartition("/")[2], hint=error.hint) from error

    async def _find(self, path: str, ours: str, *, doing: str) -> CommentWire | None:
        total = (await self._issue(path, doing=doing)).comments
        last = max(1, -(-total // PAGE))
        for page in range(last, max(0, last - _MAX_PAGES), -1):
            wires = await self._calls.get(list[CommentWire], f"{path}/comments", doing=doing, per_page=PAGE, page=page)
            for each in wires:
                if ours in (each.body or ""):
                    return each
        return None


def labels_of(issue: IssueWire) -> list[str]:
    """Their names."""
    return [each.name if isinstance(each, LabelWire) else each for each in issue.labels]


def _missing(reference: str, *, hint: str = "") -> NotFoundError:
    shown = "".join(letter if letter.isprintable() else "?" for letter in reference[:80])
    return NotFoundError("issue", f"#{shown.removeprefix('#')}", hint=hint or "Name it as 123 or owner/repo#123.")
