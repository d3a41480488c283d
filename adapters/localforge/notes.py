"""What we say about issues and pull requests of one project: comments, labels, reviews; a file for each of them."""

import hashlib
import threading
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from adapters.localforge.folder_lock import alone_in
from core.domain.errors import ConfigurationError
from core.forge import Review
from core.workspaces.durable_file import write_durably

US = "Orchestrator"
"""Who our comments are by."""


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Comment(_Stored):
    """One comment of ours; `key` is what makes a repeated one the same."""

    key: str
    text: str
    said_at: datetime


class Notes(_Stored):
    """What is kept about one issue or pull request beside what its author wrote."""

    comments: tuple[Comment, ...] = ()
    labels: tuple[str, ...] = ()
    """Those we put on."""
    taken_off: tuple[str, ...] = ()
    """Labels that its file still names."""

    def labels_of(self, written: Sequence[str]) -> tuple[str, ...]:
        """All labels, when its author `written` those."""
        kept = [each for each in written if each not in self.taken_off]
        return (*kept, *(each for each in self.labels if each not in kept))

    def labelled(self, *, add: Collection[str], remove: Collection[str]) -> "Notes":
        """With labels put on and taken off."""
        added = [*(each for each in self.labels if each not in remove), *(each for each in add)]
        removed = [*(each for each in self.taken_off if each not in add), *(each for each in remove)]
        return self.model_copy(
            update={"labels": tuple(dict.fromkeys(added)), "taken_off": tuple(dict.fromkeys(removed))}
        )


class _StoredRemark(_Stored):
    path: str
    line: int
    text: str


class _StoredReview(_Stored):
    key: str
    pull_request: str
    commit: str
    text: str
    remarks: tuple[_StoredRemark, ...]
    said_at: datetime


class NoteFiles:
    """The notes in `folder`. Blocking; safe between threads, instances and processes. OSError when it cannot write."""

    def __init__(self, folder: Path, *, mutex: threading.Lock) -> None:
        self._folder = folder
        self._mutex = mutex

    def read(self, number: str) -> Notes:
        """Those about `number`; empty ones when nothing was said."""
        file = self._file(number)
        if not file.is_file():
            return Notes()
        try:
            return Notes.model_validate_json(file.read_bytes())
        except ValidationError as error:
            raise ConfigurationError(
                f"The notes {file} cannot be read.", source=str(file), hint="Mend or remove the file."
            ) from error

    def comment(self, number: str, text: str, *, key: str, now: datetime) -> str:
        """Say it once; the file's address."""

        def said(notes: Notes) -> Notes:
            if any(each.key == key for each in notes.comments):
                return notes
            made = Comment(key=key, text=text, said_at=now)
            return notes.model_copy(update={"comments": (*notes.comments, made)})

        self._change(number, said)
        return self._file(number).resolve().as_uri()

    def label(self, number: str, *, add: Collection[str], remove: Collection[str]) -> None:
        """Put labels on and take others off."""
        self._change(number, lambda notes: notes.labelled(add=add, remove=remove))

    def review(self, number: str, review: Review, *, key: str, now: datetime) -> str:
        """Keep the review, once; its file's address."""
        name = hashlib.sha256(key.encode()).hexdigest()[:12]
        file = self._folder / f"{number}-review-{name}.json"
        stored = _StoredReview(
            key=key,
            pull_request=number,
            commit=review.commit,
            text=review.text,
            remarks=tuple(_StoredRemark(path=each.path, line=each.line, text=each.text) for each in review.remarks),
            said_at=now,
        )
        with alone_in(self._folder, mutex=self._mutex):
            if not file.is_file():
                write_durably(file, stored.model_dump_json(indent=2).encode())
        return file.resolve().as_uri()

    def _change(self, number: str, change: Callable[[Notes], Notes]) -> None:
        with alone_in(self._folder, mutex=self._mutex):
            before = self.read(number)
            after = change(before)
            if after != before:
                write_durably(self._file(number), after.model_dump_json(indent=2).encode())

    def _file(self, number: str) -> Path:
        return self._folder / f"{number}.json"
