"""The forge port on GitHub: issues from its API, branches by git, pull requests found or opened."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from pathlib import Path

from adapters.github.branches import Branches
from adapters.github.calls import Calls
from adapters.github.comments import Comments
from adapters.github.fetch import Fetcher
from adapters.github.git_login import GitLogin
from adapters.github.issues import Issues
from adapters.github.offers import Offers
from adapters.github.pull_requests import PullRequests, as_pull_request
from adapters.github.push import Pusher
from adapters.github.remote_git import RemoteGit
from adapters.github.repositories import Repositories
from adapters.github.reviewers import Reviewers
from adapters.github.reviews import Reviews
from adapters.github.settings import GitHubSettings
from adapters.github.tokens import Tokens
from core.domain.project import Project
from core.forge import Issue, Offered, PullRequest, PullRequestDraft, Review
from core.workspaces.git import Git


class GitHubForge:
    """One access to one GitHub. `clones` holds the repositories of projects with an address, `scratch` is ours."""

    def __init__(
        self,
        settings: GitHubSettings,
        *,
        clones: Path,
        scratch: Path,
        clock: Callable[[], datetime],
        git: Git | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        tokens = Tokens(settings, clock=clock)
        self.login = GitLogin(settings, tokens=tokens, folder=scratch)
        """For plain git, where a private repository is to be cloned or fetched."""
        git = git or Git(credentials=self.login)
        calls = Calls(settings, tokens=tokens, pause=pause)
        remote = RemoteGit(folder=scratch, timeout_s=settings.push_timeout_s)
        pusher = Pusher(remote)
        self._repositories = Repositories(settings, calls=calls, git=git)
        self._issues = Issues(settings, calls=calls, repositories=self._repositories)
        self._branches = Branches(settings, calls=calls, tokens=tokens, git=git, pusher=pusher, clones=clones)
        self._pulls = PullRequests(calls, graphql_url=settings.graphql_url)
        self._reviewers = Reviewers(calls)
        self._comments = Comments(settings, calls=calls, repositories=self._repositories)
        fetcher = Fetcher(settings, tokens=tokens, remote=remote, git=git)
        self._offers = Offers(settings, calls=calls, repositories=self._repositories, fetcher=fetcher)
        self._reviews = Reviews(calls, offers=self._offers)

    async def issue(self, project: Project, reference: str) -> Issue:
        """The issue called `123`, `owner/repo#123` or by its address; NotFoundError, ForgeError."""
        return await self._issues.read(project, reference)

    async def publish(self, project: Project, draft: PullRequestDraft) -> PullRequest:
        """Push the branch, then open its pull request or update the one that is open; each is done once only.

        ForgeError; ConflictError when somebody else has pushed to the branch.
        """
        found = await self._repositories.writable(project, doing=f"publish {draft.branch}")
        repository = found.full_name
        await self._branches.publish(project, draft, repository=repository)
        pull = await self._pulls.offer(draft, repository=repository)
        await self._reviewers.ask(pull, repository=repository)
        return as_pull_request(pull, commit=draft.commit)

    async def remark(self, project: Project, reference: str, text: str, *, key: str) -> str:
        """Comment on an issue or pull request once per `key`; NotFoundError, ForgeError."""
        return await self._comments.say(project, reference, text, key=key)

    async def label(self, project: Project, reference: str, *, add: Collection[str], remove: Collection[str]) -> None:
        """Put labels on an issue or pull request and take others off; NotFoundError, ForgeError."""
        await self._comments.label(project, reference, add=add, remove=remove)

    async def offered(self, project: Project, reference: str) -> Offered:
        """The pull request called `45`, `owner/repo#45` or by its address; NotFoundError, ForgeError."""
        return await self._offers.read(project, reference)

    async def fetch(self, project: Project, pull_request: Offered, *, into: Path) -> None:
        """Bring both commits into the repository at `into`; ForgeError."""
        await self._offers.bring(project, pull_request, into=into)

    async def review(self, project: Project, reference: str, review: Review, *, key: str) -> str:
        """Post one review once per `key`, its remarks at their lines where possible; NotFoundError, ForgeError."""
        return await self._reviews.post(project, reference, review, key=key)
