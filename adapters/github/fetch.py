"""Brings commits from GitHub into a repository here; only the command that asks GitHub has the token."""

import re
from collections.abc import Sequence
from pathlib import Path

from adapters.github.push_fault import push_fault
from adapters.github.remote_git import RemoteGit
from adapters.github.settings import GitHubSettings
from adapters.github.tokens import Tokens
from core.domain.errors import OrchestratorError
from core.forge import ForgeDeniedError, ForgeRefusedError
from core.workspaces.git import Git

_GONE = r"couldn't find remote ref|not our ref|no such remote ref|unadvertised object|bad object"


class Fetcher:
    """Two steps: from GitHub into a throwaway repository with the token, and from there on without one."""

    def __init__(self, settings: GitHubSettings, *, tokens: Tokens, remote: RemoteGit, git: Git) -> None:
        self._settings = settings
        self._tokens = tokens
        self._remote = remote
        self._git = git

    async def fetch(self, *, repository: str, ref: str, commits: Sequence[str], into: Path) -> None:
        """Bring `commits`, which `ref` of `repository` led to when it was read, unless they are there. ForgeError."""
        doing = f"fetch {ref} of {repository}"
        if not await self._lacking(commits, folder=into):
            return
        shared = await self._git.run(
            *("rev-parse", "--path-format=absolute", "--git-common-dir"), folder=into, doing=f"open {into}"
        )
        async with self._remote.throwaway(git_dir=Path(shared), doing=doing) as place:
            await self._ask(f"+{ref}:refs/heads/fetched", repository=repository, place=place, doing=doing)
            # a branch that was set back since leads to them no more, but GitHub still has them
            for commit in await self._lacking(commits, folder=place):
                await self._ask(commit, repository=repository, place=place, doing=doing)
            await self._git.run(
                *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", str(place), *commits),
                folder=into,
                doing=doing,
                content=True,
            )

    async def _ask(self, what: str, *, repository: str, place: Path, doing: str) -> None:
        url = f"{self._settings.web_url}/{repository}.git"
        await self._remote.run(
            *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", url, what),
            folder=place,
            url=url,
            token=await self._tokens.token(),
            doing=doing,
            fault=lambda words: _fault(words, doing=doing),
        )

    async def _lacking(self, commits: Sequence[str], *, folder: Path) -> list[str]:
        lacking: list[str] = []
        for commit in commits:
            answer = await self._git.ask(
                "cat-file", "-e", f"{commit}^{{commit}}", folder=folder, doing="look for a commit"
            )
            if not answer.ok:
                lacking.append(commit)
        return lacking


def _fault(words: str, *, doing: str) -> OrchestratorError:
    if re.search(_GONE, words):
        return ForgeRefusedError(
            f"Could not {doing}: GitHub has that commit no more.", hint="The pull request has moved on: ask again."
        )
    if re.search(r"returned error: 403|Permission to .* denied", words):
        return ForgeDeniedError(
            f"Could not {doing}: our token may not read the repository.",
            hint="Give the token or App the permission Contents: read.",
        )
    return push_fault(words, doing=doing)
