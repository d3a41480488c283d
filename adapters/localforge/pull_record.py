"""The pull requests of one project: a numbered JSON file each, found again by their branch."""

import threading
from datetime import datetime
from pathlib import Path
from typing import Literal

import fasteners
from pydantic import BaseModel, ConfigDict, ValidationError

from core.domain.errors import ConfigurationError, StoreLockedError
from core.forge import PullRequest, PullRequestDraft
from core.workspaces.durable_file import write_durably

LOCK_TIMEOUT_S = 10.0


class PullRecord(BaseModel):
    """What is stored. People may edit it, for example to close or merge it: only open ones are updated."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: int
    state: Literal["open", "closed", "merged"] = "open"
    task: str
    title: str
    body: str
    branch: str
    base_branch: str
    commit: str
    closes: str = ""
    unfinished: bool = False
    opened_at: datetime
    updated_at: datetime


class PullRecords:
    """All records in `folder`. Blocking; safe between threads, instances and processes."""

    def __init__(self, folder: Path, *, mutex: threading.Lock) -> None:
        self._folder = folder
        self._mutex = mutex
        """The file lock keeps processes apart, but not the threads of one: the same mutex for every user here."""

    def publish(self, draft: PullRequestDraft, *, now: datetime) -> PullRequest:
        """Update the open pull request of the draft's branch, or open the next one. OSError when it cannot write."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = fasteners.InterProcessLock(self._folder / ".lock")
        with self._mutex:
            if not lock.acquire(timeout=LOCK_TIMEOUT_S):
                raise StoreLockedError(
                    f"Another process holds {self._folder / '.lock'}.", hint="Try again when it is done."
                )
            try:
                return self._publish(draft, now=now)
            finally:
                lock.release()

    def _publish(self, draft: PullRequestDraft, *, now: datetime) -> PullRequest:
        records = self._all()
        found = next((each for each in records if each.branch == draft.branch and each.state == "open"), None)
        record = PullRecord(
            number=found.number if found else max((each.number for each in records), default=0) + 1,
            task=draft.task,
            title=draft.title,
            body=draft.body,
            branch=draft.branch,
            base_branch=draft.base_branch,
            commit=draft.commit,
            closes=draft.closes,
            unfinished=draft.unfinished,
            opened_at=found.opened_at if found else now,
            updated_at=now,
        )
        file = self._folder / f"{record.number}.json"
        write_durably(file, record.model_dump_json(indent=2).encode())
        return PullRequest(
            reference=str(record.number),
            title=record.title,
            branch=record.branch,
            base_branch=record.base_branch,
            commit=record.commit,
            url=file.resolve().as_uri(),
            opened_at=record.opened_at,
        )

    def _all(self) -> list[PullRecord]:
        return [_read(file) for file in self._folder.glob("*.json") if file.stem.isdigit()]


def _read(file: Path) -> PullRecord:
    try:
        record = PullRecord.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise ConfigurationError(
            f"The pull request record {file} cannot be read.", source=str(file), hint="Mend or remove the file."
        ) from error
    # the name counts: a copied file must not make two records answer to one number
    return record.model_copy(update={"number": int(file.stem)})
