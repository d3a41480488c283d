"""The forge port on GitHub: issues from its API, branches by git, pull requests found or opened."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from adapters.github.branches import Branches
from adapters.github.calls import Calls
from adapters.github.issues import Issues
from adapters.github.pull_requests import PullRequests, as_pull_request
from adapters.github.push import Pusher
from adapters.github.repositories import Repositories
from adapters.github.reviewers import Reviewers
from adapters.github.settings import GitHubSettings
from adapters.github.tokens import Tokens
from core.domain.project import Project
from core.forge import Issue, PullRequest, PullRequestDraft
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
        git = git or Git()
        tokens = Tokens(settings, clock=clock)
        calls = Calls(settings, tokens=tokens, pause=pause)
        pusher = Pusher(folder=scratch, timeout_s=settings.push_timeout_s)
        self._repositories = Repositories(settings, calls=calls, git=git)
        self._issues = Issues(settings, calls=calls, repositories=self._repositories)
        self._branches = Branches(settings, calls=calls, tokens=tokens, git=git, pusher=pusher, clones=clones)
        self._pulls = PullRequests(calls, graphql_url=settings.graphql_url)
        self._reviewers = Reviewers(calls)

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
