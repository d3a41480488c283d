"""The forge port on local files: issues are read from the project, pull requests recorded beside our own state."""

import asyncio
import errno
import re
import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from adapters.localforge.changes import Changes
from adapters.localforge.issue_file import parse_issue
from adapters.localforge.notes import US, NoteFiles
from adapters.localforge.pull_record import PullRecord, PullRecords
from core.domain.errors import ConfigurationError, NotFoundError, StoreError, StoreFullError
from core.domain.project import Project
from core.forge import Issue, Offered, PullRequest, PullRequestDraft, Review
from core.workspaces.git import Git
from core.workspaces.source import is_url

T = TypeVar("T")

MAX_ISSUE_BYTES = 1_000_000
_SHOWN_ISSUES = 10


class LocalForge:
    """Issues of a project are `<number>.md` in its issues folder; `folder` (`$ORCHESTRATOR_HOME/forge`) is ours."""

    def __init__(self, *, folder: Path, clock: Callable[[], datetime], git: Git | None = None) -> None:
        self._folder = folder
        self._clock = clock
        self._changes = Changes(git or Git())
        self._mutex = threading.Lock()

    async def issue(self, project: Project, reference: str) -> Issue:
        """The issue called `reference`, digits only.

        NotFoundError, listing what there is, when there is none; ConfigurationError when its file is malformed.
        """
        return await asyncio.to_thread(self._issue, project, reference)

    async def publish(self, project: Project, draft: PullRequestDraft) -> PullRequest:
        """Record the pull request of `draft.branch`, or update the one that is open for it.

        StoreFullError or StoreError when the record cannot be written.
        """
        now = self._clock()
        return await self._written(
            project, lambda: self._pulls(project).publish(draft, now=now, after=self._last_issue(project))
        )

    async def remark(self, project: Project, reference: str, text: str, *, key: str) -> str:
        """Comment on an issue or pull request, once per `key`; NotFoundError, StoreError."""
        number = await asyncio.to_thread(self._number, project, reference)
        now = self._clock()
        return await self._written(project, lambda: self._notes(project).comment(number, text, key=key, now=now))

    async def label(self, project: Project, reference: str, *, add: Collection[str], remove: Collection[str]) -> None:
        """Put labels on an issue or pull request and take others off; NotFoundError, StoreError."""
        number = await asyncio.to_thread(self._number, project, reference)
        await self._written(project, lambda: self._notes(project).label(number, add=add, remove=remove))

    async def offered(self, project: Project, reference: str) -> Offered:
        """The pull request called `reference`, at the head its branch has now; NotFoundError, ForgeRefusedError."""
        record = await asyncio.to_thread(self._pull, project, reference)
        commit = await self._changes.head(project, branch=record.branch, otherwise=record.commit)
        return Offered(
            reference=str(record.number),
            title=record.title,
            body=record.body,
            author=US,
            url=self._pulls(project).address(record.number),
            branch=record.branch,
            base_branch=record.base_branch,
            commit=commit,
            base_commit=await self._changes.fork_point(project, base_branch=record.base_branch, commit=commit),
            state=record.state,
        )

    async def fetch(self, project: Project, pull_request: Offered, *, into: Path) -> None:
        """Bring both commits into `into`; WorkspaceError when git cannot."""
        await self._changes.bring(project, pull_request, into=into)

    async def review(self, project: Project, reference: str, review: Review, *, key: str) -> str:
        """Keep the review as a file, once per `key`; NotFoundError, StoreError."""
        number = str((await asyncio.to_thread(self._pull, project, reference)).number)
        now = self._clock()
        return await self._written(project, lambda: self._notes(project).review(number, review, key=key, now=now))

    async def _written(self, project: Project, write: Callable[[], T]) -> T:
        self._home(project)  # a name that is no folder is refused before anything else
        try:
            return await asyncio.to_thread(write)
        except OSError as error:
            raise _unwritable(error, folder=self._home(project)) from error

    def _pulls(self, project: Project) -> PullRecords:
        return PullRecords(self._home(project) / "pulls", mutex=self._mutex)

    def _notes(self, project: Project) -> NoteFiles:
        return NoteFiles(self._home(project) / "notes", mutex=self._mutex)

    def _number(self, project: Project, reference: str) -> str:
        """What is called `reference`: issues and pull requests share their numbers."""
        number = reference.removeprefix("#")
        if self._pulls(project).find(number) is None:
            self._file(project, number)
        return number

    def _pull(self, project: Project, reference: str) -> PullRecord:
        record = self._pulls(project).find(reference.removeprefix("#"))
        if record is None:
            raise NotFoundError("pull request", f"#{reference[:80]}", hint="`orchestrator tasks` shows those of tasks.")
        return record

    def _last_issue(self, project: Project) -> int:
        return max(_numbers(self._issues_folder(project)), default=0)

    def _issue(self, project: Project, reference: str) -> Issue:
        file = self._file(project, reference)
        issue = parse_issue(_text(file, folder=file.parent), reference=reference, source=str(file))
        notes = self._notes(project).read(reference)
        return replace(
            issue,
            labels=notes.labels_of(issue.labels),
            comments=(*issue.comments, *(f"{US}: {each.text}" for each in notes.comments)),
        )

    def _file(self, project: Project, reference: str) -> Path:
        folder = self._issues_folder(project)
        file = folder / f"{reference}.md"
        if not re.fullmatch(r"[0-9]{1,12}", reference) or not file.is_file():
            raise NotFoundError("issue", f"#{reference[:80]}", hint=_known(folder))
        return file

    def _issues_folder(self, project: Project) -> Path:
        local = not is_url(project.repository)
        if project.issues:
            return (Path(project.repository) if local else self._home(project)) / Path(project.issues).expanduser()
        return Path(project.repository) / ".orchestrator" / "issues" if local else self._home(project) / "issues"

    def _home(self, project: Project) -> Path:
        if not re.fullmatch(r"\w[\w.-]{0,100}", project.name):
            raise ConfigurationError(
                f"{project.name!r} cannot be the name of a folder.",
                source=f"project {project.name!r}",
                hint="Name the project with letters, digits, - and _.",
            )
        return self._folder / project.name


def _text(file: Path, *, folder: Path) -> str:
    if not file.resolve().is_relative_to(folder.resolve()):  # a link would let a repository show us any file
        raise ConfigurationError(
            f"The issue file {file} is a link out of its folder.", source=str(file), hint="Put the text itself there."
        )
    with file.open("rb") as stream:
        data = stream.read(MAX_ISSUE_BYTES + 1)
    if len(data) > MAX_ISSUE_BYTES:
        raise ConfigurationError(
            f"The issue file {file} is larger than {MAX_ISSUE_BYTES:,} bytes.",
            source=str(file),
            hint="Shorten it; attach long logs elsewhere.",
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"The issue file {file} is not UTF-8 text.", source=str(file), hint="Save it as UTF-8."
        ) from error


def _known(folder: Path) -> str:
    numbers = sorted(_numbers(folder))
    if not numbers:
        return f"There are no issues yet: write one as {folder / '1.md'}."
    more = " …" if len(numbers) > _SHOWN_ISSUES else ""
    return f"Existing issues: {', '.join(map(str, numbers[-_SHOWN_ISSUES:]))}{more}. They are files in {folder}."


def _numbers(folder: Path) -> list[int]:
    return [int(file.stem) for file in folder.glob("*.md") if re.fullmatch(r"[0-9]{1,12}", file.stem)]


def _unwritable(error: OSError, *, folder: Path) -> StoreError:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
    kind = StoreFullError if full else StoreError
    return kind(
        f"What was done could not be recorded in {folder}: {error.strerror}.",
        hint="Free some space or make the folder writable, then try again.",
    )
