"""The forge port on local files: issues are read from the project, pull requests recorded beside our own state."""

import asyncio
import errno
import re
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from adapters.localforge.issue_file import parse_issue
from adapters.localforge.pull_record import PullRecords
from core.domain.errors import ConfigurationError, NotFoundError, StoreError, StoreFullError
from core.domain.project import Project
from core.forge import Issue, PullRequest, PullRequestDraft
from core.workspaces.source import is_url

MAX_ISSUE_BYTES = 1_000_000
_SHOWN_ISSUES = 10


class LocalForge:
    """Issues of a project are `<number>.md` in its issues folder; `folder` (`$ORCHESTRATOR_HOME/forge`) is ours."""

    def __init__(self, *, folder: Path, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._clock = clock
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
        records = PullRecords(self._home(project) / "pulls", mutex=self._mutex)
        now = self._clock()
        try:
            return await asyncio.to_thread(records.publish, draft, now=now)
        except OSError as error:
            raise _unwritable(error, folder=self._home(project)) from error

    def _issue(self, project: Project, reference: str) -> Issue:
        folder = self._issues_folder(project)
        file = folder / f"{reference}.md"
        if not re.fullmatch(r"[0-9]{1,12}", reference) or not file.is_file():
            raise NotFoundError("issue", f"#{reference[:80]}", hint=_known(folder))
        return parse_issue(_text(file, folder=folder), reference=reference, source=str(file))

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
    numbers = sorted(int(file.stem) for file in folder.glob("*.md") if re.fullmatch(r"[0-9]+", file.stem))
    if not numbers:
        return f"There are no issues yet: write one as {folder / '1.md'}."
    more = " …" if len(numbers) > _SHOWN_ISSUES else ""
    return f"Existing issues: {', '.join(map(str, numbers[-_SHOWN_ISSUES:]))}{more}. They are files in {folder}."


def _unwritable(error: OSError, *, folder: Path) -> StoreError:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
    kind = StoreFullError if full else StoreError
    return kind(
        f"The pull request could not be recorded in {folder}: {error.strerror}.",
        hint="Free some space or make the folder writable, then try again.",
    )
