"""The task's branch at GitHub: made what the task has, unless somebody else's commits would be lost by that."""

from pathlib import Path
from urllib.parse import quote

from adapters.github.calls import Calls
from adapters.github.errors import GoneError, KeyRefusedError
from adapters.github.push import Pusher
from adapters.github.settings import GitHubSettings
from adapters.github.tokens import Tokens
from adapters.github.wire import RefWire
from core.domain.errors import ConflictError
from core.domain.project import Project
from core.forge import PullRequestDraft
from core.workspaces.git import Git
from core.workspaces.source import Source, open_source

_COMMITTER_AND_TASK = "--format=%cn <%ce>%x00%(trailers:key=Task,valueonly,separator=%x2C)"


class Branches:
    """Pushes. `clones` is where the repositories of projects with an address are kept."""

    def __init__(
        self, settings: GitHubSettings, *, calls: Calls, tokens: Tokens, git: Git, pusher: Pusher, clones: Path
    ) -> None:
        self._settings = settings
        self._calls = calls
        self._tokens = tokens
        self._git = git
        self._pusher = pusher
        self._clones = clones

    async def publish(self, project: Project, draft: PullRequestDraft, *, repository: str) -> None:
        """Make the branch in `repository` be the draft's commit; nothing is sent when it already is."""
        there = await self._tip(repository, draft.branch)
        if there == draft.commit:
            return
        source = await open_source(self._git, project, clones=self._clones)
        if there and not await self._is_replaceable(source, draft, there=there):
            raise ConflictError(
                f"Somebody else has pushed to {draft.branch} in {repository}, and that is not overwritten.",
                hint="Keep their commits on another branch and delete this one on GitHub, then publish again.",
            )
        try:
            await self._push(source, draft, repository=repository, expected=there)
        except ConflictError:
            # another process of ours may have been first with the very same
            if await self._tip(repository, draft.branch) != draft.commit:
                raise

    async def _push(self, source: Source, draft: PullRequestDraft, *, repository: str, expected: str) -> None:
        for renewed in (False, True):
            try:
                return await self._pusher.push(
                    git_dir=source.git_dir,
                    url=f"{self._settings.web_url}/{repository}.git",
                    commit=draft.commit,
                    branch=draft.branch,
                    expected=expected,
                    token=await self._tokens.token(),
                )
            except KeyRefusedError:
                # a token that was lent may end earlier than it says; the next one is good, or nothing is
                if renewed or self._settings.token:
                    raise
                self._tokens.forget()
        raise AssertionError("the last round returns or raises")

    async def _tip(self, repository: str, branch: str) -> str:
        """The commit the branch is at; '' when there is no such branch."""
        try:
            found = await self._calls.get(
                RefWire, f"/repos/{repository}/git/ref/heads/{quote(branch)}", doing=f"look for branch {branch}"
            )
        except GoneError:
            return ""
        return found.object.sha

    async def _is_replaceable(self, source: Source, draft: PullRequestDraft, *, there: str) -> bool:
        """Whether everything that is only there was made by this task: after a step back our own past is replaced."""
        own = await self._made_by(source, "-1", draft.commit)
        only_there = await self._made_by(source, f"{draft.commit}..{there}")
        if only_there is None:  # we have never seen that commit, so it is not ours
            return False
        return not only_there or (
            own is not None and own[0].endswith(f"\x00{draft.task}") and set(only_there) == set(own)
        )

    async def _made_by(self, source: Source, *which: str) -> list[str] | None:
        """Committer and task of each commit; None when one of them is not here."""
        answer = await self._git.ask(
            *("log", _COMMITTER_AND_TASK, *which, "--"), folder=source.folder, doing="compare the branch with GitHub's"
        )
        return answer.text.splitlines() if answer.ok else None
