"""Where a task's branch starts: the freshly fetched upstream of the base branch, or the branch itself."""

import re
from dataclasses import dataclass

from core.domain.errors import WorkspaceError
from core.domain.project import Project
from core.workspaces.git import Git
from core.workspaces.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A branch and the full hash of the commit it is at."""

    branch: str
    commit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Upstream:
    """The branch `ref` of the remote `remote`; `stated` when the repository's settings say so, else assumed."""

    remote: str
    ref: str
    stated: bool

    @property
    def tracking_ref(self) -> str:
        return f"refs/remotes/{self.remote}/{self.ref.removeprefix('refs/heads/')}"


async def fresh_base(git: Git, source: Source, *, project: Project) -> Base:
    """The base of a new task, fetched first when the repository has a remote.

    WorkspaceError when the fetch fails, the branch is missing, HEAD is detached and no base branch is configured, or
    there is no commit yet.
    """
    branch = project.base_branch or await _default_branch(git, source, project=project)
    ref = await _fetched_ref(git, source, branch=branch) or f"refs/heads/{branch}"
    commit = await _commit(git, source, ref=ref)
    if commit is None:
        raise await _nothing_to_start_from(git, source, branch=branch)
    return Base(branch=branch, commit=commit)


async def require_base(git: Git, source: Source, *, project: Project) -> None:
    """WorkspaceError when `fresh_base` is sure to fail; asks no remote, so a branch may still be missing there."""
    branch = project.base_branch or await _default_branch(git, source, project=project)
    if await _upstream(git, source, branch=branch) is None and not await _commit(
        git, source, ref=f"refs/heads/{branch}"
    ):
        raise await _nothing_to_start_from(git, source, branch=branch)


async def _default_branch(git: Git, source: Source, *, project: Project) -> str:
    if source.cloned:
        doing = "ask the remote for its default branch"
        answer = await git.run(
            "ls-remote", "--symref", "origin", "HEAD", folder=source.folder, doing=doing, content=True
        )
        found = re.search(r"^ref: refs/heads/(\S+)\tHEAD$", answer, re.MULTILINE)
        if found:
            return found[1]
    doing = "see which branch is checked out"
    head = await git.ask("symbolic-ref", "--quiet", "--short", "HEAD", folder=source.folder, doing=doing)
    if not head.ok:
        raise WorkspaceError(
            f"{source.folder} is at no branch (its HEAD is detached), so it is unclear where the work should start.",
            hint=f"Set `base_branch` of project {project.name}, for example to main.",
        )
    return head.text


async def _fetched_ref(git: Git, source: Source, *, branch: str) -> str:
    """The remote-tracking ref of `branch` after a fetch; '' when the branch exists here only."""
    upstream = await _upstream(git, source, branch=branch)
    if upstream is None:
        return ""
    doing = f"fetch {branch} from {upstream.remote}"
    answer = await git.ask(
        *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-prune"),
        *("--", upstream.remote, f"+{upstream.ref}:{upstream.tracking_ref}"),
        folder=source.folder,
        doing=doing,
        content=True,
    )
    if answer.ok:
        return upstream.tracking_ref
    if "couldn't find remote ref" not in answer.words:
        raise git.failure(answer, folder=source.folder, doing=doing)
    if upstream.stated:
        raise WorkspaceError(
            f"The base branch {branch} follows {upstream.ref} of {upstream.remote}, which no longer exists there.",
            hint="Push it, or set the project's `base_branch` to one that exists.",
        )
    return ""


async def _upstream(git: Git, source: Source, *, branch: str) -> _Upstream | None:
    remotes = (await git.run("remote", folder=source.folder, doing="list the remotes")).split("\n")
    stated = await _setting(git, source, name=f"branch.{branch}.remote")
    if stated in remotes and stated:
        merge = await _setting(git, source, name=f"branch.{branch}.merge")
        return _Upstream(remote=stated, ref=merge or f"refs/heads/{branch}", stated=bool(merge))
    if stated == ".":  # it follows another branch of this very repository: nothing to fetch
        return None
    remote = "origin" if "origin" in remotes else remotes[0]
    return _Upstream(remote=remote, ref=f"refs/heads/{branch}", stated=False) if remote else None


async def _setting(git: Git, source: Source, *, name: str) -> str:
    answer = await git.ask("config", "--get", name, folder=source.folder, doing=f"read the setting {name}")
    return answer.text if answer.ok else ""


async def _commit(git: Git, source: Source, *, ref: str) -> str | None:
    answer = await git.ask(
        "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", folder=source.folder, doing=f"read {ref}"
    )
    return answer.text if answer.ok else None


async def _nothing_to_start_from(git: Git, source: Source, *, branch: str) -> WorkspaceError:
    doing = "list the branches"
    known = await git.run(
        *("for-each-ref", "--count=20", "--format=%(refname:short)", "refs/heads", "refs/remotes"),
        folder=source.folder,
        doing=doing,
    )
    if not known:
        return WorkspaceError(
            f"The repository {source.folder} has no commit yet.", hint="Make a first commit, then try again."
        )
    return WorkspaceError(
        f"There is no branch {branch} in {source.folder}.",
        hint=f"Set the project's `base_branch` to one of: {', '.join(known.split())}.",
    )
