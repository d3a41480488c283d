"""Issues as tasks read them: text, labels, people's comments, all bounded; and what to say when there is none."""

from adapters.github.calls import Calls
from adapters.github.errors import GoneError
from adapters.github.limits import MAX_COMMENTS, MAX_ISSUE_BODY, bounded_comments, bounded_text
from adapters.github.markers import without_mark
from adapters.github.reference import IssueName, issue_name
from adapters.github.repositories import Repositories
from adapters.github.settings import GitHubSettings
from adapters.github.wire import CommentWire, IssueWire, LabelWire
from core.domain.errors import NotFoundError
from core.domain.project import Project
from core.forge import ForgeDeniedError, ForgeError, Issue

_PAGE = 100
_SHOWN_ISSUES = 10


class Issues:
    """Reads issues of a project's repository, and of others that its people may read."""

    def __init__(self, settings: GitHubSettings, *, calls: Calls, repositories: Repositories) -> None:
        self._settings = settings
        self._calls = calls
        self._repositories = repositories

    async def read(self, project: Project, reference: str) -> Issue:
        """The issue; NotFoundError with those that are open, ForgeDeniedError for a repository of other people."""
        name = issue_name(reference, host=self._settings.host)
        own = await self._repositories.name_of(project)
        if name is None:
            raise await self._missing(reference, repository=own)
        repository = name.repository or own
        if repository.lower() != own.lower():
            await self._require_readable(repository)
        try:
            return await self._read(repository, name, reference=reference)
        except GoneError as error:
            raise await self._missing(reference, repository=repository, otherwise=error.hint) from error

    async def _read(self, repository: str, name: IssueName, *, reference: str) -> Issue:
        path, doing = f"/repos/{repository}/issues/{name.number}", f"read issue {repository}#{name.number}"
        issue = await self._calls.get(IssueWire, path, doing=doing)
        if issue.pull_request is not None:
            hint = f"{repository}#{name.number} is a pull request. Name an issue."
            raise NotFoundError("issue", f"{repository}#{name.number}", hint=hint)
        comments = await self._comments(path, doing=doing, total=issue.comments)
        return Issue(
            reference=str(name).removeprefix("#"),
            title=issue.title,
            body=bounded_text(_text(issue.body), limit=MAX_ISSUE_BODY),
            author=issue.user.login if issue.user else "",
            labels=tuple(each.name if isinstance(each, LabelWire) else each for each in issue.labels),
            comments=bounded_comments(comments, total=max(issue.comments, len(comments))),
            url=issue.html_url,
        )

    async def _comments(self, path: str, *, doing: str, total: int) -> list[str]:
        """The oldest page and the newest two: an issue may have thousands."""
        if not total:
            return []
        last = max(1, -(-total // _PAGE))
        pages = sorted({1, max(1, last - 1), last}) if total > MAX_COMMENTS else [1]
        found: list[str] = []
        for page in pages:
            wires = await self._calls.get(list[CommentWire], f"{path}/comments", doing=doing, per_page=_PAGE, page=page)
            found += [f"{each.user.login if each.user else 'ghost'}: {_text(each.body)}" for each in wires]
        return found

    async def _require_readable(self, repository: str) -> None:
        """Our token sees more than the people of one project may: other private repositories must be allowed."""
        found = await self._repositories.get(repository)
        if found.private and not self._repositories.may_be_read(found.full_name):
            raise ForgeDeniedError(
                f"Issues of {repository} are not for this project.",
                hint=f"Add {repository} to `issues_from` in [github], if everybody here may read them.",
            )

    async def _missing(self, reference: str, *, repository: str, otherwise: str = "") -> NotFoundError:
        shown = "".join(letter if letter.isprintable() else "?" for letter in reference[:80])
        return NotFoundError("issue", f"#{shown.removeprefix('#')}", hint=await self._open(repository, otherwise))

    async def _open(self, repository: str, otherwise: str) -> str:
        """Numbers somebody may have meant; only a courtesy, so it may fail."""
        try:
            found = await self._calls.get(
                list[IssueWire],
                f"/repos/{repository}/issues",
                doing="list the open issues",
                state="open",
                per_page=_SHOWN_ISSUES,
            )
        except ForgeError:
            return otherwise
        issues = [each for each in found if each.pull_request is None]
        if not issues:
            return f"{repository} has no open issues."
        return f"Open issues of {repository}: {', '.join(f'#{each.number}' for each in issues)}."


def _text(body: str | None) -> str:
    """With line ends as everywhere else; GitHub's editor writes both kinds."""
    return without_mark((body or "").replace("\r\n", "\n").strip())
