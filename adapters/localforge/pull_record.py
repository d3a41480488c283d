"""The pull requests of one project: a numbered JSON file each, found again by their branch."""

import re
import threading
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from adapters.localforge.folder_lock import alone_in
from core.domain.errors import ConfigurationError
from core.forge import PullRequest, PullRequestDraft
from core.workspaces.durable_file import write_durably


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

    def publish(self, draft: PullRequestDraft, *, now: datetime, after: int = 0) -> PullRequest:
        """Update the open pull request of the draft's branch, or open the next one. OSError when it cannot write.

        A new one gets a number above `after`, the last one that is taken by something else.
        """
        with alone_in(self._folder, mutex=self._mutex):
            return self._publish(draft, now=now, after=after)

    def find(self, number: str) -> PullRecord | None:
        """The record called `number`, digits only; None when there is none."""
        file = self._folder / f"{number}.json"
        return _read(file) if re.fullmatch(r"[0-9]{1,12}", number) and file.is_file() else None

    def address(self, number: int) -> str:
        """Where a person finds the record."""
        return (self._folder / f"{number}.json").resolve().as_uri()

    def _publish(self, draft: PullRequestDraft, *, now: datetime, after: int) -> PullRequest:
        records = self._all()
        found = next((each for each in records if each.branch == draft.branch and each.state == "open"), None)
        last = max((after, *(each.number for each in records)))
        record = PullRecord(
            number=found.number if found else last + 1,
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
        write_durably(self._folder / f"{record.number}.json", record.model_dump_json(indent=2).encode())
        return PullRequest(
            reference=str(record.number),
            title=record.title,
            branch=record.branch,
            base_branch=record.base_branch,
            commit=record.commit,
            url=self.address(record.number),
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
